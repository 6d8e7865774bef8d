//! Who takes part in which row.

use benches::contestants::{Point, cached, cachelito, ctu, foyer, hitbox, memoize, moka, nothing, quick_cache};
use benches::{Contestant, Row, long_texts, names, numbers, points, texts, zipf};

pub const FLOOR: &str = "nothing: an empty call";
pub const BARE: &str = "quick_cache, bare";
pub const CTU: &str = "ctu #[cached]";
pub const CTU_HOUR: &str = "ctu #[cached(ttl)]";
pub const CTU_ASYNC: &str = "ctu #[cached] async";
pub const CACHED: &str = "cached #[cached(max_size)]";
pub const CACHED_CONCURRENT: &str = "cached #[concurrent_cached(max_size)]";
pub const CACHED_HOUR: &str = "cached #[cached(max_size, ttl)]";
pub const CACHED_CONCURRENT_HOUR: &str = "cached #[concurrent_.. (max_size, ttl)]";
pub const MOKA: &str = "moka get_with";
pub const MOKA_HOUR: &str = "moka get_with, time_to_live";
pub const FOYER: &str = "foyer, in memory";
pub const CACHELITO: &str = "cachelito #[cache(limit)]";
pub const CACHELITO_HOUR: &str = "cachelito #[cache(limit, ttl)]";
pub const MEMOIZE: &str = "memoize SharedCache, Capacity";
const MEMOIZE_THREAD: &str = "memoize per thread, Capacity";

/// Those of [`for_an_hour`].
pub const WITH_TTL: [&str; 4] = [CACHED_HOUR, CACHED_CONCURRENT_HOUR, MOKA_HOUR, CACHELITO_HOUR];

pub type Call<K> = (&'static str, fn(K) -> u64);

fn row<K>(name: &'static str, keys: Vec<K>, calls: &[Call<K>]) -> Row<K> {
    Row { name, keys, contestants: calls.iter().map(|&(name, call)| Contestant { name, call }).collect() }
}

const NUMBERS: [Call<u64>; 10] = [
    (FLOOR, nothing),
    (BARE, quick_cache::number),
    (CTU, ctu::number),
    (CACHED, cached::number),
    (CACHED_CONCURRENT, cached::number_concurrent),
    (MOKA, moka::number),
    (FOYER, foyer::number),
    (CACHELITO, cachelito::number),
    (MEMOIZE, memoize::number),
    (MEMOIZE_THREAD, memoize::number_per_thread),
];

pub fn by_number() -> Row<u64> {
    row("u64 to u64", numbers(), &NUMBERS)
}

pub fn hot() -> Row<u64> {
    let mut calls = NUMBERS.to_vec();
    calls.push(("cached #[once], whatever the key", cached::once_only));
    row("u64 to u64, one hot key", benches::hot(), &calls)
}

pub fn by_zipf() -> Row<u64> {
    row("u64 to u64, Zipf 1.0", zipf(), &NUMBERS)
}

pub fn by_text() -> Row<(&'static str, u64)> {
    let calls: [Call<(&str, u64)>; 10] = [
        (FLOOR, |(_, n)| nothing(n)),
        (BARE, |(s, n)| quick_cache::text(s, n)),
        (CTU, |(s, n)| ctu::text(s, n)),
        ("ctu by hand, stats(false)", |(s, n)| ctu::text_by_hand_uncounted(s, n)),
        ("cached #[cached], unbounded", |(s, n)| cached::text_unbounded(s, n)),
        (CACHED, |(s, n)| cached::text(s, n)),
        (CACHED_CONCURRENT, |(s, n)| cached::text_concurrent(s, n)),
        (MOKA, |(s, n)| moka::text(s, n)),
        (FOYER, |(s, n)| foyer::text(s, n)),
        (CACHELITO, |(s, n)| cachelito::text(s, n)),
    ];
    row("(&str, u64) to u64", texts(), &calls)
}

const NAMES: [Call<&str>; 8] = [
    (FLOOR, |s| nothing(s.len() as u64)),
    (BARE, quick_cache::name),
    (CTU, ctu::name),
    (CACHED, cached::name),
    (CACHED_CONCURRENT, cached::name_concurrent),
    (MOKA, moka::name),
    (FOYER, foyer::name),
    (CACHELITO, cachelito::name),
];

pub fn by_name() -> Row<&'static str> {
    row("&str to u64", names(), &NAMES)
}

pub fn by_long_text() -> Row<&'static str> {
    row("&str of 256 bytes to u64", long_texts(), &NAMES)
}

/// The `String` that each call consumes is made in the timed loop, for all alike.
pub fn by_string() -> Row<&'static str> {
    let calls: [Call<&str>; 9] = [
        ("nothing: a String made and dropped", |s| nothing(std::hint::black_box(s.to_owned()).len() as u64)),
        (BARE, |s| quick_cache::owned(s.to_owned())),
        (CTU, |s| ctu::owned(s.to_owned())),
        (CACHED, |s| cached::owned(s.to_owned())),
        (CACHED_CONCURRENT, |s| cached::owned_concurrent(s.to_owned())),
        (MOKA, |s| moka::owned(s.to_owned())),
        (FOYER, |s| foyer::owned(s.to_owned())),
        (CACHELITO, |s| cachelito::owned(s.to_owned())),
        (MEMOIZE, |s| memoize::owned(s.to_owned())),
    ];
    row("String to u64", names(), &calls)
}

