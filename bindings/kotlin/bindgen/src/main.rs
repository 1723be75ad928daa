//! Writes the Kotlin and Swift sources: `generate --library FILE --language kotlin --out-dir FOLDER`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
