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

/// The same for PHP's parser, which knows no preprocessor but these two lines, and no C++.
fn for_php() -> String {
    let mut text = "#define FFI_SCOPE \"HOOKBRIDGE\"\n#define FFI_LIB \"libhookbridge.so.0\"\n\n".to_owned();
    for line in generated().lines() {
        if !line.starts_with('#') && !line.contains("extern \"C\"") {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// `HOOKBRIDGE_WRITE_HEADER=1 cargo test -p hookbridge-ffi --test header` writes them anew.
#[test]
fn the_headers_are_current() {
    for (name, wanted) in [("hookbridge.h", generated()), ("hookbridge_ffi.h", for_php())] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include").join(name);
        if std::env::var_os("HOOKBRIDGE_WRITE_HEADER").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "include/{name} is stale");
    }
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
