//! `f::clear()`: what is in a function's own store is forgotten, of all calls.

#![cfg(feature = "memory")]

mod computed;
mod gate;

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use ctu::{cache_methods, cached};
use pollster::block_on;

use computed::{computed, count};
use gate::{Gate, Step};

#[test]
fn all_results_of_one_function_are_forgotten() -> ctu::Result<()> {
    #[cached]
    fn double(n: u32) -> u32 {
        count(n * 2)
    }
    #[cached]
    fn other(n: u32) -> u32 {
        count(n + 1)
    }
    double::clear()?;
    let call = || (0..100).map(double).sum::<u32>() + other(1);
    (0..10).for_each(|_| assert_eq!(call(), 9_902));
    assert_eq!((computed(), double::stats().entries), (101, Some(100)));
    double::clear()?;
    assert_eq!(double::stats().entries, Some(0));
    assert!(!double::in_cache(7)?);
    assert_eq!((call(), computed()), (9_902, 100));
    assert_eq!((call(), computed()), (9_902, 0));
    Ok(())
}

#[test]
fn so_are_those_by_texts_of_async_and_generic_functions_and_by_a_key_of_ones_own() -> ctu::Result<()> {
    #[cached]
    async fn length(text: &str) -> usize {
        std::future::ready(count(text.len())).await
    }
    #[cached]
    fn shown<T: Copy + Into<u64> + std::hash::Hash + Eq + Send + Sync + 'static>(value: T) -> String {
        count(value.into().to_string())
    }
    #[cached(key = |text| text.len())]
    fn first(text: &str) -> Option<char> {
        count(text.chars().next())
    }
    let call = || {
        assert_eq!(block_on(length("four")), 4);
        assert_eq!((shown(7_u8), shown(7_u16)), ("7".to_owned(), "7".to_owned()));
        assert_eq!(first("four"), Some('f'));
        computed()
    };
    assert_eq!((call(), call(), call()), (4, 0, 0));
    block_on(length::clear())?;
    shown::clear()?;
    assert_eq!(first::stats().entries, Some(1));
    first::clear()?;
    assert_eq!((length::stats().entries, shown::stats().entries, first::stats().entries), (Some(0), Some(0), Some(0)));
    assert_eq!((call(), call()), (4, 0));
    Ok(())
}

#[test]
fn a_method_forgets_those_of_all_objects() -> ctu::Result<()> {
    struct Shop {
        id: u32,
    }
    #[cache_methods(self_key = self.id)]
    impl Shop {
        #[cached]
        fn price(&self, item: u32) -> u32 {
            count(self.id * 100 + item)
        }
    }
    let shops = [Shop { id: 1 }, Shop { id: 2 }];
    let call = || shops.each_ref().map(|shop| shop.price(7));
    assert_eq!((call(), call(), computed()), ([107, 207], [107, 207], 2));
    Shop::price_clear()?;
    assert_eq!((call(), computed()), ([107, 207], 2));
    Ok(())
}

#[test]
fn law4_gone_is_gone_from_what_other_threads_have_nearby() {
    static SOURCE: AtomicU32 = AtomicU32::new(1);
    #[cached]
    fn value(key: u32) -> u32 {
        let _ = key;
        SOURCE.load(SeqCst)
    }
    let all = || (0..100).map(value).collect::<Vec<_>>();
    thread::scope(|scope| {
        let (ask, asked) = std::sync::mpsc::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        scope.spawn(move || {
            while asked.recv().is_ok() {
                (0..9).for_each(|_| drop(all()));
                tell.send(all()).unwrap();
            }
        });
        for version in 1..10 {
            SOURCE.store(version, SeqCst);
            value::clear().unwrap();
            ask.send(()).unwrap();
            assert_eq!(told.recv().unwrap(), [version; 100]);
            assert_eq!(all(), [version; 100]);
        }
        drop(ask);
    });
}

#[test]
fn law4_gone_is_gone_a_computation_in_flight_is_neither_stored_nor_waited_for() {
    static GATE: Gate = Gate::new();
    static SOURCE: AtomicU32 = AtomicU32::new(1);
    #[cached]
    fn value(key: u32) -> u32 {
        let read = SOURCE.load(SeqCst) + key;
        GATE.pass(Step::Computing);
        read
    }
    #[cached]
    async fn value_later(key: u32) -> u32 {
        let read = SOURCE.load(SeqCst) + key;
        GATE.pass(Step::Computing);
        std::future::ready(read).await
    }
    for is_async in [false, true] {
        let call = move |key| if is_async { block_on(value_later(key)) } else { value(key) };
        let clear = || if is_async { block_on(value_later::clear()) } else { value::clear() }.unwrap();
        // Known to others, as one of them waits for it, or not.
        for is_awaited in [true, false] {
            SOURCE.store(1, SeqCst);
            clear();
            GATE.stop_at(Step::Computing);
            thread::scope(|scope| {
                let stopped = scope.spawn(move || call(10));
                GATE.wait_for_a_caller();
                let waiting = is_awaited.then(|| scope.spawn(move || call(10)));
                SOURCE.store(2, SeqCst);
                clear();
                assert_eq!(call(10), 12, "while the older computation goes on");
                GATE.open();
                assert_eq!(stopped.join().unwrap(), 11);
                assert!(waiting.is_none_or(|waiting| matches!(waiting.join().unwrap(), 11 | 12)));
            });
            assert_eq!(call(10), 12);
        }
    }
}
