//! Keys, prepared before anything is timed.

/// How many different keys a row of the benchmark calls with.
const KEYS: u64 = 1_000;

/// The numbers up to a thousand, in an order without a pattern, the same in every run.
pub fn numbers() -> Vec<u64> {
    let mut keys: Vec<u64> = (0..KEYS).collect();
    let mut state = 1_u64;
    for last in (1..keys.len()).rev() {
        // Knuth's generator; its high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[allow(clippy::cast_possible_truncation)] // 31 bits
        keys.swap(last, (state >> 33) as usize % (last + 1));
    }
    keys
}

/// As many texts of 13 bytes, each with a number, in the same order.
pub fn texts() -> Vec<(&'static str, u64)> {
    numbers().into_iter().map(|n| (&*Box::leak(format!("user:{n:08}").into_boxed_str()), n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_there_once_and_out_of_order() {
        let mut keys = numbers();
        assert!(!keys.is_sorted());
        keys.sort_unstable();
        assert!(keys.into_iter().eq(0..KEYS));
    }
}
