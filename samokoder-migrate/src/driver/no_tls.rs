//! No TLS: the feature `tls` is off.

use postgres::{NoTls, config::SslNegotiation};

use super::connect::{Encryption, Fault};

/// What makes TLS of a socket: nothing does.
pub(crate) type Tls = NoTls;

/// Returns it, whatever is asked for: what asks for TLS was refused before.
#[expect(
    clippy::unnecessary_wraps,
    reason = "with the feature, certificates may not be there"
)]
pub(super) fn connector(_: &Encryption, _: SslNegotiation) -> Result<Tls, Fault> {
    Ok(NoTls)
}

/// Whether a connection failed for its TLS.
pub(super) fn is_to_blame(_: &postgres::Error) -> bool {
    false
}
