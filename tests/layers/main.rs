//! No file of a door imports another that leads back to it, however long the way is. The rooms of the core have floors as
//! well: `core/tests/layers.rs`.

mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use paths::paths;

/// Where each door's files are, and how many there are at least.
const DOORS: &[(&str, usize)] = &[
    ("sidecar/src", 35),
    ("ffi/src", 10),
    ("ffi/gather/src", 4),
    ("bindings/kotlin/native", 3),
    ("bindings/node/src", 6),
    ("bindings/python/src", 4),
    ("bindings/ruby/ext/hookbridge/src", 4),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of each module, by its path with slashes; the crate's root is the empty one.
fn modules(source: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            modules(source, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(source).unwrap().with_extension("");
            let name = name.to_str().unwrap();
            let module = match name {
                "lib" | "main" => "",
                name => name.strip_suffix("/mod").unwrap_or(name),
            };
            found.insert(module.to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn child(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}/{name}") }
}

/// The module that a path in `module` leads to; none where it leads out of the crate or to a name of the file's own.
fn target(module: &str, path: &[String], known: &BTreeSet<&str>) -> Option<String> {
    let (first, mut rest) = path.split_first()?;
    let parent = |module: &str| module.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    let mut reached = match first.as_str() {
        "crate" => String::new(),
        "self" => module.to_owned(),
        "super" => parent(module),
        name => Some(child(module, name)).filter(|child| known.contains(child.as_str()))?,
    };
    while let Some((name, further)) = rest.split_first() {
        let next = if name == "super" { parent(&reached) } else { child(&reached, name) };
        if name != "super" && !known.contains(next.as_str()) {
            break;
        }
        (reached, rest) = (next, further);
    }
    Some(reached)
}

/// What each module imports, and the line where it does so first.
type Imports = BTreeMap<String, BTreeMap<String, usize>>;

fn imports(modules: &BTreeMap<String, String>) -> Imports {
    let known: BTreeSet<&str> = modules.keys().map(String::as_str).collect();
    let mut imports = Imports::new();
    for (module, text) in modules {
        let of_module = imports.entry(module.clone()).or_default();
        for (line, path) in paths(text) {
            if let Some(imported) = target(module, &path, &known).filter(|imported| imported != module) {
                of_module.entry(imported).or_insert(line);
            }
        }
    }
    imports
}

/// A circle, as lines that say which module imports which. There is none once all modules can be put in a row.
fn circle(mut imports: Imports) -> Option<String> {
    // Whoever imports nothing more goes first.
    while let Some(lowest) =
        imports.iter().find(|(_, imported)| imported.is_empty()).map(|(name, _)| name.clone())
    {
        imports.remove(&lowest);
        for imported in imports.values_mut() {
            imported.remove(&lowest);
        }
    }
    let mut way: Vec<(&str, usize)> = Vec::new();
    let mut module = imports.keys().next()?.as_str();
    // All that is left imports something that is left, so that this comes back to where it was.
    while way.iter().all(|(before, _)| *before != module) {
        let (next, line) = imports[module].iter().next()?;
        way.push((module, *line));
        module = next;
    }
    let begin = way.iter().position(|(before, _)| *before == module)?;
    let circle = way[begin..].iter().enumerate().map(|(at, (importer, line))| {
        let imported = way.get(begin + at + 1).map_or(module, |(next, _)| next);
        let name = |module: &str| if module.is_empty() { "the root".to_owned() } else { module.to_owned() };
        format!("{}:{line} imports {}\n", name(importer), name(imported))
    });
    Some(circle.collect())
}

#[test]
fn no_door_has_a_circle() {
    let mut wrong = String::new();
    for (door, files) in DOORS {
        let (source, mut found) = (root().join(door), BTreeMap::new());
        modules(&source, &source, &mut found);
        assert!(found.len() >= *files, "{door}: the sources were not found");
        if let Some(circle) = circle(imports(&found)) {
            wrong.push_str(&format!("{door}\n{circle}"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let read = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        circle(imports(&files))
    };
    let lower = ("lower", "pub fn f() {}");
    assert_eq!(read(&[("", "mod lower; fn g() { lower::f() }"), lower]), None);
    assert_eq!(read(&[("upper", "use crate::{lower::{f, h}};"), lower]), None);
    for back in [
        "use crate::upper::g;",
        "use super::{upper::g};",
        "fn f() { super::upper::g() }",
        "use std::fmt;\nuse crate::{\n    upper::{self, g},\n};",
        "use crate::upper::*;",
    ] {
        let circle = read(&[("upper", "fn g() {\n  crate::lower::f() }"), ("lower", back)]).expect(back);
        assert!(circle.contains("lower:") && circle.contains("upper:2 imports lower"), "{circle}");
    }
    // By an item of the root.
    assert!(read(&[("", "mod lower; use lower::f;"), ("lower", "use crate::Error;")]).is_some());
    // Three at a time, and one within another.
    assert!(
        read(&[
            ("a", "use crate::b::x;"),
            ("b", "use crate::c::d::y;"),
            ("c", ""),
            ("c/d", "use super::super::a::z;")
        ])
        .is_some()
    );
    // A list names what is in it, and not what it is in.
    let list = [
        ("", "mod a;"),
        ("a", "use crate::b::x;"),
        ("b", ""),
        ("b/c", "use crate::a::{d, e};"),
        ("a/d", ""),
        ("a/e", ""),
    ];
    assert_eq!(read(&list), None);
    let harmless = "// use crate::upper::g;\n/* crate::upper */ const A: &str = \"crate::upper::g\";\npub(super) fn f() {}\n\
        #[cfg(test)]\nmod tests {\n use crate::upper::g; }";
    assert_eq!(read(&[("upper", "use crate::lower::f;"), ("lower", harmless)]), None);
}
