//! A process that makes attempts, with names that resolve as a test says.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::compile;

pub struct Attempting {
    process: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Value>,
    names: PathBuf,
}

impl Attempting {
    /// Timeouts in milliseconds, for a connection and for a request.
    pub fn start(folder: &Path, names: &str, timeouts: (u32, u32)) -> Self {
        let (library, file) = (compile(folder), folder.join("names"));
        std::fs::write(&file, names).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_attempts"))
            .args([timeouts.0.to_string(), timeouts.1.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("LD_PRELOAD", library)
            .env("HOOKBRIDGE_SHIM_NAMES", &file)
            .env("HOOKBRIDGE_SHIM_SOCKETS", file.with_extension("sockets"))
            // The only authorities that it trusts, where a test writes them.
            .env("SSL_CERT_FILE", folder.join("authorities.pem"))
            .env_remove("SSL_CERT_DIR")
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { stdin: process.stdin.take(), process, lines, names: file }
    }

    /// Begins an attempt to each.
    pub fn begin<'a>(&mut self, urls: impl IntoIterator<Item = &'a str>) {
        let line: Vec<&str> = urls.into_iter().collect();
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{}", line.join(" ")).unwrap();
        stdin.flush().unwrap();
    }

    /// The next that ends.
    pub fn next(&self) -> Value {
        self.lines.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// The next `count` that end.
    pub fn ended(&self, count: usize) -> VecDeque<Value> {
        (0..count).map(|_| self.next()).collect()
    }

    /// The one and only.
    pub fn once(&mut self, url: &str) -> Value {
        self.begin([url]);
        self.next()
    }

    pub fn rename(&self, names: &str) {
        let new = self.names.with_extension("new");
        std::fs::write(&new, names).unwrap();
        std::fs::rename(new, &self.names).unwrap();
    }

    /// What calls on sockets that are connected to a port fail with from now on, or that none does any more.
    pub fn refuse(&self, refused: Option<(u16, &str, &str)>) {
        let path = self.names.with_extension("sockets");
        match refused {
            Some((port, code, calls)) => std::fs::write(path, format!("{port} {code} {calls}\n")).unwrap(),
            None => std::fs::remove_file(path).unwrap(),
        }
    }

    /// How often the resolver was asked for a name.
    pub fn asked(&self, name: &str) -> usize {
        let asked = std::fs::read_to_string(self.names.with_extension("asked")).unwrap_or_default();
        asked.lines().filter(|line| *line == name).count()
    }

    /// How many threads look names up or wait to.
    pub fn lookup_threads(&self) -> usize {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id())).unwrap();
        let name = |task: PathBuf| std::fs::read_to_string(task.join("comm")).unwrap_or_default();
        tasks.flatten().filter(|task| name(task.path()).starts_with("hookbridge-name")).count()
    }

    pub fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !condition(self) {
            assert!(Instant::now() < deadline, "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Leaves it as many free descriptors.
    pub fn leave_descriptors(&self, free: Option<usize>) {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.process.id())).unwrap().flatten();
        let open: Vec<u32> = open.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        // What is limited is the number of the next one: there may be gaps below those that are open.
        let mut unused = (0..1024).filter(|number| !open.contains(number));
        let soft = free.map_or(1024, |free| unused.nth(free).unwrap());
        let status = Command::new("prlimit")
            .args(["--pid", &self.process.id().to_string(), &format!("--nofile={soft}:")])
            .status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Attempting {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
