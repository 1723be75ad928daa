//! A clean close leaves one file, whatever else the host's process does meanwhile.

mod receiver;

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A child has copies of every descriptor until it becomes another program, and the locks with them.
#[test]
fn a_child_that_starts_during_a_close_keeps_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let starting = {
        let over = over.clone();
        std::thread::spawn(move || {
            let mut started = 0;
            while !over.load(Ordering::Relaxed) {
                let mut program = Command::new("true");
                // SAFETY: a sleep is allowed between `fork` and `exec`. It makes that time long.
                unsafe {
                    program.pre_exec(|| {
                        std::thread::sleep(Duration::from_millis(2));
                        Ok(())
                    })
                };
                assert!(program.status().unwrap().success());
                started += 1;
            }
            started
        })
    };
    for _ in 0..100 {
        let engine = receiver::engine(folder.path());
        receiver::endpoint(&engine, "http://127.0.0.1:9/");
        assert!(engine.close(Duration::from_secs(10)).unwrap());
        drop(engine);
        assert!(!folder.path().join("outbox.db-wal").exists(), "the log was not folded into the file");
    }
    over.store(true, Ordering::Relaxed);
    assert!(starting.join().unwrap() > 0);
}
