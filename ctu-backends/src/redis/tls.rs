//! TLS by rustls, with the certificates that the system trusts (or those that `SSL_CERT_FILE` names).

use std::error::Error as StdError;
use std::io;
use std::sync::{Arc, OnceLock};

use ctu_core::{Error, ErrorKind, Result};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, CertificateError, ClientConfig, ClientConnection, RootCertStore, StreamOwned};

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

/// What TLS has against the server, or the server against us, if that is what made a connection fail.
pub(super) fn refusal(error: &(dyn StdError + 'static)) -> Option<Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return cure(error).map(|message| Error::new(ErrorKind::Config, message));
        }
        // What these hold is not their source, but they themselves in another form.
        next = if let Some(shared) = error.downcast_ref::<Arc<dyn StdError + Send + Sync>>() {
            Some(&**shared)
        } else if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner)
        } else {
            error.source()
        };
    }
    None
}

fn cure(error: &rustls::Error) -> Option<&'static str> {
    Some(match error {
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "the Redis server's certificate is not for the url's host: use a name or an address that it has",
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => "the Redis server's certificate has expired, or is not valid yet: renew it, or set this machine's clock",
        rustls::Error::InvalidCertificate(_) => {
            "the Redis server's certificate is not trusted: add its authority to those of the system, or name a file with \
             it in `SSL_CERT_FILE`"
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::HandshakeFailure) => {
            "the Redis server asks for a certificate of the client's, or shares no cipher with us: set its \
             `tls-auth-clients no`, and let it speak TLS 1.2 or 1.3"
        }
        rustls::Error::InvalidMessage(_) => {
            "the Redis server does not speak TLS on the url's port: name its `tls-port`, or use `redis://`"
        }
        _ => return None,
    })
}

fn failed(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Config, "TLS can't be set up").with_source(error)
}
