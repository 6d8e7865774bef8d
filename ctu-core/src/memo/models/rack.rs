//! A store with leases that two processes share, and what they do with it.

use super::*;
use crate::memo::sync::Instant;
use crate::memo::{
    Leasing, OkOnly, Policy, StaleOn, Tasks, Threads, call_leased_with, call_leased_with_async, call_with,
    call_with_async, prime, recompute, recompute_async, recompute_leased, recompute_leased_async, refresh_leased,
};
use crate::{AsyncLease, Claim, Lease, Leased, Token};

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const LEASE: Duration = Duration::from_secs(5);
const KEY: u32 = 7;

/// One place, in which every operation is a step of its own.
#[derive(Default)]
pub(super) struct Rack(Mutex<Item>);

#[derive(Default)]
struct Item {
    /// And what is left of its lifetime: time does not pass for it.
    value: Option<(u32, Option<Duration>)>,
    lease: Option<(Token, Instant)>,
}

impl Item {
    fn lease(&mut self, claim: Claim, length: Duration) -> Leased {
        let now = Instant::now();
        self.lease = self.lease.filter(|(_, end)| *end > now);
        if self.value.is_some_and(|(_, left)| !claim.is_over(left)) {
            return Leased::Found;
        }
        if let Some((token, _)) = self.lease.filter(|_| claim != Claim::Replacing) {
            return if claim.is_shared() { Leased::Granted(token) } else { Leased::Taken };
        }
        let token = Token::random();
        self.lease = Some((token, now + length));
        Leased::Granted(token)
    }

    fn is_held(&self, token: Token) -> bool {
        self.lease.is_some_and(|(held, end)| held == token && end > Instant::now())
    }

    fn set(&mut self, value: Option<(u32, Option<Duration>)>) -> bool {
        self.lease = None;
        std::mem::replace(&mut self.value, value).is_some()
    }
}

const fn left(ttl: Ttl) -> Option<Duration> {
    match ttl {
        Ttl::After(left) => Some(left),
        _ => None,
    }
}

