//! `rediss-cluster://` urls: all nodes are asked over TLS, those that others name too.

use ctu_backends::{AsyncRedisClusterCache, RedisClusterCache};
use ctu_core::{AsyncCacheExt, ErrorKind};
use servers::RedisCluster;

use crate::form::{Blocking, CERTIFICATES, Form, Options, bytes, in_another_process, run};
use crate::support::key_on_each;

/// A cluster, and a key on each of its nodes.
fn cluster() -> (RedisCluster, Options, [Vec<u8>; 3]) {
    let cluster = RedisCluster::start_with_tls(CERTIFICATES);
    let (options, keys) = (Options::new(cluster.tls_url().unwrap()), key_on_each(&cluster));
    (cluster, options, keys)
}

async fn works<F: Form>() {
    let (cluster, options, keys) = cluster();
    let cache = F::open(&options);
    for key in &keys {
        cache.set(key, &bytes("value")).await.unwrap();
    }
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    assert_eq!(cache.get_many(&keys).await.unwrap(), vec![Some(bytes("value")); 3]);
    for node in cluster.nodes() {
        assert!(crate::form::raw(node.port(), "DBSIZE").starts_with(":1"));
    }
}

async fn distrusts<F: Form>() {
    let (_cluster, options, keys) = cluster();
    let error = F::open(&options).get(&keys[0]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    assert!(error.to_string().contains("`SSL_CERT_FILE`"), "{error}");
}

#[test]
#[ignore = "needs its environment"]
fn with_the_authority() {
    run(works::<Blocking<RedisClusterCache>>());
    run(works::<AsyncRedisClusterCache>());
}

#[test]
#[ignore = "needs its environment"]
fn with_another_authority() {
    run(distrusts::<Blocking<RedisClusterCache>>());
    run(distrusts::<AsyncRedisClusterCache>());
}

#[test]
fn a_cluster_with_trusted_certificates_is_used() {
    in_another_process("tls::with_the_authority", "ca.pem");
}

#[test]
fn a_cluster_with_unknown_certificates_is_refused() {
    in_another_process("tls::with_another_authority", "stranger.pem");
}
