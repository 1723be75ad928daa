//! What the scenarios must hold between them, so that the suite stays complete: every operation, in every
//! way to run; every code, as a server says it and as the engine itself comes to it; every setting; every mode.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hookbridge_core::ErrorCode;
use hookbridge_core::config;
use hookbridge_core::operations;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::scenario::{Action, Mode, Scenario, Step};

/// A method's row in `operations.json`.
#[derive(Deserialize)]
struct Row {
    method: String,
    operation: String,
}

/// Codes that no scenario can bring about by using the engine, with the reason.
type Unprovoked = BTreeMap<String, String>;

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// What is missing from `scenarios`, a sentence each. `folder` has `operations.json` and `unprovoked.json`.
pub fn gaps(folder: &Path, scenarios: &[Scenario]) -> Result<Vec<String>, String> {
    let rows: Vec<Row> = read(&folder.join("operations.json"))?;
    let unprovoked: Unprovoked = read(&folder.join("unprovoked.json"))?;
    let mut gaps = Vec::new();
    methods(&rows, scenarios, &mut gaps);
    codes(&unprovoked, scenarios, &mut gaps);
    settings(scenarios, &mut gaps);
    for mode in Mode::ALL {
        if !scenarios.iter().any(|scenario| scenario.modes.contains(&mode)) {
            gaps.push(format!("no scenario is played in the mode {}", mode.name()));
        }
    }
    let mut names = BTreeSet::new();
    for scenario in scenarios {
        if !names.insert(&scenario.name) {
            gaps.push(format!("two scenarios are called `{}`", scenario.name));
        }
    }
    Ok(gaps)
}

/// Every step, also those that are inside others.
fn steps(scenario: &Scenario) -> Vec<&Step> {
    let mut found: Vec<&Step> = Vec::new();
    let mut left: Vec<&Step> = scenario.steps.iter().collect();
    while let Some(step) = left.pop() {
        found.push(step);
        left.extend(&step.commands);
    }
    found
}

fn methods(rows: &[Row], scenarios: &[Scenario], gaps: &mut Vec<String>) {
    for operation in operations::names() {
        if !rows.iter().any(|row| row.operation == operation) {
            gaps.push(format!("`operations.json` has no method for {operation}"));
        }
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.method.as_str()).collect();
    let mut played: BTreeSet<(Mode, &str)> = BTreeSet::new();
    for scenario in scenarios {
        for step in steps(scenario) {
            let listed = step.method.strip_prefix("iter_").filter(|_| step.action == Action::Walk);
            let is_known = match listed {
                Some(listed) => {
                    known.contains(format!("get_{listed}").as_str())
                        || known.contains(format!("list_{listed}").as_str())
                }
                None => known.contains(step.method.as_str()),
            };
            if !step.method.is_empty() && !is_known {
                gaps.push(format!("{}: there is no method `{}`", scenario.name, step.method));
            }
            // A refusal says little about what the operation does.
            let succeeds = step.error.is_none()
                && matches!(step.action, Action::Call | Action::Until | Action::Many | Action::Async);
            if succeeds {
                played.extend(scenario.modes.iter().map(|mode| (*mode, step.method.as_str())));
            }
        }
    }
    for method in known {
        for mode in [Mode::Embedded, Mode::EnqueueOnly, Mode::Http, Mode::Relay] {
            if !played.contains(&(mode, method)) {
                gaps.push(format!("no scenario has `{method}` succeed in the mode {}", mode.name()));
            }
        }
    }
}

/// Whether a client is opened with a setting.
fn opens_with(scenario: &Scenario, setting: &str) -> bool {
    scenario.options.contains_key(setting)
        || steps(scenario)
            .iter()
            .any(|step| step.action == Action::Open && step.options.contains_key(setting))
}

fn settings(scenarios: &[Scenario], gaps: &mut Vec<String>) {
    for setting in config::keys().filter(|setting| !scenarios.iter().any(|one| opens_with(one, setting))) {
        gaps.push(format!("no scenario opens a client with `{setting}`"));
    }
}

