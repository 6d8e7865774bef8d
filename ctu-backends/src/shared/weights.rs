//! How much memory keys and values take, of types that are known where they are stored only.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::mem::needs_drop;

use ctu_core::{Error, ErrorKind, Result};

type HeapSize = Box<dyn Fn(&dyn Any) -> usize + Send + Sync>;

/// For each type of values, how to tell the bytes that one owns outside of itself.
pub(super) struct HeapSizes(HashMap<TypeId, HeapSize>);

impl HeapSizes {
    pub(super) fn new() -> Self {
        let mut sizes = Self(HashMap::new());
        sizes.insert(String::capacity);
        sizes.insert(Vec::<u8>::capacity);
        sizes
    }

    pub(super) fn insert<V: 'static>(&mut self, size: impl Fn(&V) -> usize + Send + Sync + 'static) {
        self.0.insert(TypeId::of::<V>(), Box::new(move |value| value.downcast_ref().map_or(0, &size)));
    }

    /// The bytes that `value` owns outside of itself.
    pub(super) fn bytes<V: 'static>(&self, value: &V) -> u64 {
        self.0.get(&TypeId::of::<V>()).map_or(0, |size| size(value) as u64)
    }

    /// Whether it can be told, or there is nothing to tell: what has nothing to drop owns nothing.
    pub(super) fn check<V: 'static>(&self) -> Result<()> {
        if !needs_drop::<V>() || self.0.contains_key(&TypeId::of::<V>()) {
            return Ok(());
        }
        Err(unknown(type_name::<V>()))
    }
}

#[cold]
fn unknown(of: &str) -> Error {
    let message = format!(
        "values of {of} were not stored, as this SharedMemory has a capacity in bytes and can't tell how many they own: \
         tell it by `.weigh(|value: &{of}| ..)` when it is built"
    );
    Error::new(ErrorKind::Config, message)
}

/// The bytes that a key hands to a hasher: what it owns outside of itself is among them, as keys that differ there have to
/// hash differently.
pub(super) fn hashed_bytes(key: &impl Hash) -> u64 {
    let mut bytes = Bytes(0);
    key.hash(&mut bytes);
    bytes.0
}

struct Bytes(u64);

/// Numbers come as their bytes, by default.
impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
