//! Both forms of the store.

use std::fmt;

use bytes::Bytes;
#[cfg(feature = "tokio")]
use ctu_core::{AsyncCache, AsyncStore};
use ctu_core::{Cache, Entry, Result, Stats, Store, Ttl, Watch};
use redis::ConnectionInfo;

use super::super::builder::RedisCacheBuilder;
use super::super::command::{self, Ask};
use super::super::pool::Pool;
use super::super::settings::Settings;
#[cfg(feature = "tokio")]
use super::super::shared::Shared;
use super::super::turns::finish;
use super::nodes::Nodes;
use super::routing::Cluster;

/// Values kept by a Redis Cluster, for plain code; async functions use `AsyncRedisClusterCache`.
///
/// It is as [`RedisCache`](crate::RedisCache), on a cluster: keys and values are bytes, stored as they are, each key on
/// the node that has its slot. The url names one or more nodes to begin with; the others are found by themselves. When
/// slots move to other nodes, or a replica takes the place of a node that failed, they are followed.
///
/// - Only primaries are asked, never replicas.
/// - A batch (`get_many`, `put_many`) is one round trip to each node that has some of its keys, all at the same time.
///   The keys may be in any slots. If one node fails, so does the batch.
/// - A node that fails has no effect on keys that are on others.
/// - Of a key with `{..}` the cluster looks at what is between these brackets only to choose the slot. So a namespace
///   such as `{app}.` puts all entries on one node.
///
/// Nothing connects before the first use. Nodes may be down at any time and come back: nothing has to be restarted.
///
/// An operation takes at most the response deadline, and as long as the connect deadline in addition if it has to make
/// connections, to however many nodes. `len` and `clear` take more: see there. What failed may still take effect later.
///
/// # Examples
///
/// ```no_run
/// use bytes::Bytes;
/// use ctu_backends::RedisClusterCache;
/// use ctu_core::{Cache, Ttl};
///
/// let cache = RedisClusterCache::builder("redis-cluster://:secret@one:7000,two:7000").namespace("shop.").build()?;
/// cache.put(b"price", &Bytes::from_static(b"12"), Ttl::Default)?;
/// assert_eq!(cache.get(b"price")?.as_deref(), Some(&b"12"[..]));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct RedisClusterCache {
    cluster: Cluster<Pool>,
}

/// Values kept by a Redis Cluster, for async functions on tokio; plain code uses [`RedisClusterCache`].
///
/// It is as [`AsyncRedisCache`](crate::AsyncRedisCache), with one connection to each node that is used, on a cluster;
/// what that means is said at [`RedisClusterCache`].
///
/// # Examples
///
/// ```no_run
/// use bytes::Bytes;
/// use ctu_backends::AsyncRedisClusterCache;
/// use ctu_core::{AsyncCache, Ttl};
///
/// # async fn demo() -> ctu_core::Result<()> {
/// let url = "redis-cluster://:secret@one:7000,two:7000";
/// let cache = AsyncRedisClusterCache::builder(url).namespace("shop.").build()?;
/// cache.put(b"price", &Bytes::from_static(b"12"), Ttl::Default).await?;
/// assert_eq!(cache.get(b"price").await?.as_deref(), Some(&b"12"[..]));
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "tokio")]
pub struct AsyncRedisClusterCache {
    cluster: Cluster<Shared>,
}

/// Waits for an answer of the cluster, in the way of a form.
macro_rules! blocking {
    ($answer:expr) => {
        finish($answer)
    };
}
#[cfg(feature = "tokio")]
macro_rules! waiting {
    ($answer:expr) => {
        $answer.await
    };
}

