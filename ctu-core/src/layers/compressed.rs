//! Smaller values in a byte store: [`CompressedCache`].

use std::borrow::Cow;

use bytes::Bytes;
use lz4_flex::block;

use crate::{Error, ErrorKind, Layer, Map, Mapped, Reject, Result, Ttl};

/// A byte cache that compresses its values with LZ4, where that makes them smaller.
///
/// Made by [`StackExt::compressed`](crate::StackExt::compressed). Compression and decompression take about a nanosecond
/// per byte or less. A value that does not shrink is stored as it is, one byte longer. A value longer than the limit,
/// 64 MiB unless [`max_len`](Self::max_len) says otherwise, is refused (`Limit`); what is found and is not such a value,
/// or would be longer than the limit, is a miss. No more memory is taken than 255 times what was found.
///
/// Encrypted bytes do not shrink, so this goes above encryption: `store.encrypted(..).compressed().json()`. Then the
/// stored length tells something of the content: do not mix secrets with text that others choose in one value.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<Vec<u8>, Bytes>::new());
/// let cache = (&store).compressed().json();
/// cache.put("zeros", &vec![0; 10_000], Ttl::Default)?;
/// assert_eq!(cache.get("zeros")?, Some(vec![0; 10_000]));
/// assert!(store.get(&b"zeros"[..])?.is_some_and(|stored| stored.len() < 200));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type CompressedCache<C> = Mapped<Compression, C>;

/// The layer of a [`CompressedCache`].
#[derive(Debug, Clone)]
pub struct Compression {
    max_len: usize,
}

/// The limit on the length of a value, unless one is set: 64 MiB.
const DEFAULT_MAX_LEN: usize = 64 << 20;
/// Shorter values do not shrink by what the length before them costs.
const MIN_LEN: usize = 32;
/// LZ4 packs at most so many bytes in one.
const MAX_RATIO: usize = 255;

/// The first byte of a value stored as it is.
const RAW: u8 = 0;
/// The first byte of a compressed value; its length follows, in 4 bytes, the least first, and an LZ4 block.
const LZ4: u8 = 1;
const HEADER_LEN: usize = 5;

impl Compression {
    /// With a limit of 64 MiB.
    pub const fn new() -> Self {
        Self { max_len: DEFAULT_MAX_LEN }
    }

    /// The same, with a limit of `bytes` on the length of a value (4 GiB at most).
    #[must_use]
    pub fn max_len(self, bytes: usize) -> Self {
        Self { max_len: bytes.min(u32::MAX as usize) }
    }
}

impl Default for Compression {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> CompressedCache<C> {
    /// The same cache, with a limit of `bytes` on the length of a value (4 GiB at most).
    #[must_use]
    pub fn max_len(self, bytes: usize) -> Self {
        Self::new(Compression::new().max_len(bytes), self.into_inner())
    }
}

impl Layer for Compression {}

impl<K: ?Sized + ToOwned + 'static> Map<K, Bytes> for Compression {
    type Key = K;
    type Stored = Bytes;

    fn key<'k>(&self, key: &'k K) -> Result<Cow<'k, K>> {
        Ok(Cow::Borrowed(key))
    }

    fn encode<'v>(&self, _key: &K, value: &'v Bytes, _ttl: Ttl) -> Result<Cow<'v, Bytes>> {
        if value.len() > self.max_len {
            return Err(Error::new(
                ErrorKind::Limit,
                "the value is longer than the compressed cache's limit: raise its `max_len`, or store less in one",
            ));
        }
        Ok(Cow::Owned(pack(value)))
    }

    fn decode(&self, _key: &K, stored: Bytes) -> Result<Bytes, Reject> {
        match stored.first() {
            Some(&RAW) if stored.len() - 1 <= self.max_len => Ok(stored.slice(1..)),
            Some(&LZ4) => unpack(&stored[1..], self.max_len),
            _ => Err(Reject::new("neither compressed nor marked as not")),
        }
    }
}

fn pack(value: &[u8]) -> Bytes {
    if let (MIN_LEN.., Ok(len)) = (value.len(), u32::try_from(value.len())) {
        let mut packed = vec![0; HEADER_LEN + block::get_maximum_output_size(value.len())];
        if let Ok(packed_len) = block::compress_into(value, &mut packed[HEADER_LEN..])
            && HEADER_LEN + packed_len <= value.len()
        {
            packed[0] = LZ4;
            packed[1..HEADER_LEN].copy_from_slice(&len.to_le_bytes());
            packed.truncate(HEADER_LEN + packed_len);
            packed.shrink_to_fit();
            return packed.into();
        }
    }
    [&[RAW], value].concat().into()
}

