//! A field of an answer and a code of errors are one place, and an operation is two: a copy of the sources gets each by as many edits, the
//! generator runs there, and every package that is written from the definition has them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the copy's generator is called.
const COPY: &str = "hookbridge-generate-copy";
const FIELD_PLACE: &str = "core/src/operations/stats.rs";
const ROW_PLACE: &str = "core/src/operations/definition/table.rs";

const CODE_PLACE: &str = "core/src/error.rs";

/// What each language's package calls the new field, the new method and the new code, and in which file.
const WRITTEN: &[(&str, &[&str])] = &[
    ("bindings/node/index.d.ts", &["  handshakesOpen: number;\n", "  beat(): Promise<Beat>;\n"]),
    ("bindings/node/lib/types.js", &["    this.handshakesOpen = answer.handshakes_open;\n", "class Beat {"]),
    ("bindings/node/lib/operations.js", &["  async beat("]),
    ("bindings/python/python/hookbridge/types.py", &["    handshakes_open: int\n", "class Beat(Result):"]),
    ("bindings/python/python/hookbridge/client.py", &["    def beat(", "    async def beat("]),
    (
        "bindings/php/src/Response/Stats.php",
        &["public readonly int $handshakesOpen,\n", "$answer['handshakes_open']"],
    ),
    ("bindings/php/src/Response/Beat.php", &["class Beat extends Result\n", "bool $alive"]),
    ("bindings/php/src/HookBridge.php", &["public function beat(): Beat\n"]),
    ("bindings/go/results.go", &["\tHandshakesOpen int `json:\"handshakes_open\"`\n", "type Beat struct {"]),
    ("bindings/go/operations.go", &["func (c *Client) Beat("]),
    (
        "bindings/ruby/lib/hookbridge/results.rb",
        &[" handshakes_open: Integer", "class Beat < Shape.of(alive: Object)"],
    ),
    ("bindings/ruby/lib/hookbridge/operations.rb", &["  def beat\n"]),
    (
        "bindings/ruby/sig/hookbridge.rbs",
        &["    attr_reader handshakes_open: Integer\n", "  def beat: () -> Beat\n"],
    ),
    (
        "bindings/kotlin/native/results.rs",
        &["    pub handshakes_open: i64,\n", "uniffi::Record)]\npub struct Beat {"],
    ),
    ("bindings/kotlin/native/operations.rs", &["    pub fn beat(&self) -> Result<Beat> {\n"]),
    (
        "bindings/kotlin/src/main/kotlin/com/hookbridge/Results.kt",
        &["    val handshakesOpen: Long,\n", "data class Beat(\n"],
    ),
    (
        "bindings/kotlin/src/main/kotlin/com/hookbridge/internal/Conversions.kt",
        &["        handshakesOpen = handshakesOpen,\n", "internal fun Beat.published() ="],
    ),
    ("bindings/kotlin/src/main/kotlin/com/hookbridge/Operations.kt", &["    fun beat(): Beat = calling {"]),
    ("sidecar/src/commands/operations/mod.rs", &["pub mod beat;\n", "    Beat {\n"]),
    ("sidecar/src/commands/operations/beat.rs", &["const NAME: &'static str = \"beat\";\n"]),
    ("bindings/python/README.md", &["| `beat()` |"]),
    ("bindings/node/README.md", &["| `beat()` |"]),
    ("bindings/ruby/README.md", &["| `beat()` |"]),
    ("bindings/go/README.md", &["| `Beat(ctx)` |"]),
    ("bindings/php/README.md", &["| `beat()` |"]),
    ("bindings/kotlin/README.md", &["| `beat()` |"]),
    ("ffi/README.md", &["| `beat` |"]),
    ("tests/conformance/operations.json", &["\"method\": \"beat\""]),
    ("docs/contract.md", &["`GET /v1/beat`", "| `HEART_STOPPED` | 99 | 404 | NotFound | no |"]),
    ("ffi/src/codes.rs", &["    HOOKBRIDGE_HEART_STOPPED = 99,\n"]),
    ("bindings/node/lib/error_types.js", &["  ['HEART_STOPPED', NotFoundError],\n"]),
    ("bindings/node/index.d.ts", &["  | 'HEART_STOPPED'"]),
    ("bindings/python/python/hookbridge/errors.py", &["    \"HEART_STOPPED\": NotFoundError,\n"]),
    ("bindings/python/python/hookbridge/types.py", &["    \"HEART_STOPPED\",\n"]),
    ("bindings/php/src/ErrorCode.php", &["const HEART_STOPPED = 'HEART_STOPPED';"]),
    (
        "bindings/php/src/Native/ExceptionClasses.php",
        &["ErrorCode::HEART_STOPPED => NotFoundException::class,\n"],
    ),
    ("bindings/go/codes.go", &["ErrHeartStopped ErrorCode = \"HEART_STOPPED\""]),
    ("bindings/go/error_types.go", &["\t\tErrHeartStopped:\n\t\treturn &NotFoundError{e}\n"]),
    ("bindings/ruby/lib/hookbridge/error_types.rb", &["    \"HEART_STOPPED\" => NotFoundError,\n"]),
    ("bindings/ruby/sig/hookbridge.rbs", &["\"HEART_STOPPED\""]),
    (
        "bindings/kotlin/src/main/kotlin/com/hookbridge/Words.kt",
        &["    const val HEART_STOPPED = \"HEART_STOPPED\"\n"],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Copies what the generator is built from and what it writes.
fn copy(into: &Path) {
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let listed = list.current_dir(root()).output().expect("git");
    for name in String::from_utf8(listed.stdout).expect("names").lines() {
        let (from, to) = (root().join(name), into.join(name));
        if from.is_file() {
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            std::fs::copy(&from, &to).unwrap_or_else(|cause| panic!("{name}: {cause}"));
        }
    }
}

/// One edit of one file.
fn edit(root: &Path, path: &str, replacements: &[(&str, &str)]) {
    let text = std::fs::read_to_string(root.join(path)).expect(path);
    let text = replacements.iter().fold(text, |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{path} has not one {from}");
        text.replace(from, to)
    });
    std::fs::write(root.join(path), text).expect(path);
}

#[test]
fn a_field_and_a_code_are_one_place_and_an_operation_two() {
    // In the same place each time, so that what was built of it before is found again.
    let folder = &Path::new(env!("CARGO_TARGET_TMPDIR")).join("one_place");
    let _ = std::fs::remove_dir_all(folder);
    copy(folder);
    // The field, and the operation's handler with its types: in the one file.
    edit(
        folder,
        FIELD_PLACE,
        &[
            (
                "    /// Messages in the dead letter queue.\n    pub dead: u64,\n",
                "    /// Messages in the dead letter queue.\n    pub dead: u64,\n    /// Connections whose TLS is being set up.\n    \
                 pub handshakes_open: u64,\n",
            ),
            ("        dead: counts.dead,\n", "        dead: counts.dead,\n        handshakes_open: 0,\n"),
            (
                "pub(crate) fn stats(",
                "/// A sign of life.\n#[derive(Clone, Debug, Serialize)]\n#[cfg_attr(feature = \"schema\", derive(schemars::JsonSchema))]\n\
                 pub struct Beat {\n    /// Always true.\n    pub alive: bool,\n}\n\n\
                 pub(crate) fn beat(_: &Context, _: StatsRequest) -> Result<Beat> {\n    Ok(Beat { alive: true })\n}\n\n\
                 pub(crate) fn stats(",
            ),
        ],
    );
    edit(
        folder,
        CODE_PLACE,
        &[(
            "    /// What is asked does not exist in this way of running",
            "    /// It is not alive.\n    HeartStopped = 99, \"HEART_STOPPED\", 404, false, NotFound,\n        \"begin again\";\n    \
             /// What is asked does not exist in this way of running",
        )],
    );
    // The operation's row.
    edit(
        folder,
        ROW_PLACE,
        &[(
            "    operation!(\"stats\", ",
            "    operation!(\"beat\", stats::beat, \"Says that it is there\")\n        .method(\"beat\", &[])\n        \
             .route(Address::get(\"/v1/beat\")),\n    operation!(\"stats\", ",
        )],
    );
    // Under another name, so that the tree's own generator stays where it is.
    edit(
        folder,
        "tools/generate/Cargo.toml",
        &[("name = \"hookbridge-generate\"", &format!("name = \"{COPY}\""))],
    );
    // And with another version: cargo tells what it built by names and versions, and would take the copy's for the tree's.
    let own = format!("\nversion = \"{}\"", env!("CARGO_PKG_VERSION"));
    edit(folder, "Cargo.toml", &[(&own, "\nversion = \"0.0.0\"")]);
    let programs = Path::new(env!("CARGO_BIN_EXE_hookbridge-generate")).parent().expect("a folder");
    // With the features of the whole, in the same target folder: what is not ours was built for these tests already.
    // What else is tested meanwhile comes first.
    let built = Command::new("nice")
        .args(["-n", "19", env!("CARGO"), "build", "--quiet", "--workspace", "--bin", COPY])
        .args(["--features", "hookbridge-python/extension-module"])
        // It runs once and for a moment.
        .args(["--config", "profile.dev.package.hookbridge-core.opt-level=0"])
        .env("CARGO_TARGET_DIR", programs.parent().expect("a folder"))
        .env_remove("CARGO_MANIFEST_DIR")
        .current_dir(folder)
        .output()
        .expect("cargo");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let ended =
        Command::new(programs.join(COPY)).env("HOOKBRIDGE_ROOT", folder).output().expect("the generator");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    for (path, expected) in WRITTEN {
        let text = std::fs::read_to_string(folder.join(path)).expect(path);
        for part in *expected {
            assert!(text.contains(part), "{path} has no {part}");
        }
    }
}
