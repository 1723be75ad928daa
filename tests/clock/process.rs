//! A process whose wall clock is set while it runs, and the outbox that it shares with the test, whose own clock is right.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};
use serde_json::{Value, json};

use crate::receiver;

pub struct Machine {
    folder: tempfile::TempDir,
    /// Looks at the outbox and never delivers.
    pub engine: Engine,
    running: Option<Child>,
    /// How many seconds less the machine has been up than it was.
    younger: i64,
}

impl Machine {
    /// One whose wall clock is `shift` seconds ahead.
    pub fn new(shift: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/clock/shim.c");
        let compiled = Command::new("gcc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", source, "-o"])
            .arg(folder.path().join("shim.so"))
            .status()
            .unwrap();
        assert!(compiled.success());
        let config = Config { delivery: Delivery::Off, ..receiver::config(folder.path()) };
        let machine = Self { engine: Engine::open(config).unwrap(), folder, running: None, younger: 0 };
        machine.set(shift);
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database(&self) -> rusqlite::Connection {
        let file = rusqlite::Connection::open(self.path("outbox.db")).unwrap();
        file.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
        file
    }

    /// Sets the wall clock to be `shift` seconds ahead.
    pub fn set(&self, shift: i64) {
        // In one step, so that nobody reads half a number.
        std::fs::write(self.path("next"), format!("{shift} {}", self.younger)).unwrap();
        std::fs::rename(self.path("next"), self.path("clocks")).unwrap();
    }

    /// As if it had been switched on just now, after another start than the one that is noted.
    pub fn switch_on(&mut self, shift: i64) {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        self.younger = uptime.split_once('.').unwrap().0.parse().unwrap();
        let other = "UPDATE hookbridge_state SET value = value + 1 WHERE name = 'clock_boot'";
        assert_eq!(self.database().execute(other, []).unwrap(), 1);
        self.set(shift);
    }

    /// What is noted of the clocks; 0 where nothing is.
    pub fn noted(&self, name: &str) -> i64 {
        let sql = "SELECT coalesce(max(value), 0) FROM hookbridge_state WHERE name = ?1";
        self.database().query_row(sql, [name], |row| row.get(0)).unwrap()
    }

    fn command(&self, endpoint: &str, role: &str, count: usize) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_producer"));
        command
            .args([path(&self.path("outbox.db")), endpoint, role, "1", &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("LD_PRELOAD", self.path("shim.so"))
            .env("HOOKBRIDGE_SHIM_CLOCKS", self.path("clocks"));
        command
    }

    /// Begins to deliver.
    pub fn start(&mut self) {
        assert!(self.running.is_none());
        self.running = Some(self.command("none", "deliver", 0).spawn().unwrap());
    }

    /// Dies in the middle of whatever it does.
    pub fn stop(&mut self) {
        let mut child = self.running.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Accepts a message by the clock as it is set; its id.
    pub fn send(&self, endpoint: &str) -> String {
        let mut child = self.command(endpoint, "send", 1).spawn().unwrap();
        // It ends early where its stdin does.
        let stdin = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub fn call(&self, operation: &str, request: Value) -> Value {
        receiver::call(&self.engine, operation, request)
    }

    pub fn message(&self, id: &str) -> Value {
        self.call("messages.get", json!({ "message_id": id }))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.stop();
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
