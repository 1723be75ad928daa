//! Which processes still have a file open that had a certain name and has none any more. Linux tells; elsewhere none is found.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// What the system adds to the name of such a file.
const DELETED: &[u8] = b" (deleted)";

/// Those that have the file open which was in the place of `database`, as far as this user may look.
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
    descriptors
        .filter_map(|descriptor| std::fs::read_link(descriptor.path()).ok())
        .filter_map(|target| before_its_deletion(&target))
        .any(|name| name == database)
}

fn before_its_deletion(target: &Path) -> Option<PathBuf> {
    let name = target.as_os_str().as_bytes().strip_suffix(DELETED)?;
    Some(PathBuf::from(OsString::from_vec(name.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

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
