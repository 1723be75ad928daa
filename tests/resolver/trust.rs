//! The system's trust store, which may not be readable for a moment, and changes.

use std::io::Write;
use std::net::TcpListener;

use crate::attempting::Attempting;

/// What a plain HTTP server answers to TLS, at an `https` URL.
pub fn plain_receiver() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/hook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            kept.push(stream);
        }
    });
    url
}

pub fn authority() -> String {
    rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap().cert.pem()
}

const REACHED: &str =
    "TLS handshake failed: the receiver did not answer with TLS; perhaps this port speaks plain HTTP";

#[test]
fn a_trust_store_that_could_not_be_read_for_a_moment_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("authorities.pem"), authority()).unwrap();
    let url = plain_receiver();
    let mut attempting = Attempting::start(folder.path(), "", (5000, 30_000));
    // One is free: enough for the connection, not for the authorities too.
    attempting.until("the process is up", |attempting| attempting.lookup_threads() == 0);
    assert_eq!(attempting.once("http://127.0.0.1:9/")["error_text"], "connection refused");
    attempting.leave_descriptors(Some(1));
    let report = attempting.once(&url);
    assert_eq!(report["shortage"], "the trust store cannot be read", "{report}");
    assert!(report["error_text"].as_str().unwrap().contains("Too many open files"), "{report}");
    attempting.leave_descriptors(None);
    let reached = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        attempting.once(&url)["error_text"] == REACHED
    });
    assert!(reached);
}

#[test]
fn a_trust_store_that_appears_later_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let url = plain_receiver();
    let mut attempting = Attempting::start(folder.path(), "", (5000, 30_000));
    let report = attempting.once(&url);
    assert_eq!(report["shortage"], "the trust store cannot be read", "{report}");
    assert!(report["error_text"].as_str().unwrap().contains("ca-certificates"), "{report}");
    std::fs::write(folder.path().join("authorities.pem"), authority()).unwrap();
    let reached = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        attempting.once(&url)["error_text"] == REACHED
    });
    assert!(reached);
}
