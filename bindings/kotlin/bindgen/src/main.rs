//! Writes the Kotlin and Swift sources: `generate --library FILE --language kotlin --out-dir FOLDER`.

mod kotlin;

use std::path::Path;

fn main() {
    uniffi::uniffi_bindgen_main();
    // It ends the process where it fails, also over what it does not know.
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| ["kotlin", "-lkotlin", "--language=kotlin"].contains(&&argument[..]))
    {
        return;
    }
    let folder = arguments.iter().skip_while(|argument| *argument != "--out-dir").nth(1);
    let finished = folder
        .ok_or_else(|| "Kotlin needs `--out-dir FOLDER`".to_owned())
        .and_then(|folder| kotlin::finish(Path::new(folder)));
    if let Err(reason) = finished {
        eprintln!("{reason}");
        std::process::exit(1);
    }
}
