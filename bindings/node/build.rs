//! How the addon is linked.

fn main() {
    // Node's symbols stay open until Node loads it.
    napi_build::setup();
    // A worker that ends unloads its addons, while the engine's threads still run.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
