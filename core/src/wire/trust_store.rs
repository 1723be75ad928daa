//! The certificate authorities that the system trusts: reading them, and noticing when their files change.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nix::errno::Errno;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{ErrorKind, load_native_certs};

/// What distinguishes a file from an earlier one at the same path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FileMark {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    identity: (u64, u64, i64, i64),
}

/// The marks of a trust store's files. They change when the trust store does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileMarks(Vec<FileMark>);

impl FileMarks {
    /// The marks of the system's files and folders, and of `further`.
    ///
    /// # Errors
    /// Where a folder cannot be listed for now.
    pub(super) fn take(further: Option<&Path>) -> io::Result<Self> {
        let mut marks = Vec::new();
        for path in sources().iter().map(PathBuf::as_path).chain(further) {
            mark(path, &mut marks);
            match std::fs::read_dir(path) {
                Ok(entries) => {
                    let mut paths = Vec::new();
                    for entry in entries {
                        paths.push(entry?.path());
                    }
                    paths.sort_unstable();
                    paths.iter().for_each(|path| mark(path, &mut marks));
                }
                Err(cause) if is_temporary(&cause) => return Err(cause),
                // The path is a file, or cannot be read.
                Err(_) => {}
            }
        }
        Ok(Self(marks))
    }
}

fn mark(path: &Path, marks: &mut Vec<FileMark>) {
    let Ok(metadata) = std::fs::metadata(path) else { return };
    #[cfg(unix)]
    use std::os::unix::fs::MetadataExt;
    marks.push(FileMark {
        path: path.to_owned(),
        length: metadata.len(),
        modified: metadata.modified().ok(),
        #[cfg(unix)]
        identity: (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec()),
    });
}

/// The paths of the authorities, by the rules of `rustls-native-certs`. macOS and Windows have them in no file.
fn sources() -> Vec<PathBuf> {
    let file = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let folders = std::env::var_os("SSL_CERT_DIR");
    let folders = folders.iter().flat_map(std::env::split_paths).filter(|path| !path.as_os_str().is_empty());
    let named: Vec<PathBuf> = file.into_iter().chain(folders).collect();
    if named.is_empty() { usual() } else { named }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn usual() -> Vec<PathBuf> {
    let found = openssl_probe::probe();
    found.cert_file.into_iter().chain(found.cert_dir).collect()
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn usual() -> Vec<PathBuf> {
    Vec::new()
}

/// Reads the authorities that the system trusts. A file that is no certificate, or that this user may not read, is skipped:
/// waiting does not change it.
///
/// # Errors
/// A failure that may pass, such as a lack of descriptors. Then nothing that was read is used.
pub(super) fn read() -> Result<Vec<CertificateDer<'static>>, String> {
    let system = load_native_certs();
    let mut passed_over = Vec::new();
    for error in system.errors {
        match &error.kind {
            ErrorKind::Io { inner, .. } if is_temporary(inner) => return Err(in_words(&error)),
            _ => passed_over.push(in_words(&error)),
        }
    }
    if let Some(first) = passed_over.first() {
        tracing::warn!(
            target: "hookbridge::delivery", count = passed_over.len(), first,
            "parts of the trust store cannot be read and are passed over"
        );
    }
    Ok(system.certs)
}

fn in_words(error: &rustls_native_certs::Error) -> String {
    match &error.kind {
        ErrorKind::Io { inner, path } => format!("{}: {inner}", path.display()),
        _ => error.to_string(),
    }
}

/// The state of the trust store, for diagnosis.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// How many authorities of the system's are trusted.
    pub authorities: usize,
    /// Files that exist and cannot be read.
    pub unread: Vec<String>,
    /// Files that are no certificate, and links that lead nowhere. Both are skipped.
    pub passed_over: Vec<String>,
}

/// Reads the trust store as this user.
pub(crate) fn look() -> Trust {
    let system = load_native_certs();
    let mut roots = RootCertStore::empty();
    let (authorities, _) = roots.add_parsable_certificates(system.certs);
    let mut found = Trust { authorities, ..Trust::default() };
    for error in &system.errors {
        match &error.kind {
            ErrorKind::Io { inner, .. } if inner.kind() != io::ErrorKind::NotFound => {
                found.unread.push(in_words(error));
            }
            _ => found.passed_over.push(in_words(error)),
        }
    }
    found
}

/// Whether the call may succeed a moment later although nothing was mended.
pub(super) fn is_temporary(error: &io::Error) -> bool {
    let Some(number) = error.raw_os_error() else { return error.kind() == io::ErrorKind::Interrupted };
    matches!(
        Errno::from_raw(number),
        Errno::EMFILE
            | Errno::ENFILE
            | Errno::ENOMEM
            | Errno::ENOBUFS
            | Errno::EIO
            | Errno::EINTR
            | Errno::EAGAIN
            | Errno::ESTALE
            | Errno::ETIMEDOUT
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_anew_has_another_mark() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authorities.pem");
        let marks = || FileMarks::take(Some(folder.path())).unwrap();
        let empty = marks();
        std::fs::write(&file, "one").unwrap();
        let first = marks();
        assert_ne!(empty, first);
        assert_eq!(first, marks());
        // Of the same length, and under the same name.
        std::fs::write(folder.path().join("other"), "two").unwrap();
        std::fs::rename(folder.path().join("other"), &file).unwrap();
        assert_ne!(first, marks());
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for number in [Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM, Errno::EIO, Errno::EINTR] {
            assert!(is_temporary(&io::Error::from_raw_os_error(number as i32)), "{number}");
        }
        for number in [Errno::ENOENT, Errno::EACCES, Errno::EISDIR] {
            assert!(!is_temporary(&io::Error::from_raw_os_error(number as i32)), "{number}");
        }
    }
}
