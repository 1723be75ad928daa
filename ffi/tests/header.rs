//! The header that is checked in says what the library does.

use std::path::Path;

use hookbridge_core::ErrorCode;

fn generated() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let bindings = cbindgen::Builder::new().with_crate(root).with_config(config).generate().unwrap();
    let mut text = Vec::new();
    bindings.write(&mut text);
    // The safety notes are for Rust; the C programmer reads the same above each function.
    let text = String::from_utf8(text).unwrap();
    let mut kept: Vec<&str> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        if line.trim() == "// # Safety" {
            skipping = true;
            while kept.last().is_some_and(|line| line.trim() == "//") {
                kept.pop();
            }
        }
        skipping &= line.trim_start().starts_with("//");
        if !skipping {
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}

/// `HOOKBRIDGE_WRITE_HEADER=1 cargo test -p hookbridge-ffi --test header` writes it anew.
#[test]
fn the_header_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/hookbridge.h");
    let wanted = generated();
    if std::env::var_os("HOOKBRIDGE_WRITE_HEADER").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "include/hookbridge.h is stale");
}

#[test]
fn the_codes_are_those_of_the_engine() {
    let header = generated();
    for code in ErrorCode::ALL {
        let line = format!("HOOKBRIDGE_{} = {},", code.name(), *code as i32);
        assert!(header.contains(&line), "{line}");
    }
    // HOOKBRIDGE_OK is the one that is no error.
    assert_eq!(
        header.matches(" = ").count(),
        ErrorCode::ALL.len() + 1,
        "a code that the engine does not have"
    );
}
