//! Computations that ask for each other never wait for themselves.

use super::*;

/// Calls the key after `key` of `keys`, and that the one after it, `depth` times.
fn circle(model: &Model, key: u32, keys: u32, depth: u32) -> u32 {
    model.call(&key, || {
        model.compute();
        if depth == 0 { 1 } else { circle(model, (key + 1) % keys, keys, depth - 1) }
    })
}

/// The same in one task.
async fn circle_async(model: &Model, key: u32, keys: u32, depth: u32) -> u32 {
    let compute = async || {
        yield_now().await;
        model.compute();
        if depth == 0 { 1 } else { Box::pin(circle_async(model, (key + 1) % keys, keys, depth - 1)).await }
    };
    model.task(ShareAll, &key, compute).await
}

fn meet(keys: u32) {
    let model = &Model::new();
    let caller = |key: u32| {
        Box::new(move || {
            let depth = 1 + chance(keys + 1);
            let value = if chance(2) == 0 {
                circle(model, key, keys, depth)
            } else {
                block_on(circle_async(model, key, keys, depth))
            };
            assert_eq!(value, 1);
        }) as Box<dyn FnOnce() + Send>
    };
    together((0..keys.max(2)).map(|key| caller(key % keys)));
}

#[test]
fn law3_once_recursion_on_the_same_key_waits_for_nobody() {
    check(|| meet(1));
}

#[test]
fn law3_once_two_whose_keys_cross_do_not_wait_for_each_other() {
    check(|| meet(2));
}

#[test]
fn law3_once_a_circle_of_three_does_not_wait_for_itself() {
    check(|| meet(3));
}

#[test]
fn law3_once_who_waits_in_a_circle_may_give_up() {
    check(|| {
        let model = &Model::new();
        let caller = |key: u32| move || assert_eq!(circle(model, key, 2, 2), 1);
        let waverer = || {
            let _ = block_on(cut(circle_async(model, 0, 2, 2), chance(12)));
        };
        together(parts![caller(0), caller(1), waverer]);
    });
}
