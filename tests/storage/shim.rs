//! A producer under the shim that stands between it and the disk.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The compiled shim.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shim.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/storage/shim.c");
        let compiled = Command::new("gcc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", source, "-ldl", "-o"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(compiled.success());
        (folder, path)
    });
    path
}

/// What a producer has said so far: the ids it was given, and how often it was refused with which code.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub ids: Vec<String>,
    pub refusals: BTreeMap<String, usize>,
}

impl Said {
    pub fn refused(&self) -> usize {
        self.refusals.values().sum()
    }
}

/// A producer that runs until [`Producer::finish`].
pub struct Producer {
    child: Child,
    said: Arc<Mutex<Said>>,
    reader: Option<JoinHandle<()>>,
}

impl Drop for Producer {
    /// A test that failed leaves nothing running.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Producer {
    /// `fault` is the file that names the fault in force, `trace` the one that is to get the records.
    pub fn start(
        database: &Path,
        endpoint: &str,
        role: &str,
        sends: (u32, u32),
        fault: Option<&Path>,
        trace: Option<&Path>,
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_producer"));
        command
            .args([database.to_str().unwrap(), endpoint, role, &sends.0.to_string(), &sends.1.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if fault.is_some() || trace.is_some() {
            command.env("LD_PRELOAD", library()).env("HOOKBRIDGE_SHIM_DATABASE", database);
        }
        if let Some(path) = fault {
            command.env("HOOKBRIDGE_SHIM_FAULT", path);
        }
        if let Some(path) = trace {
            command.env("HOOKBRIDGE_SHIM_TRACE", path);
        }
        let mut child = command.spawn().unwrap();
        let said: Arc<Mutex<Said>> = Arc::default();
        let (lines, kept) = (BufReader::new(child.stdout.take().unwrap()).lines(), said.clone());
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut said = kept.lock().unwrap();
                match line.strip_prefix('!') {
                    Some(refusal) => {
                        let code = refusal.split(':').next().unwrap_or_default();
                        *said.refusals.entry(code.to_owned()).or_default() += 1;
                    }
                    None => said.ids.push(line),
                }
            }
        });
        Self { child, said, reader: Some(reader) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn said(&self) -> Said {
        self.said.lock().unwrap().clone()
    }

    /// Waits until what was said satisfies `holds`.
    pub fn until(&self, what: &str, holds: impl Fn(&Said) -> bool) -> Said {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let said = self.said();
            if holds(&said) {
                return said;
            }
            assert!(
                Instant::now() < deadline,
                "waited in vain for {what}: {} ids, {:?}",
                said.ids.len(),
                said.refusals
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the sending, waits until all is delivered, and returns everything that was said.
    pub fn finish(mut self) -> Said {
        drop(self.child.stdin.take());
        self.wait()
    }

    /// Waits for the end of a producer whose sends are few, with the same answer.
    pub fn wait(mut self) -> Said {
        // Closed only afterwards: that would end the sending.
        let stdin = self.child.stdin.take();
        let status = self.child.wait().unwrap();
        drop(stdin);
        assert!(status.success(), "the producer ended with {status}");
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        let said = self.said.lock().unwrap();
        said.clone()
    }
}
