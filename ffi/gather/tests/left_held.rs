//! What is still held where a commit has ended is noticed, and is in the log.

use std::ffi::c_int;
use std::path::Path;
use std::ptr;

use hookbridge_gather::{gather, name};
use rusqlite::ffi::{self, SQLITE_OK, sqlite3_file};
use rusqlite::{Connection, OpenFlags};

fn open(file: &Path) -> Connection {
    let connection =
        Connection::open_with_flags_and_vfs(file, OpenFlags::default(), name().unwrap()).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.execute_batch("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, bytes BLOB)").unwrap();
    connection
}

/// Writes to the connection's log, as SQLite itself would.
fn write(connection: &Connection, bytes: &[u8], offset: i64) {
    let mut log: *mut sqlite3_file = ptr::null_mut();
    // SAFETY: the connection is open and this thread's, and so is its log; the bytes are there for the call.
    let written = unsafe {
        let asked = ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_JOURNAL_POINTER,
            (&raw mut log).cast(),
        );
        assert_eq!(asked, SQLITE_OK);
        let length = c_int::try_from(bytes.len()).unwrap();
        (*(*log).pMethods).xWrite.unwrap()(log, bytes.as_ptr().cast(), length, offset)
    };
    assert_eq!(written, SQLITE_OK);
}

/// As a version of SQLite might that writes a frame's page before its header.
#[test]
fn a_header_after_its_page_is_noticed_and_written() {
    const FRAME: usize = 24 + 4096;
    let folder = tempfile::tempdir().unwrap();
    let connection = open(&folder.path().join("t.db"));
    let (mut header, page) = ([1; 24], [7; 4096]);
    header[4..8].copy_from_slice(&[0, 0, 0, 9]);
    // Beyond all that SQLite has written.
    for place in [32 + 100 * FRAME, 32 + 101 * FRAME] {
        let offset = i64::try_from(place).unwrap();
        let error = gather(&connection, || {
            write(&connection, &page, offset + 24);
            write(&connection, &header, offset);
            Ok(())
        })
        .unwrap_err();
        assert_eq!(error.sqlite_error().unwrap().extended_code, ffi::SQLITE_IOERR_WRITE);
        assert!(error.to_string().contains(" 24 bytes "), "{error}");
        let log = std::fs::read(folder.path().join("t.db-wal")).unwrap();
        assert!(log[place..place + 24] == header && log[place + 24..place + FRAME] == page);
    }
    // In SQLite's order nothing is left.
    let offset = i64::try_from(32 + 102 * FRAME).unwrap();
    gather(&connection, || {
        write(&connection, &header, offset);
        write(&connection, &page, offset + 24);
        Ok(())
    })
    .unwrap();
}

/// What another connection holds cannot be written, but is no less noticed.
#[test]
fn what_another_log_holds_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other, third] = ["one.db", "other.db", "third.db"].map(|name| open(&folder.path().join(name)));
    let error = gather(&one, || {
        write(&other, &[0; 24], 1 << 20);
        write(&third, &[0; 24], 1 << 20);
        Ok(())
    })
    .unwrap_err();
    assert!(error.to_string().contains(" 48 bytes "), "{error}");
    // Each begins anew.
    gather(&one, || one.execute_batch("INSERT INTO t VALUES (NULL, 1)")).unwrap();
}

/// Whatever SQLite ends without its last frame.
#[test]
fn what_a_statement_leaves_held_is_noticed_and_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.db");
    let (one, other) = (open(&file), open(&file));
    one.pragma_update(None, "cache_size", 1).unwrap();
    let mut noticed = 0;
    for _ in 0..50 {
        one.execute_batch("BEGIN IMMEDIATE").unwrap();
        // Few pages in memory: the rest goes to the log before any commit.
        let spilled = gather(&one, || {
            (0..20)
                .try_for_each(|_| one.execute("INSERT INTO t VALUES (NULL, randomblob(5000))", []).map(drop))
        });
        noticed += u32::from(spilled.is_err());
        gather(&one, || one.execute_batch("COMMIT")).unwrap();
        gather(&other, || other.execute_batch("INSERT INTO t VALUES (NULL, 1)")).unwrap();
    }
    assert!(noticed > 0);
    let sound: String = other.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    let rows: i64 = other.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!((sound.as_str(), rows), ("ok", 50 * 21));
}
