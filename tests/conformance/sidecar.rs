//! A `hookbridge serve` beside the driver.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The key that every sidecar of the suite is given.
pub const API_KEY: &str = "hb_test_conformance000000000000000000000";

/// The longest that it may take to listen, or to answer.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Sidecar {
    program: PathBuf,
    /// Its setting `database`.
    database: String,
    /// Its working folder.
    folder: PathBuf,
    /// The same before and after a restart.
    port: u16,
    /// Flags beyond the suite's own.
    flags: Vec<String>,
    /// Requests that are never finished.
    held: Vec<TcpStream>,
    child: Option<Child>,
    /// Whether it has ever listened: then its port stays.
    has_listened: bool,
}

/// How often another port is tried, since another process may take one between the look for it and its use.
const PORTS_TRIED: usize = 5;

fn free_port() -> Result<u16, String> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    free.map(|address| address.port()).map_err(|error| format!("no port: {error}"))
}

impl Sidecar {
    pub fn new(program: &Path, database: &str, folder: &Path, flags: &[String]) -> Result<Self, String> {
        let port = free_port()?;
        Ok(Self {
            program: program.to_owned(),
            database: database.to_owned(),
            folder: folder.to_owned(),
            port,
            flags: flags.to_vec(),
            held: Vec::new(),
            child: None,
            has_listened: false,
        })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) -> Result<(), String> {
        for _ in 0..PORTS_TRIED {
            if self.try_to_start()? {
                self.has_listened = true;
                return Ok(());
            }
            if self.has_listened {
                break;
            }
            self.kill();
            self.port = free_port()?;
        }
        Err("the sidecar ended before it listened".to_owned())
    }

    /// False where it ended before it listened.
    fn try_to_start(&mut self) -> Result<bool, String> {
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
            .args(&self.flags)
            .current_dir(&self.folder)
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
        match heard.recv_timeout(PATIENCE) {
            Ok(()) => Ok(true),
            Err(RecvTimeoutError::Disconnected) => Ok(false),
            Err(RecvTimeoutError::Timeout) => Err("the sidecar does not listen".to_owned()),
        }
    }

    /// Takes one of its places: a request whose body never comes.
    pub fn occupy(&mut self) -> Result<(), String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))
            .map_err(|error| format!("no connection: {error}"))?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
        // It says that it goes on once it has a place for the request and waits for the body.
        let head = format!(
            "POST /v1/endpoints HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {API_KEY}\r\n\
             content-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n"
        );
        let mut answer = String::new();
        stream.write_all(head.as_bytes()).map_err(|error| error.to_string())?;
        BufReader::new(&stream).read_line(&mut answer).map_err(|error| error.to_string())?;
        if !answer.contains(" 100 ") {
            return Err(format!("no place is free: {}", answer.trim_end()));
        }
        self.held.push(stream);
        Ok(())
    }

    /// Gives the places back.
    pub fn release(&mut self) {
        self.held.clear();
    }

    /// Kills it: nothing is said to it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
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
        self.kill();
    }
}
