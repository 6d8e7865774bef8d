use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::test_store::{TestStore, now};
use crate::{AsyncCache, Cache, StackExt, Store, Ttl};

thread_local! {
    static LINES: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Keeps each thread's events as lines, without the time they took. One for the process: with one for a thread, what another
/// thread without one meets first would be off for all, as tracing remembers per event whether anyone listens.
struct ToThreads;

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != "took" {
            write!(self.0, "{}={value:?} ", field.name()).unwrap();
        }
    }
}

impl Subscriber for ToThreads {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "ctu" && *metadata.level() == Level::DEBUG
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                let mut fields = Fields(String::new());
                event.record(&mut fields);
                lines.push(fields.0.trim_end().to_owned());
            }
        });
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The events of `work`.
fn listen(work: impl FnOnce()) -> Vec<String> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(ToThreads).unwrap());
    // What another thread met while it was being installed.
    tracing::callsite::rebuild_interest_cache();
    LINES.set(Some(Vec::new()));
    work();
    LINES.take().unwrap()
}

#[test]
fn every_operation_is_told_with_its_outcome() {
    let cache = TestStore::new().debug("near");
    let lines = listen(|| {
        Cache::get(&cache, "k").unwrap();
        Cache::put(&cache, "k", &1, Ttl::Default).unwrap();
        Cache::get_entry(&cache, "k").unwrap();
        Cache::get_many(&cache, &["k", "l"]).unwrap();
        Cache::put_many(&cache, &[("m", &1)], Ttl::Default).unwrap();
        Cache::contains(&cache, "l").unwrap();
        Cache::remove(&cache, "k").unwrap();
        now(AsyncCache::get(&cache, "m")).unwrap();
        Store::clear(&cache).unwrap();
        cache.inner().fail(true);
        Cache::get(&cache, "k").unwrap_err();
    });
    let expected = [
        r#"operation="get" outcome="miss""#,
        r#"operation="put" outcome="stored""#,
        r#"operation="get" outcome="hit""#,
        r#"operation="get_many" outcome="done" keys=2 hits=1"#,
        r#"operation="put_many" outcome="stored" keys=1"#,
        r#"operation="contains" outcome="absent""#,
        r#"operation="remove" outcome="removed""#,
        r#"operation="get" outcome="hit""#,
        r#"operation="clear" outcome="done""#,
        r#"operation="get" outcome="unavailable""#,
    ];
    assert_eq!(lines, expected.map(|line| format!("cache=\"near\" {line}")));
}

#[test]
fn law7_silent_keys_and_values_are_shown_only_if_asked_for() {
    fn use_it<C: Cache<str, String>>(cache: &C) -> String {
        listen(|| {
            cache.put("key", &"value".to_owned(), Ttl::Default).unwrap();
            cache.get("key").unwrap();
            cache.get_many(&["key", "other"]).unwrap();
            cache.put_many(&[("key", &"value".to_owned())], Ttl::Default).unwrap();
        })
        .join("\n")
    }
    let store = TestStore::<String, String>::new;
    let shown = |lines: &str, what: &str| lines.matches(what).count();

    for silent in [use_it(&store().debug("c")), use_it(&store().debug("c").show_keys(false).show_values(false))] {
        assert_eq!((shown(&silent, "\"key\""), shown(&silent, "\"value\"")), (0, 0), "{silent}");
    }
    let keys = use_it(&store().debug("c").show_keys(true));
    assert_eq!((shown(&keys, "\"key\""), shown(&keys, "\"value\"")), (4, 0), "{keys}");
    assert!(keys.contains(r#"key="key", "other""#), "{keys}");
    let values = use_it(&store().debug("c").show_values(true));
    assert_eq!((shown(&values, "\"key\""), shown(&values, "\"value\"")), (0, 4), "{values}");
}

#[test]
fn keys_and_values_need_no_debug_form_unless_shown() {
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Opaque;
    let cache = TestStore::<Opaque, Opaque>::new().debug("opaque");
    let lines = listen(|| Cache::put(&cache, &Opaque, &Opaque, Ttl::Default).unwrap());
    assert_eq!(lines.len(), 1);
}
