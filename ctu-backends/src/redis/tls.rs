//! TLS by rustls, with the certificates that the system trusts (or those that `SSL_CERT_FILE` names).

use std::sync::{Arc, OnceLock};

use ctu_core::{Error, ErrorKind, Result};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::socket::Socket;

pub(super) type Stream = StreamOwned<ClientConnection, Socket>;

/// The client's side of a connection to `host`, before the first byte is sent.
pub(super) fn client(host: &str) -> Result<ClientConnection> {
    let wrong = |_| Error::new(ErrorKind::Config, "the redis url's host is no name that a certificate could have");
    let name = ServerName::try_from(host.to_owned()).map_err(wrong)?;
    ClientConnection::new(config()?, name).map_err(failed)
}

/// The async connections are set up by the redis crate, which panics if several providers are compiled in and none is
/// chosen. An application that chooses one itself has done so before it connects.
#[cfg(feature = "tokio")]
pub(super) fn choose_provider() {
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster, which is as well.
        let _ = ring::default_provider().install_default();
    }
}

/// Read once per process: there are hundreds of certificates.
fn config() -> Result<Arc<ClientConfig>> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();

    if let Some(config) = CONFIG.get() {
        return Ok(Arc::clone(config));
    }
    let mut roots = RootCertStore::empty();
    // Some systems have a few that can't be read; what matters is whether there are any.
    let (trusted, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if trusted == 0 {
        return Err(Error::new(
            ErrorKind::Config,
            "the system trusts no certificates: install its `ca-certificates`, or name a file in `SSL_CERT_FILE`",
        ));
    }
    let provider = CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(failed)?;
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    Ok(Arc::clone(CONFIG.get_or_init(|| config)))
}

fn failed(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Config, "TLS can't be set up").with_source(error)
}
