//! What a scenario is: data, read from `scenarios/*.json`.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

/// How the client under test reaches the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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
    /// A server whose answers the scenario writes itself: the receiver is the API.
    Scripted,
}

impl Mode {
    pub const ALL: [Mode; 5] = [Mode::Embedded, Mode::EnqueueOnly, Mode::Http, Mode::Relay, Mode::Scripted];

    pub fn name(self) -> &'static str {
        match self {
            Mode::Embedded => "embedded",
            Mode::EnqueueOnly => "enqueue-only",
            Mode::Http => "http",
            Mode::Relay => "relay",
            Mode::Scripted => "scripted",
        }
    }

    pub fn has_sidecar(self) -> bool {
        !matches!(self, Mode::Embedded | Mode::Scripted)
    }

    /// Whether the client has an outbox of its own.
    pub fn has_outbox(self) -> bool {
        !matches!(self, Mode::Http | Mode::Scripted)
    }

    /// Whether the sidecar has an outbox that is not the client's.
    pub fn serves_another(self) -> bool {
        matches!(self, Mode::Http | Mode::Relay)
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
    /// Why it is not played where the outbox is in a database.
    #[serde(default)]
    pub only_on_a_file: String,
    /// What the language must have, of what its driver says in `can`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Settings beyond those of the mode.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// Flags of the sidecar beyond those that every one is given.
    #[serde(default)]
    pub sidecar: Vec<String>,
    /// How the receiver answers, one entry a request; the last one goes on.
    #[serde(default)]
    pub receiver: Vec<Answer>,
    pub steps: Vec<Step>,
}

impl Scenario {
    /// Whether it asks for one more outbox.
    pub fn has_another(&self) -> bool {
        self.steps.iter().any(|step| step.options.values().any(|value| value == "$own"))
    }
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
    /// The body as a value, in place of `body`.
    pub json: Option<Value>,
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
    /// A number, or the name of one.
    #[serde(default)]
    pub count: Value,
    #[serde(default)]
    pub timeout: Option<f64>,
    /// For `events`: of the outbox, whichever process does it.
    #[serde(default)]
    pub watch: bool,
    /// For `fork`: what the child does. For `repeat`: what is done again and again.
    #[serde(default)]
    pub commands: Vec<Step>,
    /// For `repeat`: a round for each, with its fields as names.
    #[serde(default)]
    pub each: Vec<Map<String, Value>>,
    /// For `answers`: how the receiver answers from now on, a list of `Answer` with names in it.
    #[serde(default)]
    pub receiver: Value,
    /// Does it again until the answer is as expected, as `until` does with a call.
    #[serde(default)]
    pub again: bool,
    /// For `sql`: the change of rows that is made from outside, in the file of the client or its sidecar.
    #[serde(default)]
    pub sql: String,
    /// The same for an outbox in a PostgreSQL database.
    #[serde(default)]
    pub postgres: String,
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
    /// A page, by the language's own iteration, length and index.
    Page,
    /// The items of all pages, by the language's own iterator over them.
    Walk,
    // The runner's own.
    /// Calls until the answer is as expected, for at most half a minute.
    Until,
    /// Waits for `count` deliveries in all, compares those that came since the last `receive`, in any order.
    Receive,
    /// The receiver answers otherwise from now on.
    Answers,
    /// Carries out `commands` as often as `times` says, or once for each of `each`.
    Repeat,
    /// Changes the outbox behind the engine's back: what only time or another version does to it otherwise.
    Sql,
    /// Holds the outbox's lock for writing, as a program does that is in a transaction of its own.
    Lock,
    /// Gives it back.
    Unlock,
    /// Takes one of the sidecar's places with a request that is never finished; with `count` 0 gives all back.
    Occupy,
    /// Kills the driver and starts another, in the same folder.
    Kill,
    /// Lets the driver end by itself, without what a normal exit does, and starts another.
    Restart,
    /// Has the driver end as a program does at its end, which closes nothing, and starts another.
    Exit,
    /// Stops the sidecar.
    StopSidecar,
    /// Kills the sidecar.
    KillSidecar,
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
            Action::Page => "page",
            Action::Walk => "walk",
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
