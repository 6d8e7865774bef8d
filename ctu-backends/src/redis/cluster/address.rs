//! Reads the url of a cluster: the nodes to ask first, and how to authenticate to all.

use ctu_core::{Error, ErrorKind, Result};
use redis::{ConnectionAddr, ConnectionInfo};

use super::super::address;

/// A node's host and port.
pub(super) type Place = (String, u16);

/// The connections to the nodes of `redis-cluster://[login@]host[:port][,host[:port]..]`; each but once.
///
/// No part of the url is shown in an error: any may hold a password.
pub(in crate::redis) fn parse(url: &str) -> Result<Vec<ConnectionInfo>> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let scheme = scheme.to_ascii_lowercase();
    let scheme = scheme.strip_suffix("-cluster").unwrap_or(&scheme);
    if !["redis", "rediss", "valkey", "valkeys"].contains(&scheme) {
        return Err(wrong("scheme is none of redis-cluster and rediss-cluster"));
    }
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (login, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let mut nodes: Vec<ConnectionInfo> = Vec::new();
    for host in hosts.split(',') {
        let node = address::parse(&format!("{scheme}://{login}{host}"))?;
        if !nodes.iter().any(|known| known.addr() == node.addr()) {
            nodes.push(node);
        }
    }
    if !matches!(tail, "" | "/" | "/0") {
        return Err(wrong(
            "nodes are followed by something: a cluster has no database but 0, the rest is the builder's",
        ));
    }
    Ok(nodes)
}

/// The way to another node of the same cluster.
pub(super) fn elsewhere(known: &ConnectionInfo, place: &Place) -> ConnectionInfo {
    let (host, port) = place.clone();
    known.clone().set_addr(match known.addr() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
            ConnectionAddr::TcpTls { host, port, insecure: *insecure, tls_params: tls_params.clone() }
        }
        _ => ConnectionAddr::Tcp(host, port),
    })
}

/// Where a connection of [`parse`] leads to.
pub(super) fn place(known: &ConnectionInfo) -> Place {
    match known.addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => (host.clone(), *port),
        // None other is parsed.
        _ => (String::new(), 0),
    }
}

fn wrong(what: &'static str) -> Error {
    Error::new(ErrorKind::Config, format!("the redis url's {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_nodes_of_a_url_are_read_with_its_login() {
        let nodes = parse("redis-cluster://user:p%40ss,1@one:7000,[::1]:7001,two,one:7000/0").unwrap();
        let places: Vec<_> = nodes.iter().map(place).collect();
        assert_eq!(places, [("one".into(), 7000), ("::1".into(), 7001), ("two".into(), 6379)]);
        assert!(nodes.iter().all(|node| node.redis_settings().password() == Some("p@ss,1")));
        let other = elsewhere(&nodes[0], &("three".into(), 1));
        assert_eq!((place(&other), other.redis_settings().username()), (("three".into(), 1), Some("user")));
        assert_eq!(parse("redis://host").unwrap().len(), 1);
    }

    #[cfg(feature = "redis-tls")]
    #[test]
    fn other_nodes_are_reached_over_tls_too() {
        let nodes = parse("rediss-cluster://one,two").unwrap();
        let other = elsewhere(&nodes[1], &("three".into(), 1));
        assert!(matches!(other.addr(), ConnectionAddr::TcpTls { host, insecure: false, .. } if host == "three"));
    }

    #[test]
    fn law7_silent_a_wrong_url_is_told_by_its_part_and_without_the_password() {
        for (url, part) in [
            ("", "scheme"),
            ("hunter2", "scheme"),
            ("http://:hunter2@one", "scheme"),
            ("redis+unix:///hunter2", "scheme"),
            ("redis-cluster://", "host"),
            ("redis-cluster://:hunter2@one,", "host"),
            ("redis-cluster://:hunter2@one,:7000", "host"),
            ("redis-cluster://:hunter2@one,two:port", "port"),
            ("redis-cluster://:hunt/er2@one", "percent-encode"),
            ("redis-cluster://:hunter2@one,two/1", "database"),
            ("redis-cluster://:hunter2@one/hunter2", "followed"),
            ("redis-cluster://:hunter2@one?protocol=hunter2", "followed"),
            ("redis-cluster://:hunter2@one#hunter2", "followed"),
        ] {
            let error = parse(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert!(error.to_string().contains(part), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}: {error:?}");
        }
    }
}
