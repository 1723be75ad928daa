//! The command, and a sidecar of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub const KEY: &str = "hb_test_sqliteoutbox00000000000000000000";

/// The command that `HOOKBRIDGE_COMMAND` names, or else one that is built now.
pub fn command() -> PathBuf {
    if let Some(built) = std::env::var_os("HOOKBRIDGE_COMMAND") {
        return built.into();
    }
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "hookbridge-sidecar"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success());
    Path::new(env!("CARGO_BIN_EXE_producer")).with_file_name("hookbridge")
}

pub struct Sidecar {
    child: Child,
    address: String,
}

impl Sidecar {
    /// Starts one that takes over from `file`.
    pub fn start(program: &Path, database: &Path, file: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--api-key", KEY, "--allow-local-endpoints"])
            .args(["--retry-schedule", "[0.05]", "--max-attempts", "100", "--database"])
            .arg(database)
            .arg("--sqlite-outbox")
            .arg(file)
            .args(more)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the sidecar ended");
        }
        let address = line.split("127.0.0.1:").nth(1).unwrap();
        let port: String = address.chars().take_while(char::is_ascii_digit).collect();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address: format!("127.0.0.1:{port}") }
    }

    /// The text of a path that needs no key.
    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Sidecar {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
