//! `hookbridge serve` as a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use super::client::{Answer, exchange};
use super::receiver::eventually;

pub const KEY: &str = "hb_test_0123456789abcdefghijklmnopqrstuv";

/// The command, without the variables of whoever runs the tests.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookbridge"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HOOKBRIDGE_")) {
        command.env_remove(name);
    }
    for name in ["NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub log: Arc<Mutex<Vec<String>>>,
    pub folder: Arc<TempDir>,
}

impl Server {
    pub fn start(more: &[&str]) -> Self {
        Self::start_in(Arc::new(TempDir::new().unwrap()), more)
    }

    pub fn start_in(folder: Arc<TempDir>, more: &[&str]) -> Self {
        let mut command = command();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--allow-local-endpoints"])
            .args(["--durability", "normal", "--api-key", KEY])
            .arg("--database")
            .arg(folder.path().join("outbox.db"))
            .args(more);
        Self::run(folder, command)
    }

    pub fn run(folder: Arc<TempDir>, mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        let mut address = None;
        eventually("the server to listen", || {
            address = log.lock().unwrap().iter().find_map(|line| listening_at(line));
            assert!(address.is_some() || child.try_wait().unwrap().is_none(), "{:?}", log.lock().unwrap());
            address.is_some()
        });
        Self { child, address: address.unwrap(), log, folder }
    }

    /// A request as most clients make it.
    pub fn request(&self, method: &str, path: &str, body: &str) -> Answer {
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut answers = exchange(self.address, text.as_bytes());
        assert_eq!(answers.len(), 1, "{method} {path}");
        answers.remove(0)
    }

    pub fn create_endpoint(&self, url: &str) -> Value {
        let answer = self.request("POST", "/v1/endpoints", &format!(r#"{{"url":"{url}"}}"#));
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["data"].clone()
    }

    /// Sends `payload` as it stands and returns the id.
    pub fn send(&self, endpoint: &str, payload: &str) -> String {
        let body = format!(r#"{{"endpoint_id":"{endpoint}","payload":{payload}}}"#);
        let answer = self.request("POST", "/v1/webhooks/send", &body);
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["data"]["message_id"].as_str().unwrap().to_owned()
    }

    pub fn wait_for_status(&self, message: &str, status: &str) {
        eventually(&format!("{message} to be {status}"), || {
            self.request("GET", &format!("/v1/messages/{message}"), "").json()["data"]["status"] == status
        });
    }

    pub fn logged(&self, message: &str) -> bool {
        self.log.lock().unwrap().iter().any(|line| line.contains(message))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    pub fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the server to end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the line that says where the server listens, in either format.
fn listening_at(line: &str) -> Option<SocketAddr> {
    if let Some((_, rest)) = line.split_once("listening address=") {
        return rest.split(' ').next()?.parse().ok();
    }
    let line: Value = serde_json::from_str(line).ok()?;
    (line["message"] == "listening").then(|| line["address"].as_str()?.parse().ok())?
}

/// Runs the command to its end: whether it succeeded, and what it said.
pub fn refused(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = command()
        .args(["serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(folder.join("outbox.db"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
