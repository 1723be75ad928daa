//! The engine from outside, in one program: each more would be linked by itself. What changes the limits of its process,
//! counts its threads or copies it whole has a program of its own, which `Cargo.toml` names.

mod actors;
mod answers;
mod api_keys;
mod connections;
mod delivery;
mod documented;
mod edits;
mod events;
mod explain;
mod exports;
mod floods;
mod found;
mod header_names;
mod hindrance;
mod hostile_callers;
mod hostile_http2;
mod hostile_receivers;
mod hostile_share;
mod layers;
mod listing;
mod log;
mod lost_files;
mod many;
mod metrics;
mod migration;
mod moves;
mod names;
mod receiver;
mod remote;
mod retention;
mod tls;
mod tls_failures;
mod wire;

/// A file that neither names would be read by nobody.
#[test]
fn every_file_is_part_of_a_program() {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(package.join("Cargo.toml")).unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(package.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let here = include_str!("main.rs").lines().any(|line| line == format!("mod {stem};"));
        let alone = manifest.contains(&format!("path = \"tests/{stem}.rs\""));
        assert!(here != alone, "{} belongs to no program, or to two", path.display());
        files += 1;
    }
    assert!(files > 20, "{files}");
}
