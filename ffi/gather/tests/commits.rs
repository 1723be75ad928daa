//! What is gathered is in the file as if it had not been.

use std::path::Path;

use hookbridge_gather::{gather, name};
use rusqlite::{Connection, OpenFlags};

fn gathering(file: &Path, page_size: u32) -> Connection {
    let connection =
        Connection::open_with_flags_and_vfs(file, OpenFlags::default(), name().expect("a VFS")).unwrap();
    connection.pragma_update(None, "page_size", page_size).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection
}

/// All that the file holds, for any other program.
fn rows(file: &Path) -> Vec<(i64, Vec<u8>)> {
    let connection = Connection::open(file).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let mut all = connection.prepare("SELECT n, bytes FROM t ORDER BY n").unwrap();
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// The log and the file as a power cut now would leave them, read without what the memory knows of them.
fn recovered(file: &Path) -> Vec<(i64, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    std::fs::copy(file, &copy).unwrap();
    let log = |file: &Path| format!("{}-wal", file.display());
    std::fs::copy(log(file), log(&copy)).unwrap();
    rows(&copy)
}

/// Transactions of every size with savepoints and spilled pages, of which some are taken back, against a list.
#[test]
fn every_commit_is_there_for_others_and_after_a_power_cut() {
    for page_size in [512, 4096, 65536] {
        transactions(page_size);
    }
}

fn transactions(page_size: u32) {
    let seed = fastrand::u64(..);
    println!("seed {seed}, pages of {page_size}");
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let connection = gathering(&file, page_size);
    connection
        .execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, bytes BLOB); PRAGMA wal_autocheckpoint = 100")
        .unwrap();
    let mut expected = std::collections::BTreeMap::new();
    for round in 0..150 {
        // Few pages in memory: the rest goes to the log before the commit, and may be written over.
        connection.pragma_update(None, "cache_size", if random.bool() { 5 } else { 2000 }).unwrap();
        // A sync would write what is held.
        connection.pragma_update(None, "synchronous", if random.bool() { "full" } else { "normal" }).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let before = expected.clone();
        for part in 0..random.usize(1..4) {
            connection.execute_batch(&format!("SAVEPOINT part{part}")).unwrap();
            let at_savepoint = expected.clone();
            for _ in 0..random.usize(1..40) {
                let n = random.i64(0..400);
                let length = random.usize(0..9000);
                let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(length).collect();
                connection.execute("INSERT OR REPLACE INTO t VALUES (?, ?)", (n, &bytes)).unwrap();
                expected.insert(n, bytes);
            }
            if random.u8(..) < 60 {
                connection.execute_batch(&format!("ROLLBACK TO part{part}")).unwrap();
                expected = at_savepoint;
            }
        }
        if random.u8(..) < 40 {
            connection.execute_batch("ROLLBACK").unwrap();
            expected = before;
        } else {
            gather(&connection, || connection.execute_batch("COMMIT")).unwrap();
        }
        if round % 10 == 0 {
            let all: Vec<_> = expected.clone().into_iter().collect();
            // The bytes themselves would fill pages.
            assert!(rows(&file) == all, "round {round}");
            assert!(recovered(&file) == all, "round {round}");
        }
    }
    drop(connection);
    assert!(rows(&file) == expected.into_iter().collect::<Vec<_>>());
}

/// Another connection takes the place of what a failed commit held back.
#[test]
fn what_is_left_of_a_commit_never_overwrites_another() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let (one, other) = (gathering(&file, 4096), gathering(&file, 4096));
    one.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, bytes BLOB)").unwrap();
    one.pragma_update(None, "cache_size", 1).unwrap();
    for n in 0..50_i64 {
        one.execute_batch("BEGIN IMMEDIATE").unwrap();
        // Pages are written in the midst of a transaction, and then it fails.
        let failed = gather(&one, || {
            for part in 0..20 {
                one.execute("INSERT INTO t VALUES (?, zeroblob(5000))", [1000 + part])?;
            }
            one.execute_batch("no SQL")
        });
        assert!(failed.is_err());
        one.execute_batch("ROLLBACK").unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other.execute("INSERT INTO t VALUES (?, randomblob(5000))", [n]).unwrap();
        gather(&other, || other.execute_batch("COMMIT")).unwrap();
        let seen: i64 = one.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(seen, n + 1);
        assert_eq!(recovered(&file).len() as i64, n + 1);
    }
    assert_eq!(rows(&file).len(), 50);
}

#[test]
fn one_commit_within_another_is_gathered_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (folder.path().join("t.db"), folder.path().join("other.db"));
    let connections = [&file, &other].map(|file| {
        let connection = gathering(file, 4096);
        connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, bytes BLOB)").unwrap();
        connection
    });
    let begin = |connection: &Connection| {
        connection.execute_batch("BEGIN; INSERT INTO t VALUES (NULL, randomblob(30000))").unwrap();
    };
    let [outer, inner] = &connections;
    for _ in 0..20 {
        begin(outer);
        begin(inner);
        gather(outer, || {
            gather(inner, || inner.execute_batch("COMMIT"))?;
            outer.execute_batch("COMMIT")
        })
        .unwrap();
    }
    for file in [&file, &other] {
        assert_eq!((rows(file).len(), recovered(file).len()), (20, 20));
    }
}
