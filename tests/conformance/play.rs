//! Plays one scenario with one language in one mode.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::driver::{Driver, Language};
use crate::pattern::{Names, fill, mismatch, short};
use crate::receiver::Receiver;
use crate::scenario::{Action, Answer, Mode, Scenario, Step};
use crate::sidecar::{API_KEY, Sidecar};
use crate::signature;
use crate::store::{Outbox, Store};

/// How long something that must come about may take.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// How a scenario went.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Passed,
    /// The language or the store has not what the scenario needs.
    DoesNotApply,
    Failed(String),
}

pub struct Play<'a> {
    language: &'a Language,
    scenario: &'a Scenario,
    mode: Mode,
    receiver: Receiver,
    sidecar: Option<Sidecar>,
    driver: Option<Driver>,
    folder: TempDir,
    /// The client's own outbox, where it has one.
    outbox: Option<Outbox<'a>>,
    /// The outbox of the sidecar, where that is another.
    served: Option<Outbox<'a>>,
    /// One more, for a scenario that asks for it by the name `own`.
    _own: Option<Outbox<'a>>,
    /// In a transaction for as long as it is there.
    lock: Option<Connection>,
    names: Names,
    /// How many deliveries were looked at.
    seen: usize,
    /// The language has the classes of the published package.
    has_published_classes: bool,
}

/// Plays `scenario`, with the driver in `spare` where there is one. A driver that can be reset is left there for the next.
pub fn play(
    language: &Language,
    scenario: &Scenario,
    mode: Mode,
    store: &Store,
    sidecar: &Path,
    spare: &mut Option<Driver>,
) -> Verdict {
    if !store.is_file() && !scenario.only_on_a_file.is_empty() {
        return Verdict::DoesNotApply;
    }
    let begun = Play::begin(language, scenario, mode, store, sidecar, spare.take());
    let ended = begun.and_then(|play| play.run(spare));
    match ended {
        Ok(true) => Verdict::Passed,
        Ok(false) => Verdict::DoesNotApply,
        Err(cause) => Verdict::Failed(cause),
    }
}

/// The published packages raise their base class for what a server refuses as malformed or too large.
fn of_published_class(error: &mut Value) {
    let is_refusal = error["status"] == 400 || error["status"] == 413;
    let has_own = error["code"] == "CLOSED";
    if error["class"] == "HookBridgeError" && is_refusal && !has_own {
        error["class"] = json!("ValidationError");
    }
}