fn unpack(stored: &[u8], max_len: usize) -> Result<Bytes, Reject> {
    let bad = Reject::new("a damaged compressed value");
    let (len, packed) = stored.split_first_chunk().ok_or(bad)?;
    let len = u32::from_le_bytes(*len) as usize;
    if len > max_len {
        return Err(Reject::new("a compressed value longer than the limit"));
    }
    if len > packed.len().saturating_mul(MAX_RATIO) {
        return Err(bad);
    }
    let mut value = vec![0; len];
    match block::decompress_into(packed, &mut value) {
        Ok(written) if written == len => Ok(value.into()),
        _ => Err(bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_store::{TestStore, now};
    use crate::{AsyncCache, Cache, StackExt, Store};

    fn cache() -> CompressedCache<TestStore<String, Bytes>> {
        TestStore::new().compressed()
    }

    /// Bytes without a pattern.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn law1_exact_any_bytes_come_back_and_take_at_most_one_byte_more() {
        let cache = cache();
        for len in [0, 1, MIN_LEN - 1, MIN_LEN, 100, 1_000, 70_000] {
            for value in [vec![0; len], noise(len), b"abcdefg".repeat(len / 7)] {
                let value = Bytes::from(value);
                Cache::put(&cache, "k", &value, Ttl::Default).unwrap();
                assert_eq!(Cache::get(&cache, "k").unwrap().as_ref(), Some(&value));
                assert_eq!(now(AsyncCache::get(&cache, "k")).unwrap().as_ref(), Some(&value));
                let stored = Cache::get(cache.inner(), "k").unwrap().unwrap();
                assert!(stored.len() <= value.len() + 1);
            }
        }
        Cache::put(&cache, "k", &Bytes::from(vec![7; 70_000]), Ttl::Default).unwrap();
        assert!(Cache::get(cache.inner(), "k").unwrap().unwrap().len() < 400);
    }

    #[test]
    fn law2_harmless_garbage_is_a_miss() {
        let mut cases: Vec<Vec<u8>> =
            vec![vec![], vec![2], vec![LZ4], vec![LZ4, 9, 0, 0], vec![LZ4, 9, 0, 0, 0], noise(50)];
        let good = pack(&b"pattern ".repeat(20)).to_vec();
        cases.extend((1..good.len()).map(|len| good[..len].to_vec()));
        cases.push([&good[..], b"more"].concat());
        for (place, by) in [(1, 1), (1, 0xff), (2, 1), (4, 1)] {
            let mut damaged = good.clone();
            damaged[place] = damaged[place].wrapping_add(by);
            cases.push(damaged);
        }
        let cache = cache();
        for case in &cases {
            Cache::put(cache.inner(), "k", &Bytes::from(case.clone()), Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, "k").unwrap(), None, "{case:?}");
            assert!(!Cache::contains(&cache, "k").unwrap());
        }
        // Any damage at all is no more than a wrong value of the right length: integrity is the encryption's matter.
        for place in HEADER_LEN..good.len() {
            let mut damaged = good.clone();
            damaged[place] ^= 0x55;
            let found: Result<Bytes, Reject> = Map::<str, Bytes>::decode(cache.map(), "", damaged.into());
            assert!(found.is_err() || found.is_ok_and(|found| found.len() == 160));
        }
    }

    #[test]
    fn law6_bounded_no_value_above_the_limit_is_stored_or_unpacked() {
        let cache = cache().max_len(1_000);
        let put = |len: usize| Cache::put(&cache, "k", &Bytes::from(vec![0; len]), Ttl::Default);
        put(1_000).unwrap();
        assert_eq!(Cache::get(&cache, "k").unwrap().unwrap().len(), 1_000);
        assert_eq!(put(1_001).unwrap_err().kind(), ErrorKind::Limit);
        Store::clear(&cache).unwrap();
        for stored in [pack(&[0; 1_001]), [RAW; 1_002].to_vec().into()] {
            Cache::put(cache.inner(), "k", &stored, Ttl::Default).unwrap();
            assert_eq!(Cache::get(&cache, "k").unwrap(), None);
        }
        let bomb = Bytes::from_static(&[LZ4, 0, 0, 0, 4, 0]); // claims 64 MiB of one byte
        assert!(unpack(&bomb[1..], DEFAULT_MAX_LEN).is_err());
    }
}
