//! Odd stores that break no promise.

use ctu_core::testing::ModelStore;
use ctu_core::{Cache, Entry, ErrorKind, Result, Stats, Store, Ttl};

use crate::wrong::failure;

/// A cache that holds nothing.
pub(crate) struct Forgetful;

impl Cache<str, String> for Forgetful {
    fn get(&self, _key: &str) -> Result<Option<String>> {
        Ok(None)
    }
    fn get_entry(&self, _key: &str) -> Result<Option<Entry<String>>> {
        Ok(None)
    }
    fn put(&self, _key: &str, _value: &String, _ttl: Ttl) -> Result<()> {
        Ok(())
    }
    fn remove(&self, _key: &str) -> Result<bool> {
        Ok(false)
    }
    fn contains(&self, _key: &str) -> Result<bool> {
        Ok(false)
    }
}

impl Store for Forgetful {
    fn len(&self) -> Result<usize> {
        Ok(0)
    }
    fn clear(&self) -> Result<()> {
        Ok(())
    }
    fn stats(&self) -> Result<Stats> {
        Ok(Stats::default())
    }
}

macro_rules! store_without_lifetimes {
    ($type:ident, |$key:ident, $value:ident| $check:expr) => {
        #[derive(Default)]
        pub(crate) struct $type(ModelStore<String, String>);

        impl Cache<str, String> for $type {
            fn get(&self, key: &str) -> Result<Option<String>> {
                self.0.get(key)
            }
            fn get_entry(&self, key: &str) -> Result<Option<Entry<String>>> {
                self.0.get_entry(key)
            }
            fn put(&self, $key: &str, $value: &String, _ttl: Ttl) -> Result<()> {
                $check;
                self.0.put($key, $value, Ttl::Never)
            }
            fn remove(&self, key: &str) -> Result<bool> {
                self.0.remove(key)
            }
            fn contains(&self, key: &str) -> Result<bool> {
                self.0.contains(key)
            }
        }
    };
}

store_without_lifetimes!(Shared, |key, value| {});
store_without_lifetimes!(Strict, |key, value| {
    if !key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(failure(ErrorKind::Codec));
    }
    if key.len() > 250 || value.len() > 1000 {
        return Err(failure(ErrorKind::Limit));
    }
});

impl Store for Shared {
    fn len(&self) -> Result<usize> {
        Err(failure(ErrorKind::Unsupported))
    }
    fn clear(&self) -> Result<()> {
        Err(failure(ErrorKind::Unsupported))
    }
    fn stats(&self) -> Result<Stats> {
        Ok(Stats::default())
    }
}

impl Store for Strict {
    fn len(&self) -> Result<usize> {
        self.0.len()
    }
    fn clear(&self) -> Result<()> {
        self.0.clear()
    }
    fn stats(&self) -> Result<Stats> {
        self.0.stats()
    }
}
