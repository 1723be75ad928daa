//! A `hookbridge serve` beside the driver.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The key that every sidecar of the suite is given.
pub const API_KEY: &str = "hb_test_conformance000000000000000000000";

pub struct Sidecar {
    program: PathBuf,
    database: PathBuf,
    /// The same before and after a restart.
    port: u16,
    child: Option<Child>,
}

impl Sidecar {
    pub fn new(program: &Path, database: &Path) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| format!("no port: {error}"))?.port();
        Ok(Self { program: program.to_owned(), database: database.to_owned(), port, child: None })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) -> Result<(), String> {
        let mut child = Command::new(&self.program)
            .args([
                "serve",
                "--allow-local-endpoints",
                "--retry-schedule",
                "[0.05]",
                "--shutdown-timeout",
                "5",
            ])
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--api-key", API_KEY])
            .arg("--database")
            .arg(&self.database)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        let errors = child.stderr.take().ok_or("a sidecar without stderr")?;
        self.child = Some(child);
        let (listening, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // Read to its end, so that the sidecar never waits to write.
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                if line.contains("listening") {
                    let _ = listening.send(());
                }
            }
        });
        heard.recv_timeout(Duration::from_secs(30)).map_err(|_| "the sidecar does not listen".to_owned())
    }

    /// Stops it and waits for its end.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Ok(pid) = i32::try_from(child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ = child.wait();
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
