//! Several users of one store, each with a prefix before its keys: [`PrefixedCache`].

use std::borrow::Cow;

use crate::{Layer, Map, Mapped, Reject, Result, Ttl};

/// A cache whose keys, text or bytes, have a prefix in the store below. Values are passed as they are, not copied.
///
/// Made by [`StackExt::prefixed`](crate::StackExt::prefixed). The store below is shared with others, so `clear` is
/// refused (`Unsupported`) and `len` counts their entries too.
///
/// No prefix may be the beginning of another over the same store: `"a"` with the key `"b1"` is `"ab"` with the key
/// `"1"`. End each with a separator that no prefix contains, as in `"a."` and `"ab."`.
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<String, u32>::new());
/// let (squares, cubes) = ((&store).prefixed("squares."), (&store).prefixed("cubes."));
/// squares.put("3", &9, Ttl::Default)?;
/// cubes.put("3", &27, Ttl::Default)?;
///
/// assert_eq!(squares.get("3")?, Some(9));
/// assert_eq!(store.get("cubes.3")?, Some(27));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type PrefixedCache<C> = Mapped<Prefix, C>;

/// The layer of a [`PrefixedCache`].
#[derive(Debug, Clone)]
pub struct Prefix(Box<str>);

impl Prefix {
    /// The prefix `text`.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The prefix as it stands before the keys.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Layer for Prefix {
    const OWNS_STORE: bool = false;
    const REJECTS: bool = false;
}

macro_rules! prefix {
    ($($key:ty: $push:path),*) => {$(
        impl<V: Clone> Map<$key, V> for Prefix {
            type Key = $key;
            type Stored = V;

            fn key<'k>(&self, key: &'k $key) -> Result<Cow<'k, $key>> {
                let mut whole = <$key as ToOwned>::Owned::with_capacity(self.0.len() + key.len());
                $push(&mut whole, (*self.0).as_ref());
                $push(&mut whole, key);
                Ok(Cow::Owned(whole))
            }

            fn encode<'v>(&self, _key: &$key, value: &'v V, _ttl: Ttl) -> Result<Cow<'v, V>> {
                Ok(Cow::Borrowed(value))
            }

            fn decode(&self, _key: &$key, stored: V) -> Result<V, Reject> {
                Ok(stored)
            }
        }
    )*};
}

prefix!(str: String::push_str, [u8]: Vec::extend_from_slice);

#[cfg(test)]
mod tests {
    use crate::test_store::{TestStore, now};
    use crate::{AsyncCache, Cache, ErrorKind, StackExt, Store, Ttl};

    #[test]
    fn law5_apart_prefixes_keep_the_same_key_apart() {
        let store = TestStore::<String, u32>::new();
        let (a, b) = ((&store).prefixed("a."), (&store).prefixed("b."));
        Cache::put(&a, "k", &1, Ttl::Default).unwrap();
        assert_eq!(Cache::get(&b, "k").unwrap(), None);
        assert!(!Cache::remove(&b, "k").unwrap());
        assert_eq!(Cache::get(&store, "a.k").unwrap(), Some(1));
        assert_eq!(now(AsyncCache::get(&a, "k")).unwrap(), Some(1));
        assert_eq!(Store::clear(&a).unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(Cache::get(&a, "k").unwrap(), Some(1));
    }

    #[test]
    fn bytes_are_prefixed_too_and_batches_stay_batches() {
        let store = TestStore::<Vec<u8>, u32>::new();
        let cache = (&store).prefixed("é");
        Cache::put_many(&cache, &[(&[0xff_u8][..], &1), (&[], &2)], Ttl::Default).unwrap();
        assert_eq!(Cache::get_many(&cache, &[&[][..], &[0xff]]).unwrap(), [Some(2), Some(1)]);
        assert_eq!(store.asked(), ["put_many", "get_many"]);
        assert_eq!(Cache::get(&store, &[0xc3, 0xa9, 0xff][..]).unwrap(), Some(1));
    }

    #[test]
    fn a_value_reaches_the_store_without_a_copy_of_its_own() {
        /// Counts how often it is cloned.
        #[derive(Debug)]
        struct Counted(std::sync::Arc<()>);
        impl Clone for Counted {
            fn clone(&self) -> Self {
                Self(std::sync::Arc::clone(&self.0))
            }
        }
        let store = TestStore::<String, Counted>::new();
        let cache = (&store).prefixed("a.").prefixed("b.").prefixed("c.");
        let value = Counted(std::sync::Arc::default());
        Cache::put(&cache, "k", &value, Ttl::Default).unwrap();
        assert_eq!(std::sync::Arc::strong_count(&value.0), 2, "the caller's and the store's");
    }
}