pub fn by_struct() -> Row<Point> {
    let calls: [Call<Point>; 8] = [
        (FLOOR, |point| nothing(point.id)),
        (BARE, quick_cache::point),
        (CTU, ctu::point),
        (CACHED, cached::point),
        (CACHED_CONCURRENT, cached::point_concurrent),
        (MOKA, moka::point),
        (FOYER, foyer::point),
        (MEMOIZE, memoize::point),
    ];
    row("a struct of 24 bytes to u64", points(), &calls)
}

/// Contestants whose values are of another type than numbers.
macro_rules! values {
    ($name:expr, $function:ident, $concurrent:ident) => {{
        let calls: [Call<u64>; 8] = [
            (BARE, |n| quick_cache::$function(n).len() as u64),
            (CTU, |n| ctu::$function(n).len() as u64),
            (CACHED, |n| cached::$function(n).len() as u64),
            (CACHED_CONCURRENT, |n| cached::$concurrent(n).len() as u64),
            (MOKA, |n| moka::$function(n).len() as u64),
            (FOYER, |n| foyer::$function(n).len() as u64),
            (CACHELITO, |n| cachelito::$function(n).len() as u64),
            (MEMOIZE, |n| memoize::$function(n).len() as u64),
        ];
        row($name, numbers(), &calls)
    }};
}

pub fn to_text() -> Row<u64> {
    values!("u64 to String of 24 bytes", to_text, to_text_concurrent)
}

pub fn to_arc() -> Row<u64> {
    values!("u64 to Arc", to_arc, to_arc_concurrent)
}

pub fn to_bytes() -> Row<u64> {
    values!("u64 to Vec of 1 kB", to_bytes, to_bytes_concurrent)
}

pub fn for_an_hour() -> Row<u64> {
    let calls: [Call<u64>; 7] = [
        (FLOOR, nothing),
        (CTU_HOUR, ctu::number_for_an_hour),
        (CTU, ctu::number),
        (CACHED_HOUR, cached::number_for_an_hour),
        (CACHED_CONCURRENT_HOUR, cached::number_for_an_hour_concurrent),
        (MOKA_HOUR, moka::number_for_an_hour),
        (CACHELITO_HOUR, cachelito::number_for_an_hour),
    ];
    row("u64 to u64 with a ttl of an hour", numbers(), &calls)
}

pub fn counted() -> Row<u64> {
    let calls: [Call<u64>; 3] = [
        ("ctu by hand, stats on", ctu::number_by_hand),
        ("ctu by hand, stats off", ctu::number_by_hand_uncounted),
        (BARE, quick_cache::number),
    ];
    row("u64 to u64, counted or not", numbers(), &calls)
}

pub fn unbounded() -> Row<u64> {
    let calls: [Call<u64>; 7] = [
        (FLOOR, nothing),
        ("ctu #[cached(cache = DictCache)]", ctu::number_unbounded),
        ("cached #[cached], unbounded", cached::number_unbounded),
        ("cached #[concurrent_cached], unbounded", cached::number_concurrent_unbounded),
        ("cachelito #[cache], unbounded", cachelito::number_unbounded),
        ("memoize per thread, unbounded", memoize::number_per_thread_unbounded),
        (CTU, ctu::number),
    ];
    row("u64 to u64, unbounded", numbers(), &calls)
}

pub fn later() -> Row<u64> {
    let calls: [Call<u64>; 7] = [
        (CTU_ASYNC, ctu::number_async),
        (CTU, ctu::number),
        ("cached #[cached(max_size)] async", cached::number_async),
        ("cached #[concurrent_cached(..)] async", cached::number_async_concurrent),
        ("moka future get_with", moka::number_async),
        ("foyer get_or_fetch", foyer::number_async),
        ("hitbox #[cached], moka backend", hitbox::number_async),
    ];
    row("u64 to u64, async", numbers(), &calls)
}

pub fn stores() -> Row<(&'static str, u64)> {
    let calls: [Call<(&str, u64)>; 8] = [
        ("ctu, SharedMemory, JSON key", |(s, n)| ctu::text_by_json(s, n)),
        ("ctu, SharedMemory, typed key", |(s, n)| ctu::text_shared(s, n)),
        ("ctu, SharedMemory, typed key, u64", |(_, n)| ctu::number_shared(n)),
        ("ctu, MemoryCache<String, u64>, JSON key", |(s, n)| ctu::text_by_json_of_one_type(s, n)),
        ("ctu, two levels, JSON key", |(s, n)| ctu::text_in_two_levels(s, n)),
        ("ctu, bytes in memory, JSON key and value", |(s, n)| ctu::text_serialized(s, n)),
        (CTU, |(s, n)| ctu::text(s, n)),
        (CACHED, |(s, n)| cached::text(s, n)),
    ];
    row("(&str, u64) to u64, by store", texts(), &calls)
}
