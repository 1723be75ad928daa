//! One suite for every language: plays the scenarios with each language's driver and prints a table of verdicts.
//! `conformance --driver NAME=COMMAND …`; see `README.md` beside this file.

mod coverage;
mod driver;
mod pattern;
mod play;
mod receiver;
mod scenario;
#[expect(dead_code, reason = "others start it anew")]
#[path = "../cluster/server.rs"]
mod server;
mod sidecar;
mod signature;
mod store;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use driver::{Driver, Language};
use play::{Verdict, play};
use scenario::{Mode, Scenario};
use store::Store;

/// Runs at once: most of a run is waiting.
const AT_ONCE: usize = 6;

/// Where the scenarios and the tables are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

struct Asked {
    languages: Vec<Language>,
    sidecar: PathBuf,
    store: String,
    only: String,
}

fn asked() -> Result<Asked, String> {
    let beside = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name("hookbridge");
    let (languages, store, only) = (Vec::new(), "file".to_owned(), String::new());
    let mut asked = Asked { languages, sidecar: beside, store, only };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} lacks its value"))?;
        match argument.as_str() {
            "--driver" => {
                asked.languages.push(Language::parse(&value).ok_or("--driver is NAME=COMMAND")?);
            }
            "--sidecar" => asked.sidecar = value.into(),
            "--store" => asked.store = value,
            "--only" => asked.only = value,
            unknown => {
                return Err(format!(
                    "there is no {unknown}; there are --driver, --sidecar, --store and --only"
                ));
            }
        }
    }
    if asked.languages.is_empty() {
        return Err("no --driver was given".to_owned());
    }
    asked.sidecar =
        asked.sidecar.canonicalize().map_err(|error| format!("{}: {error}", asked.sidecar.display()))?;
    Ok(asked)
}

fn main() -> ExitCode {
    let read = scenario::all(&folder().join("scenarios")).and_then(|scenarios| {
        let gaps = coverage::gaps(&folder(), &scenarios)?;
        Ok((asked()?, scenarios, gaps))
    });
    let (asked, mut scenarios, gaps) = match read {
        Ok(read) => read,
        Err(cause) => {
            eprintln!("conformance: {cause}");
            return ExitCode::from(2);
        }
    };
    for gap in &gaps {
        eprintln!("conformance: {gap}");
    }
    if !gaps.is_empty() {
        return ExitCode::from(2);
    }
    scenarios.retain(|scenario| scenario.name.contains(&asked.only));
    let rows: Vec<(&Scenario, Mode)> = scenarios
        .iter()
        .flat_map(|scenario| scenario.modes.iter().map(move |mode| (scenario, *mode)))
        .collect();
    let store = match Store::named(&asked.store) {
        Ok(store) => store,
        Err(cause) => {
            eprintln!("conformance: {cause}");
            return ExitCode::from(2);
        }
    };
    let verdicts = verdicts(&asked, &store, &rows);
    let code = print_table(&asked.languages, &rows, &verdicts);
    if !store.is_file() {
        for scenario in scenarios.iter().filter(|scenario| !scenario.only_on_a_file.is_empty()) {
            println!("only on a file: {}: {}", scenario.name, scenario.only_on_a_file);
        }
    }
    code
}

/// A verdict for each row and language, row by row.
fn verdicts(asked: &Asked, store: &Store, rows: &[(&Scenario, Mode)]) -> Vec<Verdict> {
    let count = rows.len() * asked.languages.len();
    let verdicts = Mutex::new(vec![Verdict::DoesNotApply; count]);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut spare: Vec<Option<Driver>> = asked.languages.iter().map(|_| None).collect();
                let mut last = vec![0; asked.languages.len()];
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let spare = &mut spare[index % asked.languages.len()];
                    last[index % asked.languages.len()] = index;
                    let (scenario, mode) = rows[index / asked.languages.len()];
                    let language = &asked.languages[index % asked.languages.len()];
                    let verdict = play(language, scenario, mode, store, &asked.sidecar, spare);
                    if let Ok(mut verdicts) = verdicts.lock() {
                        verdicts[index] = verdict;
                    }
                }
                // A driver that played several scenarios must end as well as one that played one.
                for (driver, index) in spare.into_iter().zip(last) {
                    let ended = driver.map_or(Ok(()), Driver::end);
                    if let (Err(cause), Ok(mut verdicts)) = (ended, verdicts.lock()) {
                        verdicts[index] = Verdict::Failed(cause);
                    }
                }
            });
        }
    });
    verdicts.into_inner().unwrap_or_default()
}

fn print_table(languages: &[Language], rows: &[(&Scenario, Mode)], verdicts: &[Verdict]) -> ExitCode {
    let title = |(scenario, mode): &(&Scenario, Mode)| format!("{} ({})", scenario.name, mode.name());
    let width = rows.iter().map(|row| title(row).chars().count()).max().unwrap_or(0);
    let heads: Vec<String> = languages.iter().map(|language| format!("{:>7}", language.name)).collect();
    println!("{:width$} {}", "", heads.join(" "));
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (row, verdicts) in rows.iter().zip(verdicts.chunks(languages.len())) {
        let cells: Vec<String> = verdicts
            .iter()
            .zip(&heads)
            .map(|(verdict, head)| {
                let (count, text) = match verdict {
                    Verdict::Passed => (&mut passed, "ok"),
                    Verdict::DoesNotApply => (&mut skipped, "-"),
                    Verdict::Failed(_) => (&mut failed, "FAILED"),
                };
                *count += 1;
                format!("{text:>0$}", head.chars().count())
            })
            .collect();
        println!("{:width$} {}", title(row), cells.join(" "));
    }
    for (row, verdicts) in rows.iter().zip(verdicts.chunks(languages.len())) {
        for (language, verdict) in languages.iter().zip(verdicts) {
            if let Verdict::Failed(cause) = verdict {
                println!("\n{}: {}: {cause}", language.name, title(row));
            }
        }
    }
    println!("\nconformance: {passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 || passed == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
