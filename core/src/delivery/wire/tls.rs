//! TLS by rustls: the operating system's roots and the configured authority file.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, ErrorCode, Result};

/// The client's TLS settings, made at the first connection that needs them: reading the system's roots
/// takes a while, and a producer that speaks to plain receivers should not pay for it.
pub(super) struct Tls {
    extra: Vec<CertificateDer<'static>>,
    config: OnceLock<std::result::Result<Arc<ClientConfig>, String>>,
}

impl Tls {
    /// Reads the authority file.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` where it cannot be read or holds no certificate.
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self> {
        let extra = ca_file.map(read_authorities).transpose()?.unwrap_or_default();
        Ok(Self { extra, config: OnceLock::new() })
    }

    /// The settings. Blocks at the first call.
    pub(super) fn config(&self) -> std::result::Result<Arc<ClientConfig>, String> {
        self.config.get_or_init(|| self.build()).clone()
    }

    fn build(&self) -> std::result::Result<Arc<ClientConfig>, String> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(system.certs);
        for authority in &self.extra {
            roots.add(authority.clone()).map_err(|cause| format!("ca_file: {cause}"))?;
        }
        if roots.is_empty() {
            return Err("no certificate authority is trusted on this system".to_owned());
        }
        // Named here, so that neither the host's nor another library's choice of provider matters.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|cause| cause.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Whether there are authorities in a file.
///
/// # Errors
/// `INVALID_CONFIGURATION` where it cannot be read or holds no certificate.
pub(crate) fn check_authorities(path: &Path) -> Result<()> {
    read_authorities(path).map(drop)
}

fn read_authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let refused = |why: String| {
        Error::new(
            ErrorCode::InvalidConfiguration,
            format!("`ca_file` must be a PEM file with certificates; {}: {why}", path.display()),
        )
    };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|cause| refused(cause.to_string()))?;
    if certificates.is_empty() {
        return Err(refused("it holds none".to_owned()));
    }
    let mut trial = RootCertStore::empty();
    for certificate in &certificates {
        trial.add(certificate.clone()).map_err(|cause| refused(cause.to_string()))?;
    }
    Ok(certificates)
}
