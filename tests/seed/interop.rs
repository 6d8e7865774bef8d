//! A cache shared with a Python program, which uses version 11.0 of `CacheToolsUtils` on the same servers: what one
//! writes, the other reads as equal.
//!
//! `PYTHON` names a Python that has the packages of `tests/python/requirements.txt`; by default it is `python3`.

use std::env;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use ctu::prelude::*;
use ctu::{Args, Cache, JsonCache, JsonSerdeCache, MemcachedCache, RedisCache, ToBytesCache, Ttl, json_key};
use serde_json::{Value, json};
use servers::{MemcachedServer, RedisServer};

/// Both languages' values, but for bytes.
fn values() -> Vec<Value> {
    vec![
        json!("plain"),
        json!("é ü 中 😀 \u{7f} \" \\ \n \0"),
        json!(""),
        json!([]),
        json!({}),
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(9_007_199_254_740_992_u64),
        json!(-9_007_199_254_740_992_i64),
        json!(1.0),
        json!(-0.0),
        json!(0.1),
        json!(1e-7),
        json!(1e22),
        json!(1.797_693_134_862_315_7e308),
        json!(5e-324),
        json!([1, [2.5, [null, "é"]], {"b": [], "a": {"é": [""]}}]),
        json!({"": {"*": [1, 2, {"**": false}]}, "z": "\u{2028}"}),
    ]
}

const RAW_KEY: &[u8] = b"raw \x00\xff";
const RAW_VALUE: &[u8] = b"\r\n\x00\xff";

fn key(index: usize) -> String {
    json_key(&Args((&index, "k€y", &None::<u8>, &1.5))).expect("these have an exact form")
}

/// Our stacks, each like one of Python's.
struct Stacks {
    redis: RedisServer,
    memcached: MemcachedServer,
    /// `RedisCache(redis)`
    json: ToBytesCache<RedisCache>,
    /// `ToBytesCache(RedisCache(redis, raw=True))`
    bytes: ToBytesCache<RedisCache>,
    /// `PrefixedRedisCache(redis, "app.")`
    prefixed: JsonCache<RedisCache>,
    /// `PrefixedMemCached(Client(serde=JsonSerde()), "app.")`
    tagged: JsonSerdeCache<MemcachedCache>,
    /// `RedisCache(redis, raw=True)`
    raw: RedisCache,
}

static REDIS: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);
static MEMCACHED: LazyLock<MemcachedServer> = LazyLock::new(MemcachedServer::start);

