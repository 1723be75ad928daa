//! What each language's package adds to a `send`: its program beside the core, by turns and on files of their own. With
//! `normal` and in memory, so that a disk's mood does not hide microseconds. A language that is not built is left out.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookbridge_core::config::{Config, Delivery, Durability};
use hookbridge_core::operations::messages::SendReceipt;
use hookbridge_core::{CompletionSink, Engine, Result};
use tempfile::TempDir;

use crate::engines::{config, create_endpoint, open, payload, per_second, percentile, request};
use crate::table::{Goal, Measure, Table};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const SENDS: usize = 4_000;
/// What most languages run before the clock; the core as many, for a file of the same size.
const WARM_UP: usize = 1_000;
/// The JVM compiles what has run ten thousand times.
const JVM_WARM_UP: usize = 20_000;
const DATABASE: &str = "hookbridge.db";
const NODE_ADDON: &str = if cfg!(target_arch = "aarch64") {
    "bindings/node/hookbridge.linux-arm64-gnu.node"
} else {
    "bindings/node/hookbridge.linux-x64-gnu.node"
};
const CLASS_PATH: &str = "bindings/kotlin/target/bench.classpath";

struct Language {
    name: &'static str,
    /// The target of `make` that builds it, and what is there then.
    target: &'static str,
    built: &'static str,
    /// Its program under `benches/programs`, with what runs it. It is given a file, an endpoint, a payload, and how often to
    /// send before the clock, on the clock and at once, and prints the median microseconds of a send and sends a second.
    /// Without an endpoint it sends events, which one endpoint wants.
    command: &'static [&'static str],
    warm_up: usize,
    /// 1 where a send blocks its thread; else it is called back.
    at_once: usize,
    goal: f64,
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "Python",
        target: "python",
        built: ".venv/bin/python",
        command: &[".venv/bin/python", "benches/programs/send.py"],
        warm_up: WARM_UP,
        at_once: 1,
        goal: 15.0,
    },
    Language {
        name: "Node",
        target: "node",
        built: NODE_ADDON,
        command: &["node", "benches/programs/send.js"],
        warm_up: WARM_UP,
        at_once: 200,
        goal: 25.0,
    },
    Language {
        name: "Ruby",
        target: "ruby",
        built: "bindings/ruby/lib/hookbridge/hookbridge_ext.so",
        command: &["ruby", "-Ibindings/ruby/lib", "benches/programs/send.rb"],
        warm_up: WARM_UP,
        at_once: 1,
        goal: 25.0,
    },
    Language {
        name: "Go",
        target: "bench-go",
        built: "target/bench-go",
        command: &["target/bench-go"],
        warm_up: WARM_UP,
        at_once: 1,
        goal: 25.0,
    },
    Language {
        name: "PHP",
        target: "php",
        built: "bindings/php/native/libhookbridge.so.0",
        command: &[
            "php",
            "-dopcache.enable_cli=1",
            "-dopcache.jit=tracing",
            "-dopcache.jit_buffer_size=64M",
            "benches/programs/send.php",
        ],
        warm_up: WARM_UP,
        at_once: 1,
        goal: 25.0,
    },
    Language {
        name: "Kotlin (JVM)",
        target: "bench-kotlin",
        built: CLASS_PATH,
        // The class path is a file of arguments.
        command: &["java", "@bindings/kotlin/target/bench.classpath", "benches/programs/Send.java"],
        warm_up: JVM_WARM_UP,
        at_once: 1,
        goal: 25.0,
    },
];

/// Median microseconds of one send, and sends a second.
type Figures = [f64; 2];

