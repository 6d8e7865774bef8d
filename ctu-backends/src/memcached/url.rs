//! The urls of Memcached servers.

use std::fmt::Write as _;
use std::path::PathBuf;

use ctu_core::{Error, ErrorKind, Result};

const PORT: u16 = 11211;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A host's name or address, without brackets, and a port.
    Tcp(String, u16),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl Address {
    /// What keys are routed by: the address as it is configured, in one spelling.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::Tcp(host, port) if host.contains(':') => format!("[{host}]:{port}"),
            Self::Tcp(host, port) => format!("{host}:{port}"),
            Self::Unix(path) => path.display().to_string(),
        }
    }
}

/// The servers of `memcached://host[:port][,host[:port]..]` or `memcached:///path/of.sock`.
///
/// No part of the url is shown in an error: what is misspelt may be a password in the wrong place.
pub(super) fn parse(url: &str) -> Result<Vec<Address>> {
    let Some(rest) = url.strip_prefix("memcached://") else {
        return Err(wrong("the scheme is not `memcached://`"));
    };
    if rest.starts_with('/') {
        return unix(rest);
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err(wrong("it has a user or a password, and there is no authentication here"));
    }
    if authority.contains(['?', '#']) || !path.is_empty() {
        return Err(wrong("nothing may follow the servers: other settings are the builder's"));
    }
    let mut servers: Vec<Address> = Vec::new();
    for (index, server) in authority.split(',').enumerate() {
        let server = tcp(server).map_err(|part| {
            let mut message = String::from(part);
            // Writing to a string can't fail.
            let _ = write!(message, " (server {} of the list)", index + 1);
            wrong(&message)
        })?;
        if servers.contains(&server) {
            return Err(wrong("a server is in the list twice"));
        }
        servers.push(server);
    }
    Ok(servers)
}

fn unix(path: &str) -> Result<Vec<Address>> {
    if !cfg!(unix) {
        return Err(Error::new(ErrorKind::Unsupported, "memcached url: there are no unix sockets on this system"));
    }
    if path.len() < 2 || path.contains('\0') {
        return Err(wrong("the path of the unix socket is empty or has a NUL"));
    }
    Ok(vec![Address::Unix(path.into())])
}

fn tcp(server: &str) -> Result<Address, &'static str> {
    let (host, port) = if let Some(rest) = server.strip_prefix('[') {
        let (host, port) = rest.split_once(']').ok_or("the host has a `[` without a `]`")?;
        host.parse::<std::net::Ipv6Addr>().map_err(|_| "the host in brackets is not an IPv6 address")?;
        (host, if port.is_empty() { None } else { Some(port.strip_prefix(':').ok_or("the port is not after a `:`")?) })
    } else {
        match server.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (server, None),
        }
    };
    if host.is_empty() {
        return Err("the host is empty");
    }
    if host.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("the host has a space or a control character");
    }
    let port = match port {
        None => PORT,
        Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or("the port is not a number from 1 to 65535")?,
    };
    Ok(Address::Tcp(host.to_lowercase(), port))
}

#[cold]
fn wrong(part: &str) -> Error {
    Error::new(ErrorKind::Config, format!("memcached url: {part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Address {
        Address::Tcp(host.into(), port)
    }

    #[test]
    fn urls_name_servers() {
        assert_eq!(parse("memcached://localhost").unwrap(), [tcp("localhost", 11211)]);
        assert_eq!(parse("memcached://Cache:1/").unwrap(), [tcp("cache", 1)]);
        assert_eq!(
            parse("memcached://a:1,b,[::1]:65535,[::2]").unwrap(),
            [tcp("a", 1), tcp("b", 11211), tcp("::1", 65535), tcp("::2", 11211)],
        );
        assert_eq!(parse("memcached:///run/m.sock").unwrap(), [Address::Unix("/run/m.sock".into())]);
        assert_eq!(tcp("::1", 5).identity(), "[::1]:5");
    }

    #[test]
    fn law7_silent_a_wrong_url_is_an_error_that_names_the_part_and_shows_none() {
        for (url, part) in [
            ("redis://secret", "scheme"),
            ("secret", "scheme"),
            ("memcached://user:secret@host:1", "password"),
            ("memcached://secret:0", "port"),
            ("memcached://a:1,secret:65536", "port is not a number from 1 to 65535 (server 2"),
            ("memcached://secret:", "port"),
            ("memcached://", "host is empty"),
            ("memcached://secret,", "host is empty"),
            ("memcached://:1", "host is empty"),
            ("memcached://secret:1,secret:1", "twice"),
            ("memcached://sec ret:1", "space"),
            ("memcached://[secret]:1", "IPv6"),
            ("memcached://[::1:1", "`]`"),
            ("memcached://[::1]1", "port"),
            ("memcached://secret?x=1", "follow"),
            ("memcached://secret/db", "follow"),
            ("memcached:///", "unix socket"),
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert!(error.to_string().contains(part), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
}
