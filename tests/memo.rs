//! `Memo` and `AsyncMemo`: functions memoized at run time.

#![cfg(feature = "memory")]

use std::cell::Cell;
use std::time::Duration;

use ctu::prelude::*;
use ctu::{Args, AsyncMemo, ManualClock, Memo, MemoryCache};
use pollster::block_on;

#[test]
fn a_closure_is_computed_once_per_key() -> ctu::Result<()> {
    let computed = Cell::new(0);
    let length = Memo::new(MemoryCache::<String, usize>::new(10), |text: &str| {
        computed.set(computed.get() + 1);
        text.len()
    });
    assert_eq!((length.call("abc"), length.call("abc"), length.call("ab")), (3, 3, 2));
    assert_eq!(computed.get(), 2);
    assert!(length.in_cache("abc")?);
    assert_eq!(length.peek("abc")?, Some(3));
    assert!(length.evict("abc")?);
    assert!(!length.evict("abc")?);
    length.prime("abc", &4)?;
    assert_eq!(length.call("abc"), 4);
    assert_eq!(length.refresh("abc"), 3);
    assert_eq!(length.call("abc"), 3);
    assert_eq!(computed.get(), 3);
    assert_eq!((length.stats().reads, length.stats().hits), (5, 3));
    Ok(())
}

#[test]
fn of_a_fallible_function_only_ok_is_stored() {
    let computed = Cell::new(0);
    let parse = Memo::fallible(MemoryCache::<String, u32>::new(10), |text: &str| {
        computed.set(computed.get() + 1);
        text.parse::<u32>()
    });
    assert!(parse.call("x").is_err() && parse.call("x").is_err());
    assert!(parse.call("7") == Ok(7) && parse.call("7") == Ok(7));
    assert_eq!(computed.get(), 3);
}

#[test]
fn several_arguments_are_one_key_as_args() {
    let repeat = Memo::new(MemoryCache::<(String, usize), String>::new(10), |args: &Args<(&str, &usize)>| {
        let Args((text, n)) = args;
        text.repeat(**n)
    });
    assert_eq!(repeat.call(&Args(("ab", &2))), "abab");
}

#[test]
fn lifetimes_are_those_of_the_memo() -> ctu::Result<()> {
    let clock = ManualClock::new();
    let cache = MemoryCache::<u64, u64>::builder().capacity(10).clock(&clock).build();
    let double = Memo::new(cache, |n: &u64| n * 2).ttl(Duration::from_secs(60)).named("double");
    assert_eq!(double.call(&4), 8);
    clock.advance(Duration::from_secs(59));
    assert!(double.in_cache(&4)?);
    clock.advance(Duration::from_secs(1));
    assert!(!double.in_cache(&4)?);
    Ok(())
}

#[test]
fn law5_apart_memos_that_share_a_store_are_kept_apart_by_their_prefixes() {
    let store = MemoryCache::<String, usize>::new(10);
    let length = Memo::new((&store).prefixed("length."), str::len);
    let words = Memo::new((&store).prefixed("words."), |text: &str| text.split(' ').count());
    assert_eq!((length.call("a b"), words.call("a b"), length.call("a b")), (3, 2, 3));
}

#[test]
fn an_async_closure_is_computed_once_per_key() -> ctu::Result<()> {
    let computed = Cell::new(0);
    let length = AsyncMemo::new(MemoryCache::<String, usize>::new(10), async |text: &str| {
        computed.set(computed.get() + 1);
        std::future::ready(text.len()).await
    });
    block_on(async {
        assert_eq!((length.call("abc").await, length.call("abc").await), (3, 3));
        assert!(length.in_cache("abc").await?);
        assert!(length.evict("abc").await?);
        assert_eq!(length.peek("abc").await?, None);
        length.prime("abc", &4).await?;
        assert_eq!(length.call("abc").await, 4);
        assert_eq!(length.refresh("abc").await, 3);
        assert_eq!(computed.get(), 2);
        Ok(())
    })
}
