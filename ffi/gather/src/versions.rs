//! The versions of SQLite whose writes are gathered.

use std::ffi::c_int;

/// The versions, as `sqlite3_libversion_number` tells them, on which this crate's tests and those of crashes and storage
/// faults have run. SQLite promises nothing about the order of its writes to the log: a version that is not in this list
/// writes through the system's VFS, which is slower and always right.
pub const TESTED: &[c_int] = &[3_054_001];

pub(crate) fn is_tested(version: c_int) -> bool {
    TESTED.contains(&version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_version_is_tested() {
        let version = rusqlite::version_number();
        assert!(
            is_tested(version),
            "SQLite {} ({version}) is not in `TESTED`. Compare `walWriteOneFrame`, `walFrames` and `walCheckpoint` of its \
             wal.c with those of the version before, add {version} to `TESTED` in {}, run\n  \
             cargo test -p hookbridge-gather\n  \
             cargo test -p hookbridge-tests --test storage --test crash\n\
             and leave it in the list only if all of them pass. Otherwise the system's VFS is used",
            rusqlite::version(),
            file!(),
        );
    }

    #[test]
    fn another_version_is_not() {
        for version in [0, 3_054_000, 3_054_002, 3_055_000, 4_000_000] {
            assert!(!is_tested(version), "{version}");
        }
    }
}
