//! Processes that have an earlier file of the outbox's name open. Only Linux tells; elsewhere none is found.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::files::beside;

/// The end of a removed file's name in `/proc`.
const DELETED: &[u8] = b" (deleted)";

/// The ids of these processes, as far as this user may look.
pub fn holders(database: &Path) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut pids: Vec<u32> = processes
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .filter(|pid| holds(*pid, database))
        .collect();
    pids.sort_unstable();
    pids
}

fn holds(pid: u32, database: &Path) -> bool {
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let identity = |path: &Path| std::fs::metadata(path).ok().map(|known| (known.dev(), known.ino()));
    let (current, lock) = (identity(database), beside(database, "-lock"));
    let (mut has_lock, mut has_current) = (false, false);
    for descriptor in descriptors {
        let Ok(target) = std::fs::read_link(descriptor.path()) else { continue };
        if before_its_deletion(&target).is_some_and(|name| name == database) {
            return true;
        }
        has_lock |= target == lock;
        has_current |= current.is_some() && identity(&descriptor.path()) == current;
    }
    // An engine keeps its outbox open as long as the lock file: whoever has the lock alone has another outbox open.
    has_lock && !has_current
}

fn before_its_deletion(target: &Path) -> Option<PathBuf> {
    let name = target.as_os_str().as_bytes().strip_suffix(DELETED)?;
    Some(PathBuf::from(OsString::from_vec(name.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_lock_and_another_file_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::fs::canonicalize(folder.path()).unwrap().join("outbox.db");
        let _outbox = std::fs::File::create(&path).unwrap();
        let lock = std::fs::File::create(beside(&path, "-lock")).unwrap();
        assert!(holders(&path).is_empty());
        std::fs::rename(&path, path.with_extension("away")).unwrap();
        assert_eq!(holders(&path), [std::process::id()], "moved away");
        std::fs::write(&path, "another").unwrap();
        assert_eq!(holders(&path), [std::process::id()], "replaced");
        drop(lock);
        assert!(holders(&path).is_empty(), "that is no engine");
    }

    #[test]
    fn who_has_a_removed_file_open_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::fs::canonicalize(folder.path()).unwrap().join("outbox.db");
        let open = std::fs::File::create(&path).unwrap();
        assert!(holders(&path).is_empty());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(holders(&path), [std::process::id()]);
        std::fs::write(&path, "another").unwrap();
        assert_eq!(holders(&path), [std::process::id()]);
        drop(open);
        assert!(holders(&path).is_empty());
    }
}