impl<'a> Play<'a> {
    fn begin(
        language: &'a Language,
        scenario: &'a Scenario,
        mode: Mode,
        store: &'a Store,
        program: &Path,
        spare: Option<Driver>,
    ) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let receiver = Receiver::start().map_err(|error| error.to_string())?;
        receiver.answer(&scenario.receiver);
        let mut names = Names::new();
        names.insert("receiver".to_owned(), json!(receiver.url));
        names.insert("folder".to_owned(), json!(folder.path()));
        names.insert("api_key".to_owned(), json!(API_KEY));
        let new = |file: &str| store.outbox(folder.path(), file).map(Some);
        let outbox = if mode.has_outbox() { new("outbox.db")? } else { None };
        let served = if mode.serves_another() { new("served.db")? } else { None };
        let own = if scenario.has_another() { new("own.db")? } else { None };
        if let Some(own) = &own {
            names.insert("own".to_owned(), json!(own.setting));
        }
        let sidecar = if mode.has_sidecar() {
            let served = served.as_ref().or(outbox.as_ref()).ok_or("a sidecar without an outbox")?;
            let mut sidecar = Sidecar::new(program, &served.setting, folder.path(), &scenario.sidecar)?;
            sidecar.start()?;
            names.insert("sidecar".to_owned(), json!(sidecar.url()));
            Some(sidecar)
        } else {
            None
        };
        let driver = Some(spare.map_or_else(|| Driver::start(language, folder.path()), Ok)?);
        Ok(Self {
            language,
            scenario,
            mode,
            receiver,
            sidecar,
            driver,
            folder,
            outbox,
            served,
            _own: own,
            lock: None,
            names,
            seen: 0,
            has_published_classes: false,
        })
    }

    /// Where the messages are that the client asks for.
    fn asked(&self) -> Result<&Outbox<'a>, String> {
        self.outbox.as_ref().or(self.served.as_ref()).ok_or_else(|| "there is no outbox".to_owned())
    }

    fn sidecar(&mut self) -> Result<&mut Sidecar, String> {
        self.sidecar.as_mut().ok_or_else(|| "there is no sidecar".to_owned())
    }

    fn run(mut self, spare: &mut Option<Driver>) -> Result<bool, String> {
        let hello = self.tell(json!({"do": "hello"}))?.map_err(|error| short(&error))?;
        let can = |need: &String| hello["can"].as_array().is_some_and(|can| can.contains(&json!(need)));
        let can_reset = can(&"reset".to_owned());
        if !self.scenario.needs.iter().all(can) {
            *spare = self.driver.take().filter(|_| can_reset);
            return Ok(false);
        }
        self.has_published_classes = can(&"published_classes".to_owned());
        for (index, step) in self.scenario.steps.iter().enumerate() {
            self.step(step).map_err(|cause| {
                format!("step {} ({:?} {}): {cause}", index + 1, step.action, step.method)
            })?;
        }
        if can_reset && self.driver.is_some() {
            self.tell(json!({"do": "reset"}))?.map_err(|error| short(&error))?;
            *spare = self.driver.take();
        }
        self.driver.take().map_or(Ok(true), |driver| driver.end().map(|()| true))
    }

    fn tell(&mut self, command: Value) -> Result<Result<Value, Value>, String> {
        let Value::Object(command) = command else { return Err("a command is an object".to_owned()) };
        self.driver.as_mut().ok_or("there is no driver")?.tell(command)
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step.action {
            Action::Answers => {
                let answers = serde_json::from_value::<Vec<Answer>>(fill(&step.receiver, &self.names)?);
                self.receiver.answer(&answers.map_err(|error| error.to_string())?);
                Ok(())
            }
            Action::Repeat => self.repeat(step),
            Action::Sql => self.asked()?.change(&step.sql, &step.postgres),
            Action::Lock => {
                self.lock = Some(self.asked()?.lock()?);
                Ok(())
            }
            Action::Unlock => {
                self.lock = None;
                Ok(())
            }
            Action::Occupy if step.count == 0 => {
                self.sidecar()?.release();
                Ok(())
            }
            Action::Occupy => self.sidecar()?.occupy(),
            Action::Kill => {
                drop(self.driver.take());
                self.driver = Some(Driver::start(self.language, self.folder.path())?);
                Ok(())
            }
            Action::Exit => {
                self.tell(json!({"do": "exit"}))?.map_err(|error| short(&error))?;
                self.restart()
            }
            Action::Restart => self.restart(),
            Action::StopSidecar => {
                self.sidecar()?.stop();
                Ok(())
            }
            Action::KillSidecar => {
                self.sidecar()?.kill();
                Ok(())
            }
            Action::StartSidecar => self.sidecar()?.start(),
            Action::Receive => self.receive(step),
            Action::Until => self.until(step),
            _ if step.again => self.until(step),
            _ => {
                let command = self.command(step)?;
                let reply = self.tell(command)?;
                self.judge(step, reply)
            }
        }
    }

    /// Lets the driver end and starts another in its place.
    fn restart(&mut self) -> Result<(), String> {
        if let Some(driver) = self.driver.take() {
            driver.end()?;
        }
        self.driver = Some(Driver::start(self.language, self.folder.path())?);
        Ok(())
    }

    fn count(&self, step: &Step) -> Result<Option<u64>, String> {
        match fill(&step.count, &self.names)? {
            Value::Null => Ok(None),
            Value::Number(number) if number.is_u64() => Ok(number.as_u64()),
            other => Err(format!("`count` is a number, not {other}")),
        }
    }

    fn repeat(&mut self, step: &Step) -> Result<(), String> {
        let rounds = match step.times {
            Some(times) => vec![Map::new(); times as usize],
            None => step.each.clone(),
        };
        for (round, names) in rounds.into_iter().enumerate() {
            let said = fill(&Value::Object(names), &self.names)?;
            self.names.extend(
                said.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())),
            );
            for step in &step.commands {
                self.step(step).map_err(|cause| {
                    let round = round + 1;
                    format!("round {round} {} ({:?} {}): {cause}", short(&said), step.action, step.method)
                })?;
            }
        }
        Ok(())
    }

    /// A step as the driver's command.
    fn command(&self, step: &Step) -> Result<Value, String> {
        let name = step.action.command().ok_or("a driver has no such command")?;
        let mut command = Map::new();
        command.insert("do".to_owned(), json!(name));
        if step.action == Action::Open {
            command.insert("as".to_owned(), json!(step.on));
            command.insert("options".to_owned(), self.options(step)?);
            return Ok(Value::Object(command));
        }
        if step.action == Action::Fork {
            let commands = step.commands.iter().enumerate().map(|(index, step)| {
                let mut command = self.command(step)?;
                command["id"] = json!(index);
                Ok(command)
            });
            let commands = commands.collect::<Result<Vec<_>, String>>()?;
            command.insert("commands".to_owned(), Value::Array(commands));
            return Ok(Value::Object(command));
        }
        command.insert("on".to_owned(), json!(step.on));
        if !step.method.is_empty() {
            command.insert("method".to_owned(), json!(step.method));
            let args = if step.args.is_null() { json!({}) } else { fill(&step.args, &self.names)? };
            command.insert("args".to_owned(), args);
        }
        let numbers = [("times", step.times), ("threads", step.threads), ("count", self.count(step)?)];
        for (name, number) in numbers {
            if let Some(number) = number {
                command.insert(name.to_owned(), json!(number));
            }
        }
        if step.watch {
            command.insert("watch".to_owned(), json!(true));
        }
        if let Some(timeout) = step.timeout {
            command.insert("timeout".to_owned(), json!(timeout));
        }
        Ok(Value::Object(command))
    }

    /// The mode's settings, overlaid with the scenario's and the step's. A setting that is null is left out.
    fn options(&self, step: &Step) -> Result<Value, String> {
        let database = json!(self.outbox.as_ref().map(|outbox| &outbox.setting));
        let local = json!({"database": database, "allow_local_endpoints": true, "retry_schedule": [0.05]});
        let base = self.sidecar.as_ref().map(Sidecar::url);
        let mut options = match self.mode {
            Mode::Embedded => local,
            Mode::EnqueueOnly => {
                json!({"database": database, "allow_local_endpoints": true, "retry_schedule": [0.05], "delivery": "off"})
            }
            Mode::Http => json!({"api_key": API_KEY, "base_url": base}),
            Mode::Relay => json!({"api_key": API_KEY, "base_url": base, "database": database}),
            Mode::Scripted => json!({"api_key": API_KEY, "base_url": self.receiver.url, "retries": 0}),
        };
        for (name, value) in self.scenario.options.iter().chain(&step.options) {
            options[name] = fill(value, &self.names)?;
        }
        if let Value::Object(options) = &mut options {
            options.retain(|_, value| !value.is_null());
        }
        Ok(options)
    }

    fn judge(&mut self, step: &Step, mut reply: Result<Value, Value>) -> Result<(), String> {
        if self.has_published_classes {
            match &mut reply {
                Err(error) => of_published_class(error),
                // Of many calls, each has its reply.
                Ok(answer) => {
                    let results = answer.get_mut("results").and_then(Value::as_array_mut);
                    let replies = results.into_iter().flatten();
                    replies.filter_map(|reply| reply.get_mut("error")).for_each(of_published_class);
                }
            }
        }
        let answer = match (reply, &step.error) {
            (Ok(answer), None) => answer,
            (Err(error), Some(pattern)) => {
                let pattern = fill(pattern, &self.names)?;
                return mismatch(&pattern, &error).map_or(Ok(()), Err);
            }
            (Ok(answer), Some(_)) => return Err(format!("an error is expected, found {}", short(&answer))),
            (Err(error), None) => return Err(format!("failed: {}", short(&error))),
        };
        if let Some(pattern) = &step.expect
            && let Some(cause) = mismatch(&fill(pattern, &self.names)?, &answer)
        {
            return Err(cause);
        }
        self.save(step, &answer)
    }

    fn save(&mut self, step: &Step, answer: &Value) -> Result<(), String> {
        for (name, pointer) in &step.save {
            let pointer = pointer.as_str().unwrap_or_default();
            let value = answer
                .pointer(pointer)
                .ok_or_else(|| format!("nothing at {pointer} in {}", short(answer)))?;
            self.names.insert(name.clone(), value.clone());
        }
        Ok(())
    }

    fn until(&mut self, step: &Step) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let command = self.command(step)?;
            let reply = self.tell(command)?;
            match self.judge(step, reply) {
                Err(cause) if Instant::now() > deadline => return Err(cause),
                Err(_) => std::thread::sleep(PAUSE),
                Ok(()) => return Ok(()),
            }
        }
    }

    fn receive(&mut self, step: &Step) -> Result<(), String> {
        let count = self.count(step)?.unwrap_or(0) as usize;
        let deadline = Instant::now() + PATIENCE;
        let mut deliveries = self.receiver.deliveries();
        while deliveries.len() < count {
            if Instant::now() > deadline {
                return Err(format!("{} deliveries came of {count}", deliveries.len()));
            }
            std::thread::sleep(PAUSE);
            deliveries = self.receiver.deliveries();
        }
        if deliveries.len() > count {
            return Err(format!("{} deliveries came, and {count} are expected", deliveries.len()));
        }
        let fresh = &deliveries[self.seen..];
        self.seen = deliveries.len();
        let secrets = step.signed_with.iter().map(|name| match fill(&json!(name), &self.names)? {
            Value::String(secret) => Ok(secret),
            other => Err(format!("a secret is a text, not {other}")),
        });
        let secrets = secrets.collect::<Result<Vec<_>, String>>()?;
        if !secrets.is_empty() {
            fresh.iter().try_for_each(|delivery| signature::check(delivery, &secrets))?;
        }
        let fresh = Value::Array(fresh.iter().map(|delivery| delivery.value()).collect());
        if let Some(pattern) = &step.expect {
            let pattern = json!({"$set": fill(pattern, &self.names)?});
            if let Some(cause) = mismatch(&pattern, &fresh) {
                return Err(cause);
            }
        }
        self.save(step, &fresh)
    }
}
