//! What the Ruby gem adds to a `send`. Left out where `make ruby` has not built it.

use std::path::Path;
use std::process::Command;

use hookbridge_core::config::Delivery;

use crate::engines::create_endpoint;
use crate::python::{SENDS, core_p50};
use crate::table::{Goal, Measure, Table};

const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bindings/ruby/lib");
const PROGRAM: &str = r#"
client = HookBridge.new(database: ARGV[0], durability: "normal", delivery: "off", allow_local_endpoints: true)
endpoint, payload = ARGV[1], ARGV[2]
now = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) }
taken = Array.new(ARGV[3].to_i) do
  begun = now.call
  client.send(endpoint_id: endpoint, payload: payload)
  now.call - begun
end
puts taken.sort[taken.size / 2] / 1000.0
"#;

fn ruby_p50(database: &Path) -> f64 {
    let engine = crate::engines::open(database, Delivery::Off);
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    engine.close(std::time::Duration::from_secs(5)).expect("an end");
    let payload = String::from_utf8(crate::engines::payload()).expect("text");
    let output = Command::new("ruby")
        .args(["-I", LIBRARY, "-r", "hookbridge", "-e", PROGRAM])
        .arg(database)
        .args([endpoint, payload, SENDS.to_string()])
        .output()
        .expect("ruby");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

pub(crate) fn run(table: &mut Table) {
    if !Path::new(LIBRARY).join("hookbridge/hookbridge_ext.so").exists() {
        println!("no gem: the line of Ruby is left out");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let databases: Vec<_> = (0..10).map(|number| folder.path().join(format!("{number}.db"))).collect();
    let (mut mine, mut theirs) = (databases.iter().step_by(2), databases.iter().skip(1).step_by(2));
    let measure = Measure {
        name: "Ruby `send` p50, `normal`",
        baseline: "the core's",
        unit: "µs",
        goal: Goal::AtMostMore(25.0),
    };
    table.compare(
        &measure,
        || mine.next().map_or(0.0, |database| ruby_p50(database)),
        || theirs.next().map_or(0.0, |database| core_p50(database)),
    );
}
