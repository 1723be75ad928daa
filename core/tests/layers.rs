//! The rooms of the core and who may import whom. A room imports only rooms on floors below its own, so that there is no
//! circle, and what a change reaches is above it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// From the ground up; rooms on one floor do not import each other.
const FLOORS: &[&[&str]] = &[
    &["error", "trace"],
    &["model"],
    &["config"],
    &["host"],
    &["outbox", "wire"],
    &["outbox/sqlite"],
    &["exports"],
    &["operations", "delivery"],
    &["intake", "remote"],
    &["relay"],
    &["engine"],
    &["inspection"],
    &["lib"],
];

/// Libraries that belong to one room.
const KEPT_IN: &[(&str, &str)] = &[("rusqlite", "outbox/sqlite"), ("hookbridge_gather", "outbox/sqlite")];

/// The longest file, its tests not counted.
const LONGEST: usize = 500;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The room of a module, whose path is written with slashes.
fn room(module: &str) -> &str {
    match module.strip_prefix("outbox/sqlite") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => "outbox/sqlite",
        _ => module.split('/').next().unwrap_or(module),
    }
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Without comments; strings that look like paths are rare enough; tests may import what they like.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text.get(..end).unwrap_or(text).lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Every `crate::a::b` of a line, as `a/b`; of a list in braces the first name is enough to tell the room.
fn imports(line: &str) -> impl Iterator<Item = String> + '_ {
    line.match_indices("crate::").filter_map(|(at, found)| {
        // `some_crate::` is another.
        let before = line.get(..at)?.chars().next_back();
        let ends_a_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let rest = line.get(at + found.len()..)?;
        let path = rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next()?;
        (!ends_a_name).then(|| path.trim_end_matches(':').replace("::", "/"))
    })
}

fn each_line(mut look: impl FnMut(&str, &str, usize, &str)) {
    let mut paths = Vec::new();
    files(&source(), &mut paths);
    assert!(paths.len() > 100, "the sources were not found");
    for path in paths {
        let relative = path.strip_prefix(source()).unwrap().to_str().unwrap().to_owned();
        let module = relative.trim_end_matches(".rs").trim_end_matches("/mod");
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in code(&text) {
            look(room(module), &relative, number, line);
        }
    }
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    let mut wrong = String::new();
    each_line(|room_of_file, file, number, line| {
        for import in imports(line) {
            // What the crate has at its root is an item of `lib.rs`.
            let Some(below) = floor(room(&import)) else {
                let is_item = import.chars().next().is_some_and(char::is_uppercase);
                assert!(is_item, "{file}:{number}: `{import}` is in no room that this test knows");
                writeln!(wrong, "{file}:{number}: names `crate::{import}` by the root").unwrap();
                continue;
            };
            let own = floor(room_of_file);
            let own = own.unwrap_or_else(|| panic!("{file} is in no room that this test knows"));
            if room(&import) != room_of_file && below >= own {
                writeln!(wrong, "{file}:{number}: {room_of_file} imports {import}").unwrap();
            }
        }
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_library_of_one_room_stays_in_it() {
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    each_line(|room_of_file, file, number, line| {
        for (library, kept_in) in KEPT_IN {
            if room_of_file != *kept_in && line.contains(&format!("{library}::")) {
                wrong.entry(format!("{file} names {library}")).or_insert(number);
            }
        }
    });
    assert!(wrong.is_empty(), "first lines: {wrong:?}");
}

#[test]
fn a_file_is_read_in_one_sitting() {
    let mut lengths: BTreeMap<String, usize> = BTreeMap::new();
    each_line(|_, file, number, _| {
        lengths.insert(file.to_owned(), number);
    });
    lengths.retain(|_, length| *length > LONGEST);
    assert!(lengths.is_empty(), "too long: {lengths:?}");
}

#[test]
fn the_reader_of_imports_reads_what_is_written() {
    let found: Vec<String> =
        imports("use crate::outbox::sqlite::{SqliteFile, due}; crate::error::closed(); other_crate::x")
            .collect();
    assert_eq!(found, ["outbox/sqlite", "error/closed"]);
    assert_eq!(
        (room("outbox/sqlite/writer"), room("outbox/link"), room("outbox/sqlite")),
        ("outbox/sqlite", "outbox", "outbox/sqlite")
    );
    let text = "use a;\n// crate::engine\nuse b;\n#[cfg(test)]\nmod tests {}";
    assert_eq!(code(text).map(|(number, _)| number).collect::<Vec<_>>(), [1, 3]);
}
