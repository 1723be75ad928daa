//! A commit is one write. Alone in its file: what is counted is the whole process's.
#![cfg(target_os = "linux")]

use rusqlite::{Connection, OpenFlags};

fn writes() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("syscw: ")).unwrap();
    line.parse().unwrap()
}

#[test]
fn a_commit_of_many_pages_is_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let vfs = hookbridge_gather::name().unwrap();
    let connection =
        Connection::open_with_flags_and_vfs(folder.path().join("t.db"), OpenFlags::default(), vfs).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.execute_batch("CREATE TABLE t (bytes BLOB)").unwrap();
    let insert = |gathered: bool| {
        connection.execute_batch("BEGIN; INSERT INTO t VALUES (randomblob(20000))").unwrap();
        let before = writes();
        let commit = || connection.execute_batch("COMMIT");
        if gathered { hookbridge_gather::gather(&connection, commit) } else { commit() }.unwrap();
        writes() - before
    };
    assert!(insert(false) >= 10, "a header and a page for each");
    assert_eq!(insert(true), 1);
}