impl Rack {
    fn with<T>(&self, operation: impl FnOnce(&mut Item) -> T) -> T {
        operation(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn stored(&self) -> Option<u32> {
        self.with(|item| item.value.map(|(value, _)| value))
    }

    pub(super) fn is_leased(&self) -> bool {
        self.with(|item| item.lease.is_some_and(|(_, end)| end > Instant::now()))
    }

    /// By a process that says and does no more.
    pub(super) fn lease_for_nothing(&self, claim: Claim) {
        assert!(matches!(self.with(|item| item.lease(claim, LEASE)), Leased::Granted(_)));
    }
}

impl Cache<u32, u32> for Rack {
    fn get(&self, _: &u32) -> Result<Option<u32>> {
        Ok(self.stored())
    }

    fn get_entry(&self, _: &u32) -> Result<Option<Entry<u32>>> {
        Ok(self.with(|item| item.value.map(|(value, ttl)| Entry { value, ttl })))
    }

    fn put(&self, _: &u32, value: &u32, ttl: Ttl) -> Result<()> {
        self.with(|item| item.set(Some((*value, left(ttl)))));
        Ok(())
    }

    fn remove(&self, _: &u32) -> Result<bool> {
        Ok(self.with(|item| item.set(None)))
    }

    fn contains(&self, _: &u32) -> Result<bool> {
        Ok(self.stored().is_some())
    }
}

impl Lease<u32, u32> for Rack {
    fn lease(&self, _: &u32, claim: Claim, length: Duration) -> Result<Leased> {
        Ok(self.with(|item| item.lease(claim, length)))
    }

    fn renew(&self, _: &u32, token: Token, length: Duration) -> Result<Option<Token>> {
        Ok(self.with(|item| {
            item.is_held(token).then(|| {
                item.lease = Some((token, Instant::now() + length));
                token
            })
        }))
    }

    fn release(&self, _: &u32, token: Token) -> Result<bool> {
        Ok(self.with(|item| item.is_held(token) && item.lease.take().is_some()))
    }

    fn put_if_leased(&self, _: &u32, value: &u32, ttl: Ttl, token: Token) -> Result<bool> {
        Ok(self.with(|item| {
            let is_held = item.is_held(token);
            if is_held {
                item.set(Some((*value, left(ttl))).filter(|(_, left)| *left != Some(Duration::ZERO)));
            }
            is_held
        }))
    }
}

impl AsyncCache<u32, u32> for Rack {
    async fn get(&self, key: &u32) -> Result<Option<u32>> {
        around(|| Cache::get(self, key)).await
    }

    async fn get_entry(&self, key: &u32) -> Result<Option<Entry<u32>>> {
        around(|| Cache::get_entry(self, key)).await
    }

    async fn put(&self, key: &u32, value: &u32, ttl: Ttl) -> Result<()> {
        around(|| Cache::put(self, key, value, ttl)).await
    }

    async fn remove(&self, key: &u32) -> Result<bool> {
        around(|| Cache::remove(self, key)).await
    }

    async fn contains(&self, key: &u32) -> Result<bool> {
        around(|| Cache::contains(self, key)).await
    }
}

impl AsyncLease<u32, u32> for Rack {
    async fn lease(&self, key: &u32, claim: Claim, length: Duration) -> Result<Leased> {
        around(|| Lease::lease(self, key, claim, length)).await
    }

    async fn renew(&self, key: &u32, token: Token, length: Duration) -> Result<Option<Token>> {
        around(|| Lease::renew(self, key, token, length)).await
    }

    async fn release(&self, key: &u32, token: Token) -> Result<bool> {
        around(|| Lease::release(self, key, token)).await
    }

    async fn put_if_leased(&self, key: &u32, value: &u32, ttl: Ttl, token: Token) -> Result<bool> {
        around(|| Lease::put_if_leased(self, key, value, ttl, token)).await
    }
}

/// For good, but for what a hit costs: a value that expires is stored for an hour, and for another as an old one.
pub(super) const LATE: Policy = Policy { stale: Some(HOUR), stale_on: StaleOn::Expiry, timeout: None, ..Policy::PLAIN };
pub(super) const RESCUED: Policy = Policy { stale_on: StaleOn::Error, ..LATE };

/// A lease that is had as long as it takes.
pub(super) const CLUSTER: Leasing = Leasing::cluster();

/// A function in two processes, and the source of its values. Whoever computes for nobody in particular has it for good.
pub(super) struct World {
    sites: [Site; 2],
    pub(super) rack: Rack,
    policy: Policy,
    leasing: Option<Leasing>,
    /// What the function returns now; a step to read.
    pub(super) source: crate::memo::sync::AtomicU64,
    pub(super) computed: AtomicU32,
    computing: AtomicU32,
    /// Whether two have computed at the same time.
    pub(super) is_twice: std::sync::atomic::AtomicBool,
    pub(super) fails: std::sync::atomic::AtomicBool,
    /// Whether leases end while they are needed.
    pub(super) ends_leases: bool,
}

pub(super) type Returned = std::result::Result<u32, ()>;

impl World {
    /// With `old` as a value that has expired, if there is one.
    pub(super) fn new(policy: Policy, leasing: Option<Leasing>, old: Option<u32>) -> &'static Self {
        let world = Self {
            sites: [Site::new("here"), Site::new("there")],
            rack: Rack::default(),
            policy,
            leasing,
            source: crate::memo::sync::AtomicU64::new(1),
            computed: AtomicU32::new(0),
            computing: AtomicU32::new(0),
            is_twice: false.into(),
            fails: false.into(),
            // Who asks for one and is dropped meanwhile may leave one that nobody knows of.
            ends_leases: policy.timeout.is_some() && leasing.is_some(),
        };
        world.rack.with(|item| item.value = old.map(|old| (old, Some(HOUR))));
        Box::leak(Box::new(world))
    }

    fn begin(&self) {
        self.computed.fetch_add(1, SeqCst);
        if self.computing.fetch_add(1, SeqCst) > 0 {
            self.is_twice.store(true, SeqCst);
        }
    }

    fn end(&self) -> Returned {
        let value = u32::try_from(self.source.load(SeqCst)).unwrap();
        self.computing.fetch_sub(1, SeqCst);
        if self.fails.load(SeqCst) { Err(()) } else { Ok(value) }
    }

    fn compute(&self) -> Returned {
        self.begin();
        shuttle::thread::yield_now();
        self.end()
    }

    async fn compute_async(&self) -> Returned {
        /// One that is dropped is over.
        struct Over<'w>(&'w World, bool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                if !self.1 {
                    self.0.computing.fetch_sub(1, SeqCst);
                }
            }
        }
        self.begin();
        let mut over = Over(self, false);
        yield_now().await;
        over.1 = true;
        self.end()
    }

    fn lifetime(&self) -> impl FnOnce(&u32) -> Option<Ttl> + use<> {
        let lifetime = self.policy.lifetime(Ttl::After(HOUR));
        move |_| Some(lifetime)
    }

    /// A call in a process, by a thread or by a task.
    pub(super) fn call(&'static self, process: usize) -> Returned {
        if chance(2) == 0 { self.call_here(process) } else { block_on(self.task(process)) }
    }

    fn call_here(&'static self, process: usize) -> Returned {
        let background = Threads(move |begun| {
            move || {
                let _ = match self.leasing {
                    None => recompute::<OkOnly, _, _, _>(
                        begun,
                        &self.rack,
                        Ok(AsIs(&KEY)),
                        ShareAll,
                        &self.policy,
                        self.lifetime(),
                        || self.compute(),
                    ),
                    Some(leasing) => recompute_leased::<OkOnly, _, _, _>(
                        begun,
                        &self.rack,
                        Ok(AsIs(&KEY)),
                        ShareAll,
                        (&self.policy, leasing),
                        self.lifetime(),
                        || self.compute(),
                    ),
                };
            }
        });
        let (site, key, work) = (&self.sites[process], Ok(AsIs(&KEY)), (|| self.compute(), background));
        match self.leasing {
            None => {
                let by = (&self.policy, None);
                call_with::<OkOnly, _, _, _>(site, &self.rack, key, ShareAll, by, self.lifetime(), work)
            }
            Some(leasing) => {
                let by = (&self.policy, None, leasing);
                call_leased_with::<OkOnly, _, _, _>(site, &self.rack, key, ShareAll, by, self.lifetime(), work)
            }
        }
    }

    pub(super) async fn task(&'static self, process: usize) -> Returned {
        let background = Tasks(move |begun| async move {
            match self.leasing {
                None => {
                    let compute = self.compute_async();
                    let (key, lifetime) = (Ok(AsIs(&KEY)), self.lifetime());
                    recompute_async::<OkOnly, _, _, _>(
                        begun,
                        &self.rack,
                        key,
                        ShareAll,
                        &self.policy,
                        lifetime,
                        compute,
                    )
                    .await
                }
                Some(leasing) => {
                    let compute = self.compute_async();
                    let (key, lifetime) = (Ok(AsIs(&KEY)), self.lifetime());
                    let by = (&self.policy, leasing);
                    recompute_leased_async::<OkOnly, _, _, _>(begun, &self.rack, key, ShareAll, by, lifetime, compute)
                        .await
                }
            }
        });
        let (site, key, work) = (&self.sites[process], Ok(AsIs(&KEY)), (self.compute_async(), background));
        match self.leasing {
            None => {
                let by = (&self.policy, None);
                call_with_async::<OkOnly, _, _, _>(site, &self.rack, key, ShareAll, by, self.lifetime(), work).await
            }
            Some(leasing) => {
                let by = (&self.policy, None, leasing);
                call_leased_with_async::<OkOnly, _, _, _>(site, &self.rack, key, ShareAll, by, self.lifetime(), work)
                    .await
            }
        }
    }

    /// The source has changed, and the cache is told by the process, or the store by hand: who tells whether the process
    /// knows.
    pub(super) fn change(&'static self, process: usize) -> (u32, bool) {
        let version = u32::try_from(self.source.fetch_add(1, SeqCst)).unwrap() + 1;
        let site = &self.sites[process];
        let how = chance(if self.leasing.is_some() { 4 } else { 2 });
        let is_done = match how {
            0 => {
                let key: Result<AsIs<'_, u32>> = Ok(AsIs(&KEY));
                evict::<u32, _, _>(site, &self.rack, key).is_ok()
            }
            1 => prime(site, &self.rack, Ok(AsIs(&KEY)), self.lifetime(), &version).is_ok(),
            2 => Cache::remove(&self.rack, &KEY).is_ok(),
            _ => {
                let leasing = self.leasing.unwrap_or(CLUSTER);
                let key = Ok(AsIs(&KEY));
                let refreshed = refresh_leased::<OkOnly, _, _, _>(
                    site,
                    &self.rack,
                    key,
                    ShareAll,
                    leasing,
                    self.lifetime(),
                    || self.compute(),
                );
                assert!(refreshed.unwrap() >= version);
                true
            }
        };
        // One that says that it could not be done, as time has passed, is no change.
        if is_done { (version, how != 2) } else { (0, false) }
    }

    /// Waits for what goes on in the background.
    pub(super) fn settle(&self) {
        while self.in_flight() > 0 || !crate::memo::policy::is_idle() {
            shuttle::thread::yield_now();
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.sites.iter().map(Site::in_flight).sum()
    }

    pub(super) fn computed(&self) -> u32 {
        self.computed.load(SeqCst)
    }
}