macro_rules! form {
    ($form:ident, $cache:ident, $store:ident, [$($asyncness:tt)*], $wait:ident) => {
        impl $form {
            /// A store on the cluster at `url`, without a namespace and with all else as [`builder`](Self::builder)
            /// has it.
            ///
            /// # Errors
            ///
            /// [`Config`](ctu_core::ErrorKind::Config) when the url is wrong: which part of it, but not the url, is in
            /// the message.
            pub fn open(url: &str) -> Result<Self> {
                Self::builder(url).build()
            }

            /// The settings of a store on the cluster at `url`, which names some of its nodes.
            ///
            /// - `redis-cluster://[user]:[password]@host:port,host:port`, with any number of nodes;
            /// - `rediss-cluster://..`, the same over TLS, with the feature `redis-tls`.
            ///
            /// `redis://..` and `rediss://..` are taken as well. All nodes have the same login. Special characters of
            /// user and password are percent-encoded. A cluster has no databases but 0.
            pub fn builder(url: &str) -> RedisCacheBuilder<Self> {
                RedisCacheBuilder::new(url)
            }

            pub(in crate::redis) fn new(settings: Settings, seeds: Vec<ConnectionInfo>) -> Result<Self> {
                Ok(Self { cluster: Cluster::new(Nodes::new(settings, seeds)?) })
            }

            pub(in crate::redis) fn settings(&self) -> &Settings {
                self.cluster.settings()
            }

            pub(in crate::redis) $($asyncness)* fn ask<T>(&self, ask: Ask<T>) -> Result<T> {
                $wait!(self.cluster.ask(ask))
            }

            /// Removes every key of every primary, whoever stored it.
            ///
            #[doc = concat!("[`clear`](", stringify!($store), "::clear) removes the namespace's keys only.")]
            ///
            /// # Errors
            ///
            /// When a node fails: it may be empty or not. The others are empty.
            pub $($asyncness)* fn flush_server(&self) -> Result<()> {
                $wait!(self.cluster.flush())
            }
        }

        #[deny(clippy::missing_trait_methods)]
        impl $cache<[u8], Bytes> for $form {
            $($asyncness)* fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
                $wait!(self.cluster.ask(command::get(self.cluster.settings(), key)?))
            }

            $($asyncness)* fn get_entry(&self, key: &[u8]) -> Result<Option<Entry<Bytes>>> {
                $wait!(self.cluster.ask(command::get_entry(self.cluster.settings(), key)?))
            }

            $($asyncness)* fn put(&self, key: &[u8], value: &Bytes, ttl: Ttl) -> Result<()> {
                $wait!(self.cluster.ask(command::put(self.cluster.settings(), key, value, ttl)?))
            }

            $($asyncness)* fn remove(&self, key: &[u8]) -> Result<bool> {
                $wait!(self.cluster.ask(command::remove(self.cluster.settings(), key)?))
            }

            $($asyncness)* fn contains(&self, key: &[u8]) -> Result<bool> {
                $wait!(self.cluster.ask(command::contains(self.cluster.settings(), key)?))
            }

            $($asyncness)* fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Bytes>>> {
                let asks = keys.iter().map(|key| command::get(self.cluster.settings(), key)).collect::<Result<_>>()?;
                $wait!(self.cluster.ask_each(asks))
            }

            $($asyncness)* fn put_many(&self, entries: &[(&[u8], &Bytes)], ttl: Ttl) -> Result<()> {
                let ask = |(key, value): &(&[u8], &Bytes)| command::put(self.cluster.settings(), key, value, ttl);
                let asks = entries.iter().map(ask).collect::<Result<_>>()?;
                $wait!(self.cluster.ask_each(asks)).map(drop)
            }

            /// Not on a server: it has leases.
            fn watch(&self, _key: &[u8]) -> Option<Watch> {
                None
            }

            $($asyncness)* fn put_if_unchanged(
                &self,
                key: &[u8],
                value: &Bytes,
                ttl: Ttl,
                _watch: Watch,
            ) -> Result<bool> {
                $wait!(self.cluster.ask(command::put(self.cluster.settings(), key, value, ttl)?)).map(|()| true)
            }
        }

        impl $store for $form {
            /// The keys of the namespace, or without one those of all nodes, whatever they hold.
            ///
            /// With a namespace every key of the cluster is looked at, in steps of a thousand, each a round trip with
            /// its own deadline, and 8 bytes are held for each key found.
            $($asyncness)* fn len(&self) -> Result<usize> {
                $wait!(self.cluster.len())
            }

            /// Removes the keys of the namespace, on all nodes. Every key of the cluster is looked at, in steps of a
            /// thousand, each a round trip or two with their own deadlines. If a node fails, what it has stays, and its
            /// error is returned. A key whose slot moves to another node meanwhile may stay.
            ///
            /// Without a namespace it is an error of kind [`Unsupported`](ctu_core::ErrorKind::Unsupported).
            $($asyncness)* fn clear(&self) -> Result<()> {
                $wait!(self.cluster.clear())
            }

            /// The sums of the primaries' own counts of lookups and hits since their start, by all of their clients.
            $($asyncness)* fn stats(&self) -> Result<Stats> {
                $wait!(self.cluster.stats())
            }
        }

        impl fmt::Debug for $form {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let nodes = &self.cluster.nodes;
                f.debug_struct(stringify!($form)).field("settings", &nodes.settings).field("nodes", nodes).finish()
            }
        }
    };
}

form!(RedisClusterCache, Cache, Store, [], blocking);
#[cfg(feature = "tokio")]
form!(AsyncRedisClusterCache, AsyncCache, AsyncStore, [async], waiting);
