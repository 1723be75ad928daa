//! A system that has no memory left for a connection that is made: that is ours, and no failure of the receiver's.

use serde_json::Value;

use crate::attempting::Attempting;
use crate::receiver::{Receiver, answer};
use crate::trust::{authority, plain_receiver};

const LACKING: &str = "the system has no memory for a socket";

fn assert_ours(report: &Value) {
    assert_eq!(report["shortage"], LACKING, "{report}");
    assert!(report["error_text"].as_str().unwrap().starts_with(LACKING), "{report}");
    assert_eq!(report["status"], Value::Null, "{report}");
}

#[test]
fn no_memory_for_a_connection_that_is_made_is_no_failure_of_the_receiver() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let (url, port) = (receiver.url("/"), receiver.address.port());
    let mut attempting = Attempting::start(folder.path(), "", (5000, 30_000));
    // On a fresh connection first, then on one that is kept.
    for kept in [false, true] {
        for code in ["ENOBUFS", "ENOMEM"] {
            for call in ["send", "recv"] {
                if kept {
                    assert_eq!(attempting.once(&url)["status"], 200);
                }
                let before = receiver.mark();
                attempting.refuse(Some((port, code, call)));
                assert_ours(&attempting.once(&url));
                attempting.refuse(None);
                // A kept connection that has died is replaced at once; this one has not, and another would not do better.
                let made = receiver.mark() - before - 1;
                assert!(made <= usize::from(!kept), "{code} {call}: {made}");
            }
        }
    }
    // What the receiver did stays the receiver's.
    attempting.refuse(Some((port, "ECONNRESET", "recv")));
    let report = attempting.once(&url);
    assert_eq!(report["error_text"], "connection reset by the receiver", "{report}");
    assert_eq!(report["shortage"], Value::Null, "{report}");
    attempting.refuse(None);
    assert_eq!(attempting.once(&url)["status"], 200);
}

#[test]
fn no_memory_in_a_tls_handshake_is_no_failure_of_the_receiver() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("authorities.pem"), authority()).unwrap();
    let url = plain_receiver();
    let port = url.trim_start_matches("https://127.0.0.1:").trim_end_matches("/hook").parse().unwrap();
    let mut attempting = Attempting::start(folder.path(), "", (5000, 30_000));
    for call in ["send", "recv"] {
        attempting.refuse(Some((port, "ENOBUFS", call)));
        assert_ours(&attempting.once(&url));
    }
}
