//! Entries without their types, and the way to ask for one.
//!
//! Key and value are one allocation of one type, so that one comparison of types tells that both are those asked for. The
//! value is beside the key, not where `MemoryCache` has its values: so it is cloned where the key is found, under the
//! shared lock, without a reference count.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::mem::size_of;

use ctu_core::CacheKey;

use super::weights::{HeapSizes, hashed_bytes};

/// What an entry takes beside its key and value: its place in the store, and the allocator's own bytes.
const BYTES_PER_ENTRY: u64 = 80;

struct Pair<K, V> {
    key: K,
    value: V,
}

/// A `Pair` of any types.
trait Held: Any + Send + Sync {
    fn equals(&self, other: &dyn Held) -> bool;
    fn hash_into(&self, state: &mut dyn Hasher);
    fn bytes(&self, heap: &HeapSizes) -> u64;
}

impl<K, V> Held for Pair<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn equals(&self, other: &dyn Held) -> bool {
        let other: Option<&Self> = (other as &dyn Any).downcast_ref();
        other.is_some_and(|other| self.key == other.key)
    }

    fn hash_into(&self, mut state: &mut dyn Hasher) {
        hash_as::<K, V, K, _>(&self.key, &mut state);
    }

    fn bytes(&self, heap: &HeapSizes) -> u64 {
        BYTES_PER_ENTRY + size_of::<Self>() as u64 + hashed_bytes(&self.key) + heap.bytes(&self.value)
    }
}

/// Hashes `key`, whose owned form is a `K`, so that it differs for each type of keys and for each of values.
#[inline]
fn hash_as<K: 'static, V: 'static, Q: ?Sized + Hash, H: Hasher>(key: &Q, state: &mut H) {
    TypeId::of::<Pair<K, V>>().hash(state);
    key.hash(state);
}

/// An entry as a key of `MemoryCache`.
pub(super) struct Erased(Box<dyn Held>);

impl Erased {
    /// An estimate of the memory that it takes.
    pub(super) fn bytes(&self, heap: &HeapSizes) -> u64 {
        self.0.bytes(heap)
    }
}

impl Hash for Erased {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state);
    }
}

impl PartialEq for Erased {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&*other.0)
    }
}

impl Eq for Erased {}

/// Asks for the entry that has this key and a value of this type. Not `Clone`: that would make it a key of another kind.
pub(super) struct Asked<'a, Q: ?Sized, V> {
    key: &'a Q,
    value: Value<'a, V>,
}

/// What is to be done about the value.
enum Value<'a, V> {
    Ignore,
    /// Left here, when the entry is found.
    Find(Cell<Option<V>>),
    Store(&'a V),
}

impl<'a, Q: ?Sized, V> Asked<'a, Q, V> {
    pub(super) const fn whether(key: &'a Q) -> Self {
        Self { key, value: Value::Ignore }
    }

    pub(super) const fn find(key: &'a Q) -> Self {
        Self { key, value: Value::Find(Cell::new(None)) }
    }

    pub(super) const fn store(key: &'a Q, value: &'a V) -> Self {
        Self { key, value: Value::Store(value) }
    }

    /// The value, if it was found.
    #[inline]
    pub(super) fn found(self) -> Option<V> {
        match self.value {
            Value::Find(found) => found.into_inner(),
            Value::Ignore | Value::Store(_) => None,
        }
    }
}

impl<Q, V> Hash for Asked<'_, Q, V>
where
    Q: ?Sized + CacheKey<Owned: 'static>,
    V: 'static,
{
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_as::<Q::Owned, V, Q, H>(self.key, state);
    }
}

impl<Q, V> CacheKey for Asked<'_, Q, V>
where
    Q: ?Sized + CacheKey<Owned: Send + Sync + 'static>,
    V: Clone + Send + Sync + 'static,
{
    type Owned = Erased;

    #[inline]
    fn is(&self, held: &Erased) -> bool {
        let Some(pair) = (&*held.0 as &dyn Any).downcast_ref::<Pair<Q::Owned, V>>() else {
            return false;
        };
        let is = self.key.is(&pair.key);
        if is && let Value::Find(found) = &self.value {
            found.set(Some(pair.value.clone()));
        }
        is
    }

    fn to_key(&self) -> Erased {
        let Value::Store(value) = self.value else {
            unreachable!(
                "`MemoryCache` owns a key to store it only, and `Asked::store` is all that it is told to store"
            )
        };
        Erased(Box::new(Pair { key: self.key.to_key(), value: value.clone() }))
    }
}
