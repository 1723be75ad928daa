//! A driver's process: a command is a line, and so is its reply.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// The longest that a driver may take for one command.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a language's driver is started.
#[derive(Clone, Debug)]
pub struct Language {
    pub name: String,
    pub command: Vec<String>,
}

impl Language {
    /// `NAME=PROGRAM ARGUMENT …`, separated by spaces.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, command) = text.split_once('=')?;
        let mut command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        // Every driver gets a folder of its own: what is named from here must be found from there.
        for part in &mut command {
            // Not followed to where a link leads: an interpreter's link says which packages it has.
            if Path::new(&*part).exists()
                && let Ok(path) = std::path::absolute(&*part)
            {
                *part = path.to_string_lossy().into_owned();
            }
        }
        (!command.is_empty()).then(|| Self { name: name.to_owned(), command })
    }
}

pub struct Driver {
    child: Child,
    /// None once it was told to end.
    commands: Option<ChildStdin>,
    replies: Receiver<String>,
    next: u64,
}

impl Driver {
    /// Starts a driver in `folder`, which becomes its working folder.
    pub fn start(language: &Language, folder: &Path) -> Result<Self, String> {
        let program = &language.command[0];
        let mut child = Command::new(program)
            .args(&language.command[1..])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let (Some(commands), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a driver without pipes".to_owned());
        };
        let (sender, replies) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, commands: Some(commands), replies, next: 0 })
    }

    /// Sends a command and waits for its reply: `Ok(answer)`, or `Err` with the error object.
    pub fn tell(&mut self, mut command: Map<String, Value>) -> Result<Result<Value, Value>, String> {
        self.next += 1;
        command.insert("id".to_owned(), json!(self.next));
        let line = format!("{}\n", Value::Object(command));
        let commands = self.commands.as_mut().ok_or("the driver was told to end")?;
        commands.write_all(line.as_bytes()).map_err(|error| format!("the driver is gone: {error}"))?;
        let reply = match self.replies.recv_timeout(PATIENCE) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => return Err("the driver does not answer".to_owned()),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().map_err(|error| error.to_string())?;
                return Err(format!("the driver ended: {status}"));
            }
        };
        let mut reply: Value = serde_json::from_str(&reply)
            .map_err(|error| format!("a reply that is no JSON: {error}: {reply}"))?;
        if reply["id"] != json!(self.next) {
            return Err(format!("a reply to another command: {reply}"));
        }
        match (reply["ok"].take(), reply["error"].take()) {
            (_, error @ Value::Object(_)) => Ok(Err(error)),
            (answer, _) => Ok(Ok(answer)),
        }
    }

    /// Lets it end by itself.
    pub fn end(mut self) -> Result<(), String> {
        self.commands = None;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("the driver ended with {status}")),
                None if Instant::now() > deadline => return Err("the driver does not end".to_owned()),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// As SIGKILL: nothing is said to it.
impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
