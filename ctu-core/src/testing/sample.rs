//! Keys and values for the suite to store, made from an index.

use std::fmt::Debug;

use bytes::Bytes;

/// A type of keys that the suite can make: implement it to check a cache with keys of your own.
///
/// Provided for text, bytes, `u64` and pairs.
///
/// # Contract
///
/// All keys differ: those of different indexes below 10,000, and those listed as odd, from each other.
pub trait SampleKey: ToOwned<Owned: Clone + Debug + Send + Sync> + Sync {
    /// An ordinary key, another one for each index.
    fn key(index: usize) -> Self::Owned;

    /// Keys that a careless store mixes up or chokes on. None by default.
    fn odd_keys() -> Vec<Self::Owned> {
        Vec::new()
    }
}

/// A type of values that the suite can make: implement it to check a cache with values of your own.
///
/// Provided for text, bytes, integers, options and pairs.
///
/// # Contract
///
/// The values of different indexes below 10,000 differ. Equality tells all values apart that a cache has to keep apart.
pub trait SampleValue: Clone + PartialEq + Debug + Send + Sync {
    /// An ordinary value, another one for each index.
    fn value(index: usize) -> Self;

    /// Values that a careless store changes or takes for a miss. None by default.
    fn odd_values() -> Vec<Self> {
        Vec::new()
    }

    /// A value of about this many bytes, if there are any so large. None by default.
    fn sized(bytes: usize) -> Option<Self> {
        let _ = bytes;
        None
    }
}

/// The longest odd key, in bytes.
const LONG_KEY: usize = 10_000;

/// Text that a store, a protocol or a layer may take for something else, or for each other.
fn odd_texts() -> Vec<String> {
    let mut odd: Vec<String> = [
        "",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "a",
        "a ",
        " a",
        "a b",
        "a\n",
        "a\r\n",
        "a\r\nget b\r\n",
        "a\0",
        "a\0b",
        "A",
        "aa",
        "aaa",
        "a:",
        "a:b",
        "a.b",
        "a/b",
        "../a",
        "a*",
        "a?",
        "[a]",
        "{a}",
        "{a}b",
        "%61",
        "YQ==",
        "61",
        "\"a\"",
        "\\",
        "'",
        "null",
        "0",
        "-1",
        "\u{1b}[0m",
        "\u{7f}",
        "\u{e9}",
        "e\u{301}",
        "\u{df}",
        "ss",
        "\u{feff}a",
        "日本語",
        "\u{1f980}",
        "\u{10ffff}",
    ]
    .map(str::to_owned)
    .into();
    for (length, last) in [(249, "a"), (250, "a"), (251, "a"), (251, "b"), (LONG_KEY, "a"), (LONG_KEY, "b")] {
        odd.push("k".repeat(length - 1) + last);
    }
    odd
}

/// Bytes as [`odd_texts`], and such as are no text.
fn odd_bytes() -> Vec<Vec<u8>> {
    let mut odd: Vec<_> = odd_texts().into_iter().map(String::into_bytes).collect();
    odd.extend([vec![0xff], vec![0xfe], vec![0xc3], vec![0xc0, 0x80], vec![0xed, 0xa0, 0x80], vec![b'a', 0xff]]);
    odd.extend([vec![0; 2], vec![0; 3], (0..=255).collect()]);
    odd
}

/// Text that no codec can fold into itself: every part of it differs from the others.
fn long_text(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 20);
    let mut n = 0_u64;
    while text.len() < bytes {
        n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
        text.push_str(&n.to_string());
    }
    text.truncate(bytes); // digits, so at a boundary
    text
}

/// Bytes of all values, in an order that does not repeat soon.
fn long_bytes(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(bytes).collect()
}

fn bytes_of(index: usize) -> Vec<u8> {
    let mut bytes = index.to_le_bytes().to_vec();
    bytes.extend([0xff, b'\r', b'\n', 0]);
    bytes
}

impl SampleKey for str {
    fn key(index: usize) -> String {
        format!("key {index}")
    }
    fn odd_keys() -> Vec<String> {
        odd_texts()
    }
}

impl SampleKey for String {
    fn key(index: usize) -> String {
        str::key(index)
    }
    fn odd_keys() -> Vec<String> {
        odd_texts()
    }
}

impl SampleKey for [u8] {
    fn key(index: usize) -> Vec<u8> {
        format!("key {index}").into_bytes()
    }
    fn odd_keys() -> Vec<Vec<u8>> {
        odd_bytes()
    }
}

impl SampleKey for Vec<u8> {
    fn key(index: usize) -> Vec<u8> {
        <[u8]>::key(index)
    }
    fn odd_keys() -> Vec<Vec<u8>> {
        odd_bytes()
    }
}

