//! The client's TLS settings (rustls): the operating system's authorities and the `ca_file`. Both are read again when they
//! change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::watch;

use super::failure::Reason;
use super::trust_store::{self, FileMarks};
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::shortage::Shortage;

/// How often, at most, the trust store is checked for changes.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// The pause before a trust store that could not be read is read again: the first and the longest. Both are short, since
/// the lane that met the failure waits in addition.
const READ_PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(500));

/// The client's TLS settings, made at the first connection that needs them: reading the system's roots
/// takes a while, and a producer that speaks to plain receivers should not pay for it.
pub(super) struct Tls(Arc<Shared>);

struct Shared {
    ca_file: Option<PathBuf>,
    state: Mutex<State>,
}

struct State {
    /// The authorities of `ca_file`, as it was last read whole.
    authorities: Vec<CertificateDer<'static>>,
    current: Option<Current>,
    failed: Option<Failed>,
    /// While a thread checks the trust store: gets true when the thread is done.
    checking: Option<watch::Receiver<bool>>,
}

/// The settings in use.
struct Current {
    config: Arc<ClientConfig>,
    marks: FileMarks,
    checked_at: Instant,
}

/// The last failure, until the next try.
struct Failed {
    reason: Reason,
    at: Instant,
    pause: Duration,
}

impl Tls {
    /// Reads the authority file.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` where it cannot be read or holds no certificate.
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self> {
        let authorities = ca_file.map(read_authorities).transpose()?.unwrap_or_default();
        let state = State { authorities, current: None, failed: None, checking: None };
        Ok(Self(Arc::new(Shared { ca_file: ca_file.map(Path::to_owned), state: Mutex::new(state) })))
    }

    /// The settings. The files are checked for changes at most every [`CHECK_INTERVAL`], and read on a thread of their own.
    pub(super) async fn config(&self) -> std::result::Result<Arc<ClientConfig>, Reason> {
        let mut checked = false;
        loop {
            let mut done = {
                let mut state = self.0.lock();
                if let Some(current) = &state.current
                    && (checked || current.checked_at.elapsed() < CHECK_INTERVAL)
                {
                    return Ok(current.config.clone());
                }
                if let Some(failed) = &state.failed
                    && (checked || failed.at.elapsed() < failed.pause)
                {
                    return Err(failed.reason.clone());
                }
                match &state.checking {
                    // `has_changed` fails where the thread has panicked and dropped its sender.
                    Some(done) if done.has_changed().is_ok() => done.clone(),
                    _ => match self.0.start_check() {
                        Ok(done) => state.checking.insert(done).clone(),
                        Err(reason) => {
                            return state
                                .current
                                .as_ref()
                                .map(|current| current.config.clone())
                                .ok_or(reason);
                        }
                    },
                }
            };
            // An error means that the thread panicked: then it is done too.
            let _ = done.wait_for(|done| *done).await;
            checked = true;
        }
    }
}

impl Shared {
    /// Ignores poisoning: every section is a plain change of the state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_check(self: &Arc<Self>) -> std::result::Result<watch::Receiver<bool>, Reason> {
        let (tell, done) = watch::channel(false);
        let shared = self.clone();
        threads::start("hookbridge-trust", move || {
            shared.check();
            shared.lock().checking = None;
            tell.send_replace(true);
        })
        .map(|_| done)
        .map_err(|_| Reason::lacking(Shortage::Threads, "the trust store cannot be read"))
    }

    /// Reads the trust store again where it has changed. Settings that were read whole stay in use until others were read whole.
    fn check(&self) {
        let (known, authorities) = {
            let state = self.lock();
            (state.current.as_ref().map(|current| current.marks.clone()), state.authorities.clone())
        };
        let read = || {
            // The marks are taken before the files are read, so that the next check sees what is written meanwhile.
            let marks = FileMarks::take(self.ca_file.as_deref()).map_err(|cause| cause.to_string())?;
            if known.as_ref() == Some(&marks) {
                return Ok(None);
            }
            let authorities = self.authorities(authorities);
            let config = Arc::new(build(trust_store::read()?, &authorities)?);
            Ok(Some((Current { config, marks, checked_at: Instant::now() }, authorities)))
        };
        let outcome: std::result::Result<_, String> = read();
        let mut state = self.lock();
        match outcome {
            Ok(Some((current, authorities))) => {
                (state.current, state.authorities, state.failed) = (Some(current), authorities, None);
                return;
            }
            Ok(None) => {}
            Err(cause) => {
                let before = state.failed.take();
                if state.current.is_none() {
                    let pause = before.map_or(READ_PAUSE.0, |failed| (failed.pause * 2).min(READ_PAUSE.1));
                    let reason = Reason::lacking(Shortage::TrustStore, &cause);
                    state.failed = Some(Failed { reason, at: Instant::now(), pause });
                } else {
                    tracing::warn!(
                        target: "hookbridge::delivery", cause,
                        "the trust store has changed and cannot be read; the authorities that were read before stay"
                    );
                }
            }
        }
        if let Some(current) = &mut state.current {
            current.checked_at = Instant::now();
        }
    }

    /// The authorities of `ca_file`, or those that it had before where it cannot be read now.
    fn authorities(&self, before: Vec<CertificateDer<'static>>) -> Vec<CertificateDer<'static>> {
        let Some(path) = &self.ca_file else { return before };
        read_authorities(path).unwrap_or_else(|error| {
            tracing::warn!(
                target: "hookbridge::delivery", %error,
                "`ca_file` cannot be read again; the authorities that it had before stay"
            );
            before
        })
    }
}

fn build(
    system: Vec<CertificateDer<'static>>,
    authorities: &[CertificateDer<'static>],
) -> std::result::Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(system);
    roots.add_parsable_certificates(authorities.iter().cloned());
    if roots.is_empty() {
        return Err(
            "it has no certificate authority; install the system's (ca-certificates), or set `ca_file`"
                .to_owned(),
        );
    }
    // The provider is named, so that the host's or another library's choice does not matter.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Checks that a file holds authorities.
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
