//! The certificates of the authorities that are trusted.

use std::path::Path;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::driver::connect::{Encryption, Fault, Mode, Root};

/// Reads whom a connection trusts; `None` where it has nobody to trust, or needs nobody.
pub(super) fn read(encryption: &Encryption) -> Result<Option<RootCertStore>, Fault> {
    match &encryption.root {
        _ if encryption.mode == Mode::Disable => Ok(None),
        Root::Nobody => Ok(None),
        Root::File(path) => of_file(path).map(Some),
        Root::System => of_system().map(Some),
    }
}

fn of_file(path: &Path) -> Result<RootCertStore, Fault> {
    let shown = path.display();
    let cannot = |why: String| {
        Fault::refused(format!(
            "the file of trusted certificates `{shown}` cannot be read: {why}"
        ))
    };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| cannot(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    // A bundle may hold what rustls does not take beside what it does.
    let (taken, _) = roots.add_parsable_certificates(certificates);
    if taken == 0 {
        return Err(cannot("no certificate is in it".to_owned()));
    }
    Ok(roots)
}

fn of_system() -> Result<RootCertStore, Fault> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken > 0 {
        return Ok(roots);
    }
    let why = found
        .errors
        .first()
        .map_or_else(String::new, |error| format!(": {error}"));
    Err(Fault::refused(format!(
        "the operating system names nobody to trust{why}"
    ))
    .with_help("install its certificates (Debian: `apt-get install ca-certificates`), or write `sslrootcert=FILE`"))
}
