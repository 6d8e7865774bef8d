//! What `#[cached]` without `cache = ..` keeps in a static: the function's site, and its store, made at first use.

use std::any::Any;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::OnceLock;

use ctu_core::memo::{
    About, AsyncAt, At, CachedValue, Finding, Held, Lifetime, Lookup, Returns, Share, Site, called, called_async,
    clear, clear_async,
};
use ctu_core::{AsyncCache, Cache, CacheKey, Result, Stats, Store};

use crate::{NearCache, SharedMemory};

/// A store that is made for so many entries.
pub trait OwnStore: Any {
    #[allow(missing_docs)]
    fn with_capacity(capacity: usize) -> Self
    where
        Self: Sized;
    #[allow(missing_docs)]
    fn entries(&self) -> Option<u64>;
    #[allow(missing_docs, clippy::missing_errors_doc)]
    fn clear(&self) -> Result<()>;
}

impl<K: Eq + Hash + 'static, V: Clone + 'static> OwnStore for NearCache<K, V> {
    fn with_capacity(capacity: usize) -> Self {
        Self::new(capacity)
    }

    fn entries(&self) -> Option<u64> {
        Some(Self::entries(self))
    }

    fn clear(&self) -> Result<()> {
        Self::clear(self);
        Ok(())
    }
}

impl OwnStore for SharedMemory {
    fn with_capacity(capacity: usize) -> Self {
        Self::builder().capacity(capacity).stats(false).private().build()
    }

    fn entries(&self) -> Option<u64> {
        self.len().ok().map(|entries| entries as u64)
    }

    fn clear(&self) -> Result<()> {
        Store::clear(self)
    }
}

/// A memoized function with a store of its own.
///
/// In a static: what it holds is made at first use, as a compiler takes its time over all that is there from the beginning.
pub struct Own<S> {
    about: About,
    capacity: Capacity,
    made: OnceLock<Made<S>>,
}

enum Capacity {
    Known(usize),
    Asked(fn() -> usize),
}

/// The function's site, and its store.
struct Made<S> {
    site: Site,
    store: S,
    entries: fn(&S) -> Option<u64>,
    clear: fn(&S) -> Result<()>,
}

impl<S> Own<S> {
    /// With room for so many entries.
    pub const fn new(about: About, capacity: usize) -> Self {
        Self { about, capacity: Capacity::Known(capacity), made: OnceLock::new() }
    }

    /// With room for as many entries as `capacity` says at first use.
    pub const fn asked(about: About, capacity: fn() -> usize) -> Self {
        Self { about, capacity: Capacity::Asked(capacity), made: OnceLock::new() }
    }

    /// What was counted of the function's calls, and how many entries there are.
    // Of a store that can't be made, too: what it lacks is said elsewhere.
    pub fn stats(&self) -> Stats {
        let made = self.made.get();
        let mut stats = made.map(|made| made.site.stats()).unwrap_or_default();
        stats.entries = made.map_or(Some(0), |made| (made.entries)(&made.store));
        stats
    }

    /// Forgets all that is stored of the function's calls, and what is being computed.
    ///
    /// # Errors
    ///
    /// As [`clear`].
    pub fn clear(&self) -> Result<()> {
        let Some(made) = self.made.get() else { return Ok(()) };
        clear(&made.site, || (made.clear)(&made.store))
    }

    /// The same, of an `async` function.
    ///
    /// # Errors
    ///
    /// As [`clear`].
    pub async fn clear_async(&self) -> Result<()> {
        let Some(made) = self.made.get() else { return Ok(()) };
        clear_async(&made.site, || (made.clear)(&made.store)).await
    }
}

impl<S: OwnStore> Own<S> {
    #[inline]
    fn made(&self) -> &Made<S> {
        self.made.get_or_init(|| self.make())
    }

    #[cold]
    fn make(&self) -> Made<S> {
        let store = S::with_capacity(match self.capacity {
            Capacity::Known(capacity) => capacity,
            Capacity::Asked(capacity) => capacity(),
        });
        Made { site: Site::of(self.about), store, entries: S::entries, clear: S::clear }
    }
}

impl<S: OwnStore> Deref for Own<S> {
    type Target = Site;

    #[inline]
    fn deref(&self) -> &Site {
        &self.made().site
    }
}

/// A store whose type has no name, such as that of a closure's value: it is found, and made, by the first call.
#[derive(Default)]
pub struct Nameless(OnceLock<Box<dyn OwnStore + Send + Sync>>);

impl Own<Nameless> {
    /// With room for as many entries as the first call says.
    pub const fn nameless(about: About) -> Self {
        Self::new(about, 0)
    }
}

