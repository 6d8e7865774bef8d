//! Keys and values for the suite to store, made from an index.

use std::fmt::Debug;

use bytes::Bytes;

use super::odd_samples::{long_bytes, long_text, odd_bytes, odd_numbers, odd_texts};

/// A type of keys that the suite can make: implement it to check a cache with keys of your own.
///
/// Provided for text, bytes, `u64` and pairs.
///
/// # Contract
///
/// All keys differ: those of different indexes below 10,000 from each other, and so do those listed as odd.
///
/// # Examples
///
/// ```
/// use ctu_core::testing::{Conformance, ManualClock, ModelStore, SampleKey};
///
/// #[derive(Debug, Clone, PartialEq, Eq, Hash)]
/// struct UserId(u64);
///
/// impl SampleKey for UserId {
///     fn key(index: usize) -> Self {
///         Self(index as u64)
///     }
///     fn odd_keys() -> Vec<Self> {
///         vec![Self(0), Self(u64::MAX)]
///     }
/// }
///
/// let hand = ManualClock::new();
/// Conformance::<UserId, String>::clock(&hand).check(|| ModelStore::<UserId, String>::new().clock(&hand));
/// ```
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
///
/// # Examples
///
/// ```
/// use ctu_core::testing::SampleValue;
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Temperature(f64);
///
/// impl SampleValue for Temperature {
///     fn value(index: usize) -> Self {
///         Self(index as f64 / 8.0)
///     }
///     fn odd_values() -> Vec<Self> {
///         vec![Self(f64::MIN), Self(f64::MIN_POSITIVE), Self(0.1 + 0.2)]
///     }
/// }
/// ```
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
