//! What the Node package adds to a `send`, one at a time and many at once. Left out where the package is not built.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookbridge_core::config::{Config, Delivery, Durability};
use hookbridge_core::operations::messages::SendReceipt;
use hookbridge_core::{CompletionSink, Engine, Result};

use crate::engines::{config, create_endpoint, request};
use crate::python::core_p50;
use crate::table::{Goal, Measure, Table};

const SENDS: usize = 4_000;
const AT_ONCE: usize = 200;
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bindings/node");
/// The first thousand let the compiler in Node get to know the code.
const PROGRAM: &str = r#"
const [, sdk, database, endpointId, text, sends, atOnce] = process.argv;
const { HookBridge } = require(sdk);
const client = new HookBridge({ database, durability: 'normal', delivery: 'off', allowLocalEndpoints: true });
const payload = Buffer.from(text);
(async () => {
  const taken = [];
  for (let n = 0; n < 1000 + Number(sends); n += 1) {
    const begun = performance.now();
    await client.send({ endpointId, payload });
    if (n >= 1000) taken.push(performance.now() - begun);
  }
  taken.sort((one, other) => one - other);
  const begun = performance.now();
  for (let done = 0; done < sends; done += Number(atOnce)) {
    await Promise.all(Array.from({ length: atOnce }, () => client.send({ endpointId, payload })));
  }
  console.log(taken[taken.length >> 1] * 1000, (sends / (performance.now() - begun)) * 1000);
})();
"#;

/// Median microseconds of one send, and sends a second where many wait at once.
fn node(database: &Path) -> (f64, f64) {
    let engine = crate::engines::open(database, Delivery::Off);
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    engine.close(Duration::from_secs(5)).expect("an end");
    let payload = String::from_utf8(crate::engines::payload()).expect("text");
    let output = Command::new("node")
        .args(["-e", PROGRAM, PACKAGE])
        .arg(database)
        .args([endpoint, payload, SENDS.to_string(), AT_ONCE.to_string()])
        .output()
        .expect("node");
    let text = String::from_utf8_lossy(&output.stdout);
    let (p50, rate) = text.trim().split_once(' ').expect("two numbers");
    (p50.parse().expect("a number"), rate.parse().expect("a number"))
}

struct Count(Mutex<Sender<usize>>);

impl CompletionSink for Count {
    fn complete(&self, outcomes: Vec<(u64, Result<SendReceipt>)>) {
        let _ = self.0.lock().expect("a sender").send(outcomes.len());
    }
}

/// The same sends a second without Node.
fn core_rate(database: &Path) -> f64 {
    let engine = Engine::open(Config { durability: Durability::Normal, ..config(database, Delivery::Off) })
        .expect("an engine");
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    let (sender, done) = channel();
    let sink: Arc<dyn CompletionSink> = Arc::new(Count(Mutex::new(sender)));
    let begun = Instant::now();
    for _ in 0..SENDS / AT_ONCE {
        for tag in 0..AT_ONCE as u64 {
            engine.send_to(request(&endpoint), tag, &sink).expect("a message");
        }
        let mut left = AT_ONCE;
        while left > 0 {
            left -= done.recv().expect("an answer");
        }
    }
    let rate = SENDS as f64 / begun.elapsed().as_secs_f64();
    engine.close(Duration::from_secs(5)).expect("an end");
    rate
}

pub(crate) fn run(table: &mut Table) {
    let built = std::fs::read_dir(PACKAGE).is_ok_and(|mut files| {
        files.any(|file| file.is_ok_and(|file| file.path().extension().is_some_and(|end| end == "node")))
    });
    if !built {
        println!("no addon in bindings/node: the lines of the Node package are left out");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let number = std::cell::Cell::new(0);
    let fresh = || {
        number.set(number.get() + 1);
        folder.path().join(format!("{}.db", number.get()))
    };
    let one = Measure {
        name: "Node `send` p50, `normal`",
        baseline: "the core's",
        unit: "µs",
        goal: Goal::AtMostMore(25.0),
    };
    table.compare(&one, || node(&fresh()).0, || core_p50(&fresh()));
    let many = Measure {
        name: "Node `send`, 200 at once, `normal`",
        baseline: "the core's",
        unit: "/s",
        goal: Goal::Shown,
    };
    table.compare(&many, || node(&fresh()).1, || core_rate(&fresh()));
}