impl SampleKey for u64 {
    fn key(index: usize) -> u64 {
        index as u64
    }
    fn odd_keys() -> Vec<u64> {
        odd_numbers()
    }
}

/// All odd first parts with one second part, and the other way round.
impl<A, B> SampleKey for (A, B)
where
    A: SampleKey<Owned = A> + Clone + Debug + Send,
    B: SampleKey<Owned = B> + Clone + Debug + Send,
{
    fn key(index: usize) -> (A, B) {
        (A::key(index / 7), B::key(index % 7))
    }
    fn odd_keys() -> Vec<(A, B)> {
        let first = A::odd_keys().into_iter().map(|a| (a, B::key(7)));
        first.chain(B::odd_keys().into_iter().map(|b| (A::key(7), b))).collect()
    }
}

/// The ends of the range, and what a float does not hold exactly.
fn odd_numbers() -> Vec<u64> {
    let exact = 1 << 53;
    vec![0, 1, 10, 100, 256, exact - 1, exact, exact + 1, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX]
}

impl SampleValue for String {
    fn value(index: usize) -> Self {
        format!("value {index}")
    }
    fn odd_values() -> Vec<Self> {
        odd_texts()
    }
    fn sized(bytes: usize) -> Option<Self> {
        Some(long_text(bytes))
    }
}

impl SampleValue for Vec<u8> {
    fn value(index: usize) -> Self {
        bytes_of(index)
    }
    fn odd_values() -> Vec<Self> {
        odd_bytes()
    }
    fn sized(bytes: usize) -> Option<Self> {
        Some(long_bytes(bytes))
    }
}

impl SampleValue for Bytes {
    fn value(index: usize) -> Self {
        bytes_of(index).into()
    }
    fn odd_values() -> Vec<Self> {
        odd_bytes().into_iter().map(Bytes::from).collect()
    }
    fn sized(bytes: usize) -> Option<Self> {
        Some(long_bytes(bytes).into())
    }
}

impl SampleValue for u64 {
    fn value(index: usize) -> Self {
        index as Self
    }
    fn odd_values() -> Vec<Self> {
        odd_numbers()
    }
}

impl SampleValue for i64 {
    fn value(index: usize) -> Self {
        let magnitude = index.cast_signed() as Self;
        if index.is_multiple_of(2) { magnitude } else { -magnitude }
    }
    fn odd_values() -> Vec<Self> {
        let odd = odd_numbers().into_iter().map(u64::cast_signed);
        odd.clone().chain(odd.map(Self::wrapping_neg)).collect()
    }
}

impl<V: SampleValue> SampleValue for Option<V> {
    fn value(index: usize) -> Self {
        Some(V::value(index))
    }
    fn odd_values() -> Vec<Self> {
        std::iter::once(None).chain(V::odd_values().into_iter().map(Some)).collect()
    }
    fn sized(bytes: usize) -> Option<Self> {
        V::sized(bytes).map(Some)
    }
}

/// All odd first parts with one second part, and the other way round.
impl<A: SampleValue, B: SampleValue> SampleValue for (A, B) {
    fn value(index: usize) -> Self {
        (A::value(index), B::value(index))
    }
    fn odd_values() -> Vec<Self> {
        let first = A::odd_values().into_iter().map(|a| (a, B::value(1)));
        first.chain(B::odd_values().into_iter().map(|b| (A::value(1), b))).collect()
    }
    fn sized(bytes: usize) -> Option<Self> {
        A::sized(bytes).map(|a| (a, B::value(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn odd_keys_differ_from_each_other() {
        fn check<K: ?Sized + SampleKey<Owned: Eq + std::hash::Hash>>() {
            let odd = K::odd_keys();
            assert_eq!(odd.iter().collect::<HashSet<_>>().len(), odd.len());
        }
        check::<str>();
        check::<[u8]>();
        check::<u64>();
        check::<(String, u64)>();
    }

    #[test]
    fn keys_and_values_of_different_indexes_differ() {
        fn check<T: Eq + std::hash::Hash>(make: impl Fn(usize) -> T) {
            assert_eq!((0..10_000).map(make).collect::<HashSet<_>>().len(), 10_000);
        }
        check(str::key);
        check(<[u8]>::key);
        check(<(u64, String)>::key);
        check(Bytes::value);
        check(i64::value);
        check(<(u64, String)>::value);
    }

    #[test]
    fn sized_values_have_the_size_asked_for() {
        assert_eq!(String::sized(12_345).unwrap().len(), 12_345);
        let bytes = Bytes::sized(70_000).unwrap();
        assert_eq!(bytes.len(), 70_000);
        assert_eq!(bytes.iter().collect::<HashSet<_>>().len(), 256);
    }
}