/// What the script prints.
fn python(command: &str, redis: &RedisServer, memcached: &MemcachedServer, input: &Value) -> Vec<Value> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let mut child = Command::new(&python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seed/interop.py"))
        .args([command, &redis.port().to_string(), &memcached.port().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("this test needs Python, as python3 or named by PYTHON: {error}"));
    let input = serde_json::to_vec(input).expect("values have a form in JSON");
    // Dropped at the end of the statement, which closes the pipe.
    child.stdin.take().expect("it is piped").write_all(&input).expect("Python reads its input");
    let output = child.wait_with_output().expect("Python's output");
    assert!(
        output.status.success(),
        "{} failed: its error is above; it needs the packages of tests/python/requirements.txt",
        python.display()
    );
    let lines = str::from_utf8(&output.stdout).expect("Python prints ASCII").lines();
    lines.map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

impl Stacks {
    fn start() -> ctu::Result<Self> {
        let (redis, memcached) = (RedisServer::start(), MemcachedServer::start());
        let url = redis.url();
        Ok(Self {
            json: RedisCache::open(&url)?.to_bytes(),
            bytes: RedisCache::open(&url)?.to_bytes(),
            prefixed: RedisCache::builder(&url).namespace("app.").build()?.json(),
            tagged: MemcachedCache::builder(&memcached.url()).namespace("app.").build()?.json_serde(),
            raw: RedisCache::open(&url)?,
            redis,
            memcached,
        })
    }

    fn python(&self, command: &str, values: &[Value]) -> Vec<Value> {
        python(command, &self.redis, &self.memcached, &values.into())
    }
}

/// Equal, and of the same kind: 1 is not 1.0, and -0.0 is not 0.0.
fn assert_same(name: &str, found: &Value, value: &Value) {
    // Sorted by key, whatever order `serde_json` keeps: another package may have asked for that of insertion.
    let text = |value: &Value| {
        let mut text = String::new();
        ctu::write_json(&mut text, value).expect("values have a form in JSON");
        text
    };
    assert_eq!(text(found), text(value), "{name}");
}

#[test]
fn what_python_writes_is_read_as_equal() -> ctu::Result<()> {
    let stacks = Stacks::start()?;
    stacks.python("write", &values());
    for (index, value) in values().iter().enumerate() {
        let key = key(index);
        let found = |value: Option<Value>| value.unwrap_or_else(|| panic!("a miss for {index}"));
        assert_same("json", &found(stacks.json.get(&key)?), value);
        assert_same("bytes", &found(stacks.bytes.get(&format!("{key}!"))?), value);
        assert_same("prefixed", &found(stacks.prefixed.get(&key)?), value);
        assert_same("memcached", &found(stacks.tagged.get(&key)?), value);
    }
    assert_eq!(stacks.raw.get(RAW_KEY)?.as_deref(), Some(RAW_VALUE));
    assert_eq!(stacks.tagged.get("bytes")?, Some(ctu::AnyValue::Bytes(Bytes::from_static(RAW_VALUE))));
    // Python's default lifetime is ours.
    let left = Cache::<str, Value>::get_entry(&stacks.prefixed, &key(0))?.and_then(|entry| entry.ttl);
    assert!(left.is_some_and(|left| (500..=600).contains(&left.as_secs())), "{left:?}");
    Ok(())
}

#[test]
fn python_reads_what_is_written_here_as_equal() -> ctu::Result<()> {
    let stacks = Stacks::start()?;
    for (index, value) in values().iter().enumerate() {
        let key = key(index);
        stacks.json.put(&key, value, Ttl::Default)?;
        stacks.bytes.put(&format!("{key}!"), value, Ttl::Default)?;
        stacks.prefixed.put(&key, value, Ttl::Default)?;
        stacks.tagged.put(&key, value, Ttl::Default)?;
    }
    stacks.raw.put(RAW_KEY, &Bytes::from_static(RAW_VALUE), Ttl::Default)?;
    let bytes = ctu::AnyValue::Bytes(Bytes::from_static(RAW_VALUE));
    stacks.tagged.put("bytes", &bytes, Ttl::Default)?;

    let answers = stacks.python("read", &values());
    assert_eq!(answers.len(), 5);
    let miss = json!("MISS");
    for (name, found) in ["json", "bytes", "prefixed", "memcached"].into_iter().zip(&answers) {
        assert_eq!(found.as_array().map(Vec::len), Some(values().len()), "{name}");
        for (index, value) in values().iter().enumerate() {
            // Python's client takes it for a miss, also where Python wrote it.
            let is_lost = name == "memcached" && value.is_null();
            assert_same(name, &found[index], if is_lost { &miss } else { value });
        }
    }
    let encoded = json!({"bytes": "DQoA/w=="});
    assert_eq!(answers[4], json!([encoded, encoded]));
    Ok(())
}

/// The recipe of `docs/PYTHON.md`: a function of both languages, whose results each computes for both, on a store of
/// each kind.
macro_rules! recipe {
    ($test:ident, $store:literal, $stack:ty, $open:expr) => {
        #[test]
        fn $test() -> ctu::Result<()> {
            static COMPUTED: AtomicUsize = AtomicUsize::new(0);
            static CACHE: LazyLock<$stack> = LazyLock::new(|| $open.expect("the settings are right"));

            #[ctu::cached(cache = CACHE, key = json, prefix = "repeat.")]
            fn repeat(s: &str, n: usize) -> Vec<String> {
                COMPUTED.fetch_add(1, Ordering::Relaxed);
                vec![s.to_owned(); n]
            }

            let python = |s: &str, n: usize| python($store, &REDIS, &MEMCACHED, &json!([s, n]));
            assert_eq!(repeat("é\"", 2), ["é\"", "é\""]);
            assert_eq!(python("é\"", 2), [json!({"result": ["é\"", "é\""], "computed": 0})], "computed here");
            assert_eq!(python("ü", 3), [json!({"result": ["ü", "ü", "ü"], "computed": 1})]);
            assert!(repeat::in_cache("ü", 3)?);
            assert_eq!(repeat("ü", 3), ["ü", "ü", "ü"]);
            assert_eq!(COMPUTED.load(Ordering::Relaxed), 1, "computed there");
            assert!(repeat::evict("ü", 3)?);
            assert_eq!(python("ü", 3), [json!({"result": ["ü", "ü", "ü"], "computed": 1})], "gone for both");
            Ok(())
        }
    };
}

recipe! {
    a_function_shares_its_results_with_python_through_redis, "call-redis", JsonCache<RedisCache>,
    RedisCache::builder(&REDIS.url()).namespace("app.").build().map(StackExt::json)
}
recipe! {
    a_function_shares_its_results_with_python_through_memcached, "call-memcached", JsonSerdeCache<MemcachedCache>,
    MemcachedCache::builder(&MEMCACHED.url()).namespace("app.").build().map(StackExt::json_serde)
}
