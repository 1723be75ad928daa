//! Embeds the console's page: reads the built files of `console/dist`, compresses them and writes them as a table. They are
//! committed, so that a build needs no Node.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The characters of a file's SHA-256 that name its version.
const TAG_BYTES: usize = 8;

fn main() {
    println!("cargo:rerun-if-changed=console/dist");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo names a folder"));
    let has_console = std::env::var("CARGO_FEATURE_CONSOLE").is_ok();
    let mut table = String::from("const ASSETS: &[Asset] = &[\n");
    for path in if has_console { files(Path::new("console/dist")) } else { Vec::new() } {
        add(&path, &out, &mut table);
    }
    table.push_str("];\n");
    fs::write(out.join("console.rs"), table).expect("the table is written");
}

/// The files of the page, in order. A folder that is missing has none.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found
}

fn add(path: &Path, out: &Path, table: &mut String) {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
    let media_type = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        other => panic!("{name}: a file of the console is .html, .js, .css or .svg, not {other:?}"),
    };
    let bytes = fs::read(path).expect("a file of the console is read");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes).expect("memory is written");
    let gzip = gzip.finish().expect("memory is written");
    let mut brotli = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut brotli, &parameters).expect("memory is written");
    let tag: String = Sha256::digest(&bytes).iter().take(TAG_BYTES).fold(String::new(), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    let included = |suffix: &str, bytes: &[u8]| {
        let file = out.join(format!("{name}{suffix}"));
        fs::write(&file, bytes).expect("a file of the console is written");
        format!("include_bytes!({:?})", file.display().to_string())
    };
    let (plain, gzip, brotli) = (included("", &bytes), included(".gz", &gzip), included(".br", &brotli));
    let _ = writeln!(
        table,
        "    Asset {{ path: {name:?}, media_type: {media_type:?}, tag: {tag:?}, bytes: {plain}, gzip: {gzip}, brotli: {brotli} }},"
    );
}
