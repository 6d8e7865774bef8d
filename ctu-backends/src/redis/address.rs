//! Reads the url of a server. What is wrong with it is said by the part's name, as any part may hold a password.

use ctu_core::{Error, ErrorKind, Result};
use redis::{ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

const TCP: [&str; 2] = ["redis", "valkey"];
const TLS: [&str; 2] = ["rediss", "valkeys"];
const UNIX: [&str; 3] = ["unix", "redis+unix", "valkey+unix"];

/// Where the server is, and how to authenticate.
pub(super) fn parse(url: &str) -> Result<ConnectionInfo> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(wrong("scheme is missing: it begins with redis://, rediss:// or redis+unix://"));
    };
    let scheme = scheme.to_ascii_lowercase();
    let network = TCP.contains(&scheme.as_str()) || TLS.contains(&scheme.as_str());
    if !network && !UNIX.contains(&scheme.as_str()) {
        return Err(wrong("scheme is none of redis, rediss and redis+unix"));
    }
    if TLS.contains(&scheme.as_str()) && !cfg!(feature = "redis-tls") {
        return Err(wrong("scheme asks for TLS: turn on the feature `redis-tls` of ctu"));
    }
    if network {
        check_network(rest)?;
    }
    let parsed = redis::parse_redis_url(url).ok_or_else(|| wrong("host is not a name or an address"))?;
    if parsed.fragment().is_some() {
        return Err(wrong("fragment (`#..`) has no meaning here: percent-encode a `#` in a password as %23"));
    }
    let database = if network {
        Some(parsed.path().trim_matches('/').to_owned()).filter(|path| !path.is_empty())
    } else {
        parsed.query_pairs().find(|(name, _)| name == "db").map(|(_, db)| db.into_owned())
    };
    if database.is_some_and(|database| database.parse::<u32>().is_err()) {
        return Err(wrong("database is not a number, such as the 2 of redis://localhost/2"));
    }
    let address = parsed.into_connection_info().map_err(|error| match error.kind() {
        // The library's own words are fixed, but may be followed by a part of the url.
        redis::ErrorKind::InvalidClientConfig if network => wrong("host, user or password can't be read"),
        _ => wrong("path, user or password can't be read"),
    })?;
    let login = address.redis_settings().clone();
    // Nothing is asked that the third version of the protocol would answer better.
    let login = login.set_protocol(ProtocolVersion::RESP2).set_skip_set_lib_name();
    let tcp = address.tcp_settings().clone().set_nodelay(true);
    Ok(address.set_redis_settings(login).set_tcp_settings(tcp))
}

/// What the library does not tell apart.
fn check_network(rest: &str) -> Result<()> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host_port)| host_port);
    // The colons of an IPv6 address are in brackets.
    let (host, port) = match host_port.rsplit_once(']') {
        Some((_, port)) => ("[]", port.strip_prefix(':')),
        None => host_port.split_once(':').map_or((host_port, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err(wrong("host is missing (percent-encode `/`, `?`, `#` and `@` in a password)"));
    }
    if host.starts_with('[') && host != "[]" {
        return Err(wrong("host is an IPv6 address whose bracket is not closed"));
    }
    if port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port == 0) || port.parse::<u16>().is_err()) {
        return Err(wrong("port is not a number from 1 to 65535 (percent-encode `/`, `?`, `#` and `@` in a password)"));
    }
    Ok(())
}

fn wrong(what: &'static str) -> Error {
    Error::new(ErrorKind::Config, format!("the redis url's {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_url_is_told_by_its_part_and_without_the_password() {
        for (url, part) in [
            ("", "scheme"),
            ("localhost", "scheme"),
            ("http://:hunter2@localhost", "scheme"),
            ("redis://", "host"),
            ("redis://:hunter2@", "host"),
            ("redis://:hunter2@:6379", "host"),
            ("redis://:hunter2@0.0.0.0", "host"),
            ("redis://:hunter2@local host", "host"),
            ("redis://:hunter2@[::1", "host"),
            ("redis://:hunter2@localhost:", "port"),
            ("redis://:hunter2@localhost:0", "port"),
            ("redis://:hunter2@localhost:65536", "port"),
            ("redis://:hunter2@localhost:port", "port"),
            ("redis://:hunter2@localhost:-1", "port"),
            ("redis://:hunt/er2@localhost", "percent-encode"),
            ("redis://:hunter2@localhost/none", "database"),
            ("redis://:hunter2@localhost/-1", "database"),
            ("redis://:hunter2@localhost/1/2", "database"),
            ("redis://:hunter2@localhost/1#insecure", "fragment"),
            ("redis://:%ffhunter2@localhost", "password"),
            ("redis+unix:///tmp/redis.sock?db=x&pass=hunter2", "database"),
        ] {
            let error = parse(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert!(error.to_string().contains(part), "{url}: {error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{url}: {error:?}");
        }
    }

    #[test]
    fn a_right_url_is_read_in_all_its_parts() {
        let address = parse("redis://user:p%40ss@example.com:7000/3").unwrap();
        assert_eq!(address.addr().to_string(), "example.com:7000");
        assert_eq!(address.redis_settings().username(), Some("user"));
        assert_eq!(address.redis_settings().password(), Some("p@ss"));
        assert_eq!(address.redis_settings().db(), 3);
        for url in ["redis://localhost", "valkey://localhost/", "redis://[::1]", "redis://[::1]:6379/1"] {
            assert!(parse(url).unwrap().addr().to_string().ends_with(":6379"), "{url}");
        }
        let address = parse("redis+unix:///tmp/redis.sock?db=2&pass=secret").unwrap();
        assert_eq!(address.addr().to_string(), "/tmp/redis.sock");
        assert_eq!(address.redis_settings().db(), 2);
    }

    #[cfg(not(feature = "redis-tls"))]
    #[test]
    fn tls_without_its_feature_is_an_error_that_names_it() {
        assert!(parse("rediss://localhost").unwrap_err().to_string().contains("`redis-tls`"));
    }
}
