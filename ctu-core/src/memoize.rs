//! Functions and closures memoized at run time: [`Memo`] and [`AsyncMemo`].

use std::fmt;
use std::marker::PhantomData;

use crate::memo::{self, AsIs, OkOnly, Returns, ShareNothing, Site, Whole};
use crate::{AsyncCache, Cache, CacheKey, Result, Stats, Ttl};

/// What both forms are made of, and the settings that both have.
macro_rules! memoized {
    ($(#[$doc:meta])* $memo:ident) => {
        $(#[$doc])*
        pub struct $memo<C, F, P = Whole> {
            site: Site,
            cache: C,
            function: F,
            ttl: Ttl,
            /// What of the function's value is stored.
            stored: PhantomData<fn() -> P>,
        }

        impl<C, F> $memo<C, F> {
            /// `function`, memoized in `cache`, which should be its own or one level of
            /// [`prefixed`](crate::StackExt::prefixed): the argument alone is the key.
            pub const fn new(cache: C, function: F) -> Self {
                Self::with(cache, function)
            }
        }

        impl<C, F> $memo<C, F, OkOnly> {
            /// The same for a function that returns a `Result`, of which only `Ok` is stored.
            pub const fn fallible(cache: C, function: F) -> Self {
                Self::with(cache, function)
            }
        }

        impl<C, F, P> $memo<C, F, P> {
            const fn with(cache: C, function: F) -> Self {
                let site = Site::new(stringify!($memo));
                Self { site, cache, function, ttl: Ttl::Default, stored: PhantomData }
            }

            /// How long a value is served; by default, as the cache is set up.
            #[must_use]
            pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
                self.ttl = ttl.into();
                self
            }

            /// The name in logs; by default that of this type.
            #[must_use]
            pub fn named(mut self, name: &'static str) -> Self {
                self.site = Site::new(name);
                self
            }

            /// The cache.
            pub const fn cache(&self) -> &C {
                &self.cache
            }

            /// The function.
            pub const fn function(&self) -> &F {
                &self.function
            }

            /// What was counted of the function's calls.
            pub fn stats(&self) -> Stats {
                self.site.stats()
            }
        }

        /// Figures only.
        impl<C, F, P> fmt::Debug for $memo<C, F, P> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($memo)).field("ttl", &self.ttl).field("stats", &self.stats()).finish_non_exhaustive()
            }
        }
    };
}

memoized! {
    /// A function or closure memoized at run time, where its cache or the function itself is known only then.
    ///
    /// It takes one argument by reference, which is the key: a tuple as [`Args`](crate::Args), anything that can be
    /// written as JSON over [`.to_bytes()`](crate::StackExt::to_bytes). Where the function is known when compiling,
    /// `#[cached]` is shorter. A cache that fails never fails the function. Callers of one key at the same time compute
    /// once, and the others read the value from the cache.
    ///
    /// # Examples
    ///
    /// ```
    /// use ctu_core::{LockedCache, Memo};
    /// use std::collections::HashMap;
    ///
    /// let cache = LockedCache::new(HashMap::<String, usize>::new());
    /// let length = Memo::new(cache, |text: &str| text.len());
    ///
    /// assert_eq!(length.call("abc"), 3);
    /// assert!(length.in_cache("abc")?);
    /// assert!(length.evict("abc")?);
    /// assert_eq!(length.peek("abc")?, None);
    /// # Ok::<(), ctu_core::Error>(())
    /// ```
    Memo
}

impl<C, F, P> Memo<C, F, P> {
    /// The function's value for `key`: the cached one, or else computed and stored.
    pub fn call<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized, R>(&self, key: &K) -> R
    where
        F: Fn(&K) -> R,
        P: Returns<R>,
        C: Cache<K, P::Value>,
    {
        memo::call::<P, R, _, _>(
            &self.site,
            &self.cache,
            Ok(AsIs(key)),
            ShareNothing,
            |_| Some(self.ttl),
            || (self.function)(key),
        )
    }

    /// Computes the value anew, stores it over what is cached, and returns it.
    pub fn refresh<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized, R>(&self, key: &K) -> R
    where
        F: Fn(&K) -> R,
        P: Returns<R>,
        C: Cache<K, P::Value>,
    {
        memo::refresh::<P, R, _, _>(
            &self.site,
            &self.cache,
            Ok(AsIs(key)),
            ShareNothing,
            |_| Some(self.ttl),
            || (self.function)(key),
        )
    }

    /// Whether a call would be a hit.
    ///
    /// # Errors
    ///
    /// When the cache fails.
    pub fn in_cache<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized, R>(&self, key: &K) -> Result<bool>
    where
        F: Fn(&K) -> R,
        P: Returns<R>,
        C: Cache<K, P::Value>,
    {
        memo::in_cache::<P::Value, _, _>(&self.site, &self.cache, Ok(AsIs(key)))
    }

    /// The cached value, never computed.
    ///
    /// # Errors
    ///
    /// When the cache fails.
    pub fn peek<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized, R>(&self, key: &K) -> Result<Option<P::Value>>
    where
        F: Fn(&K) -> R,
        P: Returns<R>,
        C: Cache<K, P::Value>,
    {
        memo::peek::<P::Value, _, _>(&self.cache, Ok(AsIs(key)))
    }