fn median(mut send: impl FnMut()) -> f64 {
    let mut taken: Vec<f64> = (0..SENDS)
        .map(|_| {
            let begun = Instant::now();
            send();
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    percentile(&mut taken, 0.5)
}

impl Language {
    fn program(&self, folder: &Path, events: bool) -> Figures {
        let database = folder.join(DATABASE);
        let engine = open(&database, Delivery::Off);
        let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
        engine.close(Duration::from_secs(5)).expect("an end");
        let (program, arguments) = self.command.split_first().expect("a command");
        let output = Command::new(program)
            .current_dir(REPOSITORY)
            .args(arguments)
            .arg(database)
            .args([
                if events { String::new() } else { endpoint },
                String::from_utf8(payload()).expect("text"),
            ])
            .args([self.warm_up, SENDS, self.at_once].map(|number| number.to_string()))
            .stderr(Stdio::inherit())
            .output()
            .unwrap_or_else(|cause| panic!("{program}: {cause}"));
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers =
            text.trim().split_once(' ').and_then(|(p50, rate)| Some([p50.parse().ok()?, rate.parse().ok()?]));
        match numbers {
            Some(figures) if output.status.success() => figures,
            _ => panic!("the program of {} ended with {} and printed {text:?}", self.name, output.status),
        }
    }

    /// The median of an event without the language.
    fn event_of_core(&self, folder: &Path) -> f64 {
        let database = folder.join(DATABASE);
        let engine =
            Engine::open(Config { durability: Durability::Normal, ..config(&database, Delivery::Off) })
                .expect("an engine");
        create_endpoint(&engine, "http://127.0.0.1:9/");
        let payload = String::from_utf8(payload()).expect("text");
        let request = format!(r#"{{"type":"order.created","payload":{payload}}}"#);
        let send = || {
            engine.call("events.send", &request).expect("a receipt");
        };
        (0..self.warm_up).for_each(|_| send());
        let taken = median(send);
        engine.close(Duration::from_secs(5)).expect("an end");
        taken
    }

    /// The same sends without the language: the median where the thread waits for each, where it is called back as a
    /// language that must not wait is, and the rate.
    fn core(&self, folder: &Path) -> [f64; 3] {
        let database = folder.join(DATABASE);
        let engine =
            Engine::open(Config { durability: Durability::Normal, ..config(&database, Delivery::Off) })
                .expect("an engine");
        let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
        let send = || {
            engine.send(request(&endpoint)).expect("a receipt");
        };
        (0..self.warm_up).for_each(|_| send());
        let waiting = median(send);
        let called_back = if self.at_once == 1 {
            waiting
        } else {
            let caller = Caller::new();
            median(|| caller.send(&engine, &endpoint, 1))
        };
        let rate = per_second(SENDS, || match self.at_once {
            1 => (0..SENDS).for_each(|_| send()),
            at_once => {
                let caller = Caller::new();
                (0..SENDS / at_once).for_each(|_| caller.send(&engine, &endpoint, at_once));
            }
        });
        engine.close(Duration::from_secs(5)).expect("an end");
        [waiting, called_back, rate]
    }
}

/// In memory where the system has a place for that. Gone with what is returned, so that little is needed at a time.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

struct Count(Mutex<Sender<usize>>);

impl CompletionSink for Count {
    fn complete(&self, outcomes: Vec<(u64, Result<SendReceipt>)>) {
        let _ = self.0.lock().expect("a sender").send(outcomes.len());
    }
}

/// Sends and is called back.
struct Caller {
    sink: Arc<dyn CompletionSink>,
    done: Receiver<usize>,
}

impl Caller {
    fn new() -> Self {
        let (sender, done) = channel();
        Self { sink: Arc::new(Count(Mutex::new(sender))), done }
    }

    fn send(&self, engine: &Engine, endpoint: &str, at_once: usize) {
        for tag in 0..at_once as u64 {
            engine.send_to(request(endpoint), tag, &self.sink).expect("a message");
        }
        let mut left = at_once;
        while left > 0 {
            left -= self.done.recv().expect("an answer");
        }
    }
}

pub(crate) fn run(table: &mut Table) {
    for language in LANGUAGES {
        let Language { name, target, built, at_once, goal, .. } = language;
        if !Path::new(REPOSITORY).join(built).exists() {
            println!("no {built}, which `make {target}` builds: the lines of {name} are left out");
            continue;
        }
        let shape = if *at_once == 1 { "1 thread".to_owned() } else { format!("{at_once} at once") };
        let (p50, rate) =
            (format!("{name} `send` p50, `normal`"), format!("{name} `send`, {shape}, `normal`"));
        let p50 = Measure { name: &p50, baseline: "the core's", unit: "µs", goal: Goal::AtMostMore(*goal) };
        let called_back = Measure {
            baseline: "the core's where it too is called back from its thread",
            goal: Goal::Shown,
            ..p50
        };
        let rate = Measure { name: &rate, baseline: "the core's", unit: "/s", goal: Goal::Shown };
        let (ours, core) = (|| language.program(folder().path(), false), || language.core(folder().path()));
        if *at_once == 1 {
            let without = || {
                let [p50, _, rate] = core();
                [p50, rate]
            };
            table.compare_each(&[p50, rate], ours, without);
        } else {
            let twice = || {
                let [p50, rate] = ours();
                [p50, p50, rate]
            };
            table.compare_each(&[p50, called_back, rate], twice, core);
        }
        let event = format!("{name} event p50, to one endpoint, `normal`");
        let event =
            Measure { name: &event, baseline: "the core's", unit: "µs", goal: Goal::AtMostMore(*goal) };
        table.compare(
            &event,
            || language.program(folder().path(), true)[0],
            || language.event_of_core(folder().path()),
        );
    }
}
