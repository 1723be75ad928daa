//! TLS by rustls: the operating system's roots and the configured authority file, read again when they change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::watch;

use super::failure::Reason;
use super::trust_store::{self, Marks};
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::shortage::Shortage;

/// How often it is looked whether the trust store has changed, at most.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How long a trust store that could not be read is left alone, at first and at most. Not for long: a lane that meets it
/// waits on top of that.
const READ_AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(500));

/// The client's TLS settings, made at the first connection that needs them: reading the system's roots
/// takes a while, and a producer that speaks to plain receivers should not pay for it.
pub(super) struct Tls(Arc<Shared>);

struct Shared {
    ca_file: Option<PathBuf>,
    state: Mutex<State>,
}

struct State {
    /// Of `ca_file`, as it was read whole last.
    authorities: Vec<CertificateDer<'static>>,
    kept: Option<Kept>,
    failed: Option<Failed>,
    /// Where a thread is looking: told when it is through.
    looking: Option<watch::Receiver<bool>>,
}

struct Kept {
    config: Arc<ClientConfig>,
    marks: Marks,
    looked_at: Instant,
}

/// Nothing of this is kept beyond the next try.
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
        let state = State { authorities, kept: None, failed: None, looking: None };
        Ok(Self(Arc::new(Shared { ca_file: ca_file.map(Path::to_owned), state: Mutex::new(state) })))
    }

    /// The settings, from files that were looked at a moment ago. They are read on a thread of their own.
    pub(super) async fn config(&self) -> std::result::Result<Arc<ClientConfig>, Reason> {
        let mut looked = false;
        loop {
            let mut through = {
                let mut state = self.0.lock();
                if let Some(kept) = &state.kept
                    && (looked || kept.looked_at.elapsed() < LOOK_AGAIN)
                {
                    return Ok(kept.config.clone());
                }
                if let Some(failed) = &state.failed
                    && (looked || failed.at.elapsed() < failed.pause)
                {
                    return Err(failed.reason.clone());
                }
                match &state.looking {
                    // Without its sender the thread has ended in a panic.
                    Some(through) if through.has_changed().is_ok() => through.clone(),
                    _ => match self.0.start_looking() {
                        Ok(through) => state.looking.insert(through).clone(),
                        Err(reason) => {
                            return state.kept.as_ref().map(|kept| kept.config.clone()).ok_or(reason);
                        }
                    },
                }
            };
            // An error is a thread that ended in a panic, which is as good as being through.
            let _ = through.wait_for(|through| *through).await;
            looked = true;
        }
    }
}

impl Shared {
    /// Every section under it is a plain change of the state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_looking(self: &Arc<Self>) -> std::result::Result<watch::Receiver<bool>, Reason> {
        let (tell, through) = watch::channel(false);
        let shared = self.clone();
        threads::start("hookbridge-trust", move || {
            shared.look();
            shared.lock().looking = None;
            tell.send_replace(true);
        })
        .map(|_| through)
        .map_err(|_| Reason::lacking(Shortage::Threads, "the trust store cannot be read"))
    }

    /// Reads what has changed. What was read whole is used until it is replaced by something that was.
    fn look(&self) {
        let (known, authorities) = {
            let state = self.lock();
            (state.kept.as_ref().map(|kept| kept.marks.clone()), state.authorities.clone())
        };
        let read = || {
            // Before the files are read: what is written meanwhile is seen at the next look.
            let marks = Marks::take(self.ca_file.as_deref()).map_err(|cause| cause.to_string())?;
            if known.as_ref() == Some(&marks) {
                return Ok(None);
            }
            let authorities = self.authorities(authorities);
            let config = Arc::new(build(trust_store::read()?, &authorities)?);
            Ok(Some((Kept { config, marks, looked_at: Instant::now() }, authorities)))
        };
        let outcome: std::result::Result<_, String> = read();
        let mut state = self.lock();
        match outcome {
            Ok(Some((kept, authorities))) => {
                (state.kept, state.authorities, state.failed) = (Some(kept), authorities, None);
                return;
            }
            Ok(None) => {}
            Err(cause) => {
                let before = state.failed.take();
                if state.kept.is_none() {
                    let pause = before.map_or(READ_AGAIN.0, |failed| (failed.pause * 2).min(READ_AGAIN.1));
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
        if let Some(kept) = &mut state.kept {
            kept.looked_at = Instant::now();
        }
    }

    /// Those of `ca_file`, or those that it had before where it is not whole now.
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
    // Named here, so that neither the host's nor another library's choice of provider matters.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
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