fn codes(unprovoked: &Unprovoked, scenarios: &[Scenario], gaps: &mut Vec<String>) {
    let (mut said, mut provoked) = (BTreeSet::new(), BTreeSet::new());
    for scenario in scenarios {
        let found = if scenario.modes == [Mode::Scripted] { &mut said } else { &mut provoked };
        expected_codes(&scenario.steps, &[], found);
    }
    for code in ErrorCode::ALL {
        let name = code.name();
        if !said.contains(name) {
            gaps.push(format!("no scripted scenario has a server answer {name}"));
        }
        match (provoked.contains(name), unprovoked.get(name)) {
            (false, None) => {
                gaps.push(format!("no scenario provokes {name}, and `unprovoked.json` does not say why"))
            }
            (true, Some(_)) => gaps.push(format!("a scenario provokes {name}: `unprovoked.json` is wrong")),
            (false, Some(why)) if why.trim().is_empty() => {
                gaps.push(format!("`unprovoked.json` gives no reason for {name}"))
            }
            _ => {}
        }
    }
    for name in unprovoked.keys().filter(|name| ErrorCode::from_name(name).is_none()) {
        gaps.push(format!("`unprovoked.json` names {name}, which is no code"));
    }
}

/// The codes that the steps expect. `rounds` are the names that a `repeat` gives them.
fn expected_codes(steps: &[Step], rounds: &[serde_json::Map<String, Value>], found: &mut BTreeSet<String>) {
    for step in steps {
        for pattern in [&step.error, &step.expect].into_iter().flatten() {
            codes_within(pattern, rounds, found);
        }
        let rounds = if step.action == Action::Repeat { &step.each } else { rounds };
        expected_codes(&step.commands, rounds, found);
    }
}

fn codes_within(pattern: &Value, rounds: &[serde_json::Map<String, Value>], found: &mut BTreeSet<String>) {
    match pattern {
        Value::Object(fields) => {
            if let Some(Value::String(code)) = fields.get("code") {
                match code.strip_prefix('$') {
                    Some(name) => found.extend(
                        rounds.iter().filter_map(|round| round.get(name)?.as_str()).map(str::to_owned),
                    ),
                    None => drop(found.insert(code.clone())),
                }
            }
            // What must not be there is not provoked.
            let wanted = fields.iter().filter(|(name, _)| *name != "$not");
            wanted.for_each(|(_, value)| codes_within(value, rounds, found));
        }
        Value::Array(items) => items.iter().for_each(|item| codes_within(item, rounds, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{folder, scenario};

    fn scenarios() -> Vec<Scenario> {
        scenario::all(&folder().join("scenarios")).unwrap()
    }

    #[test]
    fn nothing_is_missing() {
        assert_eq!(gaps(&folder(), &scenarios()).unwrap(), Vec::<String>::new());
    }

    /// Takes every scenario away in turn of which `belongs` says that it has what is looked for.
    fn without(belongs: impl Fn(&Scenario) -> bool) -> Vec<String> {
        let left: Vec<Scenario> = scenarios().into_iter().filter(|scenario| !belongs(scenario)).collect();
        gaps(&folder(), &left).unwrap()
    }

    #[test]
    fn a_missing_code_is_named() {
        for code in ErrorCode::ALL {
            let has = |scenario: &Scenario| {
                let mut found = BTreeSet::new();
                expected_codes(&scenario.steps, &[], &mut found);
                found.contains(code.name())
            };
            let gaps = without(has);
            assert!(gaps.iter().any(|gap| gap.contains(code.name())), "{}: {gaps:?}", code.name());
        }
    }

    #[test]
    fn a_missing_setting_is_named() {
        for setting in config::keys() {
            let gaps = without(|scenario| opens_with(scenario, setting));
            let named = format!("`{setting}`");
            assert!(gaps.iter().any(|gap| gap.contains(&named)), "{named}: {gaps:?}");
        }
    }

    #[test]
    fn a_missing_operation_and_a_missing_mode_are_named() {
        let rows: Vec<Row> = read(&folder().join("operations.json")).unwrap();
        for row in rows {
            let gaps = without(|scenario| steps(scenario).iter().any(|step| step.method == row.method));
            let named = format!("`{}`", row.method);
            assert!(gaps.iter().any(|gap| gap.contains(&named)), "{named}: {gaps:?}");
        }
        for mode in Mode::ALL {
            let gaps = without(|scenario| scenario.modes.contains(&mode));
            assert!(gaps.iter().any(|gap| gap.ends_with(mode.name())), "{}: {gaps:?}", mode.name());
        }
    }
}
