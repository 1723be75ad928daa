//! Writes the Kotlin and Swift sources: `generate --library FILE --language kotlin --out-dir FOLDER`.

mod kotlin;

use std::path::Path;

fn main() {
    uniffi::uniffi_bindgen_main();
    // It ends the process where it fails, also over what it does not know.
    let arguments: Vec<String> = std::env::args().collect();
    let after = |flag| arguments.iter().skip_while(|argument| *argument != flag).nth(1);
    if after("--language").is_none_or(|language| language != "kotlin") {
        return;
    }
    let finished = after("--out-dir")
        .ok_or_else(|| "Kotlin needs `--out-dir FOLDER`".to_owned())
        .and_then(|folder| kotlin::finish(Path::new(folder)));
    if let Err(reason) = finished {
        eprintln!("{reason}");
        std::process::exit(1);
    }
}