impl OwnStore for Nameless {
    fn with_capacity(_: usize) -> Self {
        Self::default()
    }

    fn entries(&self) -> Option<u64> {
        self.0.get().map_or(Some(0), |store| store.entries())
    }

    fn clear(&self) -> Result<()> {
        self.0.get().map_or(Ok(()), |store| store.clear())
    }
}

impl Nameless {
    /// The store, with room for so many entries.
    ///
    /// # Panics
    ///
    /// When it was of another type before: in an expansion it is of that of one closure's value.
    #[inline]
    fn store<S: OwnStore + Send + Sync>(&self, capacity: fn() -> usize) -> &S {
        let store = self.0.get_or_init(|| Box::new(S::with_capacity(capacity())));
        (&**store as &dyn Any).downcast_ref().expect("a function's own store is of one type")
    }
}

/// A function's own store at hand.
struct OwnHeld<S: 'static>(&'static S);

impl<K: ?Sized, S> Held<K> for OwnHeld<S> {
    type Cache = S;

    #[inline]
    fn cache(&self) -> &S {
        self.0
    }
}

/// The values of a function with a store of its own.
#[derive(Debug)]
pub struct Values<V>(PhantomData<fn() -> V>);

/// Values of this type, if they will do.
#[inline]
pub fn values<V: CachedValue<Is>, Is: Finding>() -> Is::Same<Values<V>> {
    Is::same(Values(PhantomData))
}

// All that is asked here goes without saying, unless something is wrong with an argument or with the value, which has been
// said then: a method of a type with a fault in it asks nothing.
impl<V: Clone + Send + Sync + 'static> Values<V> {
    /// A call of a function with a store of its own, which is asked for `key`.
    #[inline]
    pub fn called<P, R, S, L, A, T>(
        self,
        own: &'static Own<S>,
        key: Result<L>,
        share: A,
        lifetime: T,
    ) -> impl At<Value = V, Returned = R, Key = L::Public>
    where
        P: Returns<R, Value = V>,
        S: OwnStore + Cache<L::Key, V>,
        L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
        A: Share<P, R>,
        T: Lifetime<V>,
    {
        let made = own.made();
        called::<P, R, _, _, _, _>(&made.site, OwnHeld(&made.store), key, share, lifetime)
    }

    /// The same of an `async` function.
    #[inline]
    pub fn called_async<P, R, S, L, A, T>(
        self,
        own: &'static Own<S>,
        key: Result<L>,
        share: A,
        lifetime: T,
    ) -> impl AsyncAt<Value = V, Returned = R, Public = L::Public>
    where
        P: Returns<R, Value = V>,
        S: OwnStore + AsyncCache<L::Key, V>,
        L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
        A: Share<P, R> + Send + Sync,
        T: Lifetime<V> + Send,
    {
        let made = own.made();
        called_async::<P, R, _, _, _, _>(&made.site, OwnHeld(&made.store), key, share, lifetime)
    }

    /// The same, in a store whose type has no name.
    #[inline]
    pub fn called_nameless<P, R, L, A, T>(
        self,
        own: &'static Own<Nameless>,
        capacity: fn() -> usize,
        key: Result<L>,
        share: A,
        lifetime: T,
    ) -> impl At<Value = V, Returned = R, Key = L::Public>
    where
        P: Returns<R, Value = V>,
        L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static>>,
        A: Share<P, R>,
        T: Lifetime<V>,
    {
        let made = own.made();
        let store = made.store.store::<NearCache<<L::Key as CacheKey>::Owned, V>>(capacity);
        called::<P, R, _, _, _, _>(&made.site, OwnHeld(store), key, share, lifetime)
    }

    /// The same of an `async` function.
    #[inline]
    pub fn called_nameless_async<P, R, L, A, T>(
        self,
        own: &'static Own<Nameless>,
        capacity: fn() -> usize,
        key: Result<L>,
        share: A,
        lifetime: T,
    ) -> impl AsyncAt<Value = V, Returned = R, Public = L::Public>
    where
        P: Returns<R, Value = V>,
        L: Lookup<Key: CacheKey<Owned: Send + Sync + 'static> + Sync> + Send + Sync,
        A: Share<P, R> + Send + Sync,
        T: Lifetime<V> + Send,
    {
        let made = own.made();
        let store = made.store.store::<NearCache<<L::Key as CacheKey>::Owned, V>>(capacity);
        called_async::<P, R, _, _, _, _>(&made.site, OwnHeld(store), key, share, lifetime)
    }
}

/// Shows nothing of the entries.
impl<S> fmt::Debug for Own<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own(..)")
    }
}

/// The same.
impl fmt::Debug for Nameless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nameless(..)")
    }
}
