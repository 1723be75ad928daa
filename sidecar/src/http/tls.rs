//! The server's certificate, read at the start and again at SIGHUP.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;

/// A certificate and its key, in PEM files.
#[derive(Clone, Debug)]
pub struct Files {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Files {
    /// The TLS configuration for new connections.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn read(&self) -> Result<Arc<ServerConfig>, String> {
        let wrong = |path: &PathBuf, cause: &dyn std::fmt::Display| format!("{}: {cause}", path.display());
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(|chain| chain.collect::<Result<Vec<_>, _>>())
            .map_err(|cause| wrong(&self.certificate, &cause))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|cause| wrong(&self.key, &cause))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|cause| wrong(&self.certificate, &cause))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Reads the files again. If they cannot be used, the old certificate stays in use.
pub fn reload(files: &Files, current: &watch::Sender<Arc<ServerConfig>>) {
    match files.read() {
        Ok(config) => {
            current.send_replace(config);
            tracing::info!("the certificate was read again");
        }
        Err(error) => tracing::error!(error, "the certificate stays as it was"),
    }
}
