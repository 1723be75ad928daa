//! What a scenario is: data, read from `scenarios/*.json`.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// How the client under test reaches the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The client's own file, delivered by the client.
    Embedded,
    /// The client's file, delivered by a sidecar.
    EnqueueOnly,
    /// A sidecar's API.
    Http,
    /// The client's file, forwarded to a sidecar.
    Relay,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Embedded => "embedded",
            Mode::EnqueueOnly => "enqueue-only",
            Mode::Http => "http",
            Mode::Relay => "relay",
        }
    }

    pub fn has_sidecar(self) -> bool {
        self != Mode::Embedded
    }
}

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    /// Each is a run of its own.
    #[serde(default = "embedded")]
    pub modes: Vec<Mode>,
    /// What the language must have, of what its driver says in `can`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Settings beyond those of the mode.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// How the receiver answers, one entry a request; the last one goes on.
    #[serde(default)]
    pub receiver: Vec<Answer>,
    pub steps: Vec<Step>,
}

fn embedded() -> Vec<Mode> {
    vec![Mode::Embedded]
}

/// An answer of the receiver.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub status: u16,
    #[serde(default)]
    pub headers: Map<String, Value>,
    #[serde(default)]
    pub body: String,
    /// Milliseconds before the answer.
    #[serde(default)]
    pub delay_ms: u64,
    /// Closes the connection instead of answering.
    #[serde(default)]
    pub hang_up: bool,
}

/// A step: what is done, what is expected of it, what is remembered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(rename = "do")]
    pub action: Action,
    /// The driver's client, or the name that a new one gets.
    #[serde(default = "first")]
    pub on: String,
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub args: Value,
    #[serde(default)]
    pub options: Map<String, Value>,
    #[serde(default)]
    pub times: Option<u64>,
    #[serde(default)]
    pub threads: Option<u64>,
    #[serde(default)]
    pub count: Option<u64>,
    #[serde(default)]
    pub timeout: Option<f64>,
    /// For `fork`: what the child does. For `receive`: nothing.
    #[serde(default)]
    pub commands: Vec<Step>,
    /// For `answers`: how the receiver answers from now on.
    #[serde(default)]
    pub receiver: Vec<Answer>,
    /// The secrets that each delivery must be signed with, for `receive`.
    #[serde(default)]
    pub signed_with: Vec<String>,
    /// What the answer looks like. See `pattern.rs`.
    pub expect: Option<Value>,
    /// What the error looks like; without it an error fails the scenario.
    pub error: Option<Value>,
    /// Names for parts of the answer, by JSON pointer.
    #[serde(default)]
    pub save: Map<String, Value>,
}

fn first() -> String {
    "a".to_owned()
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    // The driver's commands.
    Open,
    Call,
    Many,
    Async,
    Events,
    Flush,
    Close,
    Fork,
    // The runner's own.
    /// Calls until the answer is as expected, for at most half a minute.
    Until,
    /// Waits for `count` deliveries in all, compares those that came since the last `receive`, in any order.
    Receive,
    /// The receiver answers otherwise from now on.
    Answers,
    /// Kills the driver and starts another, in the same folder.
    Kill,
    /// Lets the driver end by itself and starts another.
    Restart,
    /// Stops the sidecar.
    StopSidecar,
    /// Starts the sidecar.
    StartSidecar,
}

impl Action {
    /// The name of a driver's command.
    pub fn command(self) -> Option<&'static str> {
        Some(match self {
            Action::Open => "open",
            Action::Call | Action::Until => "call",
            Action::Many => "many",
            Action::Async => "async",
            Action::Events => "events",
            Action::Flush => "flush",
            Action::Close => "close",
            Action::Fork => "fork",
            _ => return None,
        })
    }
}

/// Every scenario of the folder, in the order of the files' names.
pub fn all(folder: &Path) -> Result<Vec<Scenario>, String> {
    let listed = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = listed.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut scenarios = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let found: Vec<Scenario> =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        scenarios.extend(found);
    }
    Ok(scenarios)
}