    /// Forgets the value, and tells whether it was there.
    ///
    /// # Errors
    ///
    /// When the cache fails: the value may still be there.
    pub fn evict<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized, R>(&self, key: &K) -> Result<bool>
    where
        F: Fn(&K) -> R,
        P: Returns<R>,
        C: Cache<K, P::Value>,
    {
        memo::evict::<P::Value, _, _>(&self.site, &self.cache, Ok(AsIs(key)))
    }

    /// Stores `value` as the function's for `key`.
    ///
    /// # Errors
    ///
    /// When the cache fails, or the value has no exact form in it.
    pub fn prime<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized, R>(&self, key: &K, value: &P::Value) -> Result<()>
    where
        F: Fn(&K) -> R,
        P: Returns<R>,
        C: Cache<K, P::Value>,
    {
        memo::prime(&self.site, &self.cache, Ok(AsIs(key)), |_| Some(self.ttl), value)
    }
}

memoized! {
    /// An async function or closure memoized at run time: as [`Memo`], waiting for the store.
    ///
    /// # Examples
    ///
    /// ```
    /// use ctu_core::{AsyncMemo, LockedCache};
    /// use std::collections::HashMap;
    ///
    /// # pollster::block_on(async {
    /// let cache = LockedCache::new(HashMap::<String, usize>::new());
    /// let length = AsyncMemo::new(cache, async |text: &str| text.len());
    ///
    /// assert_eq!(length.call("abc").await, 3);
    /// assert!(length.evict("abc").await?);
    /// # Ok::<(), ctu_core::Error>(())
    /// # }).unwrap();
    /// ```
    AsyncMemo
}

impl<C, F, P> AsyncMemo<C, F, P> {
    /// The function's value for `key`: the cached one, or else computed and stored.
    pub async fn call<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized + Sync, R>(&self, key: &K) -> R
    where
        F: AsyncFn(&K) -> R,
        P: Returns<R, Value: Send + Sync>,
        C: AsyncCache<K, P::Value>,
    {
        memo::call_async::<P, R, _, _>(
            &self.site,
            &self.cache,
            Ok(AsIs(key)),
            ShareNothing,
            |_| Some(self.ttl),
            (self.function)(key),
        )
        .await
    }

    /// Computes the value anew, stores it over what is cached, and returns it.
    pub async fn refresh<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized + Sync, R>(&self, key: &K) -> R
    where
        F: AsyncFn(&K) -> R,
        P: Returns<R, Value: Send + Sync>,
        C: AsyncCache<K, P::Value>,
    {
        memo::refresh_async::<P, R, _, _>(
            &self.site,
            &self.cache,
            Ok(AsIs(key)),
            ShareNothing,
            |_| Some(self.ttl),
            (self.function)(key),
        )
        .await
    }

    /// Whether a call would be a hit.
    ///
    /// # Errors
    ///
    /// When the cache fails.
    pub async fn in_cache<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized + Sync, R>(&self, key: &K) -> Result<bool>
    where
        F: AsyncFn(&K) -> R,
        P: Returns<R, Value: Send + Sync>,
        C: AsyncCache<K, P::Value>,
    {
        memo::in_cache_async::<P::Value, _, _>(&self.site, &self.cache, Ok(AsIs(key))).await
    }

    /// The cached value, never computed.
    ///
    /// # Errors
    ///
    /// When the cache fails.
    pub async fn peek<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized + Sync, R>(
        &self,
        key: &K,
    ) -> Result<Option<P::Value>>
    where
        F: AsyncFn(&K) -> R,
        P: Returns<R, Value: Send + Sync>,
        C: AsyncCache<K, P::Value>,
    {
        memo::peek_async::<P::Value, _, _>(&self.cache, Ok(AsIs(key))).await
    }

    /// Forgets the value, and tells whether it was there.
    ///
    /// # Errors
    ///
    /// When the cache fails: the value may still be there.
    pub async fn evict<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized + Sync, R>(&self, key: &K) -> Result<bool>
    where
        F: AsyncFn(&K) -> R,
        P: Returns<R, Value: Send + Sync>,
        C: AsyncCache<K, P::Value>,
    {
        memo::evict_async::<P::Value, _, _>(&self.site, &self.cache, Ok(AsIs(key))).await
    }

    /// Stores `value` as the function's for `key`.
    ///
    /// # Errors
    ///
    /// When the cache fails, or the value has no exact form in it.
    pub async fn prime<K: CacheKey<Owned: Send + Sync + 'static> + ?Sized + Sync, R>(
        &self,
        key: &K,
        value: &P::Value,
    ) -> Result<()>
    where
        F: AsyncFn(&K) -> R,
        P: Returns<R, Value: Send + Sync>,
        C: AsyncCache<K, P::Value>,
    {
        memo::prime_async(&self.site, &self.cache, Ok(AsIs(key)), |_| Some(self.ttl), value).await
    }
}
