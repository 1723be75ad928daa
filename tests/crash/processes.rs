//! Processes that send and deliver, and how they are halted and killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

pub type Ids = Arc<Mutex<BTreeSet<String>>>;

pub struct Running {
    child: Child,
    reader: JoinHandle<()>,
}

/// Starts a producer whose returned ids are gathered in `accepted`.
pub fn start(database: &Path, endpoint: &str, role: &str, threads: u32, accepted: &Ids) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_producer"))
        .args([database.to_str().unwrap(), endpoint, role, &threads.to_string(), "1000000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    let accepted = accepted.clone();
    let reader = std::thread::spawn(move || {
        for line in lines.split(b'\n') {
            let line = String::from_utf8(line.unwrap()).unwrap();
            assert!(!line.starts_with('!'), "a send was refused: {line}");
            // A last line that the kill cut short is no id.
            if line.len() == 36 {
                accepted.lock().unwrap().insert(line);
            }
        }
    });
    Running { child, reader }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap())
    }

    /// Returns when every thread has stopped.
    pub fn halt(&self) {
        kill(self.pid(), Signal::SIGSTOP).unwrap();
        let status = waitpid(self.pid(), Some(WaitPidFlag::WUNTRACED)).unwrap();
        assert!(matches!(status, WaitStatus::Stopped(..)), "{status:?}");
    }

    pub fn go_on(&self) {
        kill(self.pid(), Signal::SIGCONT).unwrap();
    }

    /// SIGKILL. Everything that it said was read when this returns.
    pub fn kill(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "a process ended by itself");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.join().unwrap();
    }
}
