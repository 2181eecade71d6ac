//! TLS by rustls, as strict as `sslmode` says.

mod roots;
mod verifier;

use std::{error::Error, io, sync::Arc};

use postgres::config::SslNegotiation;
use rustls::{
    ClientConfig,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect::{Encryption, Fault, Mode};
use verifier::{Anybody, Signed};

/// What makes TLS of a socket.
pub(crate) type Tls = MakeRustlsConnect;

/// The protocol's name, without which a server refuses TLS that was not asked for first (section
/// "SSL Session Encryption" of the chapter "Frontend/Backend Protocol").
const ALPN: &[u8] = b"postgresql";

/// Returns what makes TLS of a socket, and checks the server's certificate as is asked for.
///
/// A server's name goes with the first message (SNI), by which poolers know the tenant.
pub(super) fn connector(
    encryption: &Encryption,
    negotiation: SslNegotiation,
) -> Result<Tls, Fault> {
    // Named, since a process's default may be missing or another.
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::refused(format!("TLS cannot be set up: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(encryption, provider)?)
        .with_no_client_auth();
    if negotiation == SslNegotiation::Direct {
        config.alpn_protocols.push(ALPN.to_vec());
    }
    Ok(MakeRustlsConnect::new(config))
}

/// Whether a connection failed for its TLS.
pub(super) fn is_to_blame(error: &postgres::Error) -> bool {
    error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .and_then(io::Error::get_ref)
        .and_then(|cause| cause.downcast_ref::<rustls::Error>())
        .is_some()
}

fn verifier(
    encryption: &Encryption,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Fault> {
    let roots = roots::read(encryption)?;
    Ok(match (encryption.mode, roots) {
        // Without a certificate to begin with there is nothing to check: libpq's `require` only
        // keeps out those who listen, not those who pose as the server.
        (_, None) => Arc::new(Anybody::new(&provider)),
        (Mode::VerifyFull, Some(roots)) => {
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| Fault::refused(format!("TLS cannot be set up: {error}")))?
        }
        // Where there is a root file, `require` is `verify-ca` (libpq keeps that for those who
        // relied on it), and the weaker modes check it too, before they do without TLS.
        (_, Some(roots)) => Arc::new(Signed::new(roots, &provider)),
    })
}
