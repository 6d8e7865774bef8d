//! Instructions per hit, of ctu and its peers, counted by valgrind's callgrind: the same on every machine of a kind.
//!
//! `cargo bench -p benches --bench instructions`. What ctu's own paths take is also kept in `guard/instructions.txt`.

use benches::contestants::{cached, cachelito, ctu, foyer, hitbox, memoize, moka, quick_cache};
use benches::record;
use guard::{CALLS, Keys, Subject, counted};

use std::sync::LazyLock;

fn main() {
    record("Instructions per hit", run);
}

fn text(n: u32) -> (&'static str, u64) {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| (0..CALLS).map(|n| format!("user:{n:08}")).collect());
    (&TEXTS[n as usize], n.into())
}

fn run() {
    let hit = |name, call| Subject { name, call, keys: Keys::Known };
    let subjects = [
        hit("nothing: an empty call", u64::from),
        hit("u64: quick_cache, bare", |n| quick_cache::number(n.into())),
        hit("u64: ctu #[cached]", |n| ctu::number(n.into())),
        hit("u64: cached #[cached(max_size)]", |n| cached::number(n.into())),
        hit("u64: cached #[concurrent_cached(max_size)]", |n| cached::number_concurrent(n.into())),
        hit("u64: moka get_with", |n| moka::number(n.into())),
        hit("u64: foyer, in memory", |n| foyer::number(n.into())),
        hit("u64: cachelito #[cache(limit)]", |n| cachelito::number(n.into())),
        hit("u64: memoize SharedCache, Capacity", |n| memoize::number(n.into())),
        hit("u64, ttl: ctu #[cached(ttl)]", |n| ctu::number_for_an_hour(n.into())),
        hit("u64, ttl: cached #[cached(max_size, ttl)]", |n| cached::number_for_an_hour(n.into())),
        hit("u64, ttl: moka, time_to_live", |n| moka::number_for_an_hour(n.into())),
        hit("(&str, u64): quick_cache, bare", |n| quick_cache::text(text(n).0, n.into())),
        hit("(&str, u64): ctu #[cached]", |n| ctu::text(text(n).0, n.into())),
        hit("(&str, u64): cached #[cached(max_size)]", |n| cached::text(text(n).0, n.into())),
        hit("(&str, u64): cached #[concurrent_cached(..)]", |n| cached::text_concurrent(text(n).0, n.into())),
        hit("(&str, u64): moka get_with", |n| moka::text(text(n).0, n.into())),
        hit("(&str, u64): foyer, in memory", |n| foyer::text(text(n).0, n.into())),
        hit("(&str, u64): cachelito #[cache(limit)]", |n| cachelito::text(text(n).0, n.into())),
        hit("u64, async: ctu #[cached]", |n| ctu::number_async(n.into())),
        hit("u64, async: cached #[cached(max_size)]", |n| cached::number_async(n.into())),
        hit("u64, async: moka future get_with", |n| moka::number_async(n.into())),
        hit("u64, async: hitbox #[cached], moka backend", |n| hitbox::number_async(n.into())),
    ];
    match counted(&subjects) {
        Ok(counts) => {
            println!("Over {CALLS} keys each; the loop that calls is in each figure.\n");
            println!("| {:<46} | instructions |", "a hit");
            println!("|:{:-<47}|-------------:|", "");
            for (subject, count) in subjects.iter().zip(counts) {
                println!("| {:<46} | {count:12.0} |", subject.name);
            }
        }
        Err(error) => println!("Not counted: {error}."),
    }
}
