//! Ready means that what is sent now is committed and delivered.

use std::fs::OpenOptions;
use std::sync::Arc;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tempfile::TempDir;

use super::receiver::eventually;
use super::server::Server;

fn ready(server: &Server) -> (u16, String) {
    let answer = server.request("GET", "/readyz", "");
    let body = answer.json();
    (answer.status, body["error"]["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_full_disk_is_not_ready() {
    let server = Server::start(&[]);
    eventually("readiness", || ready(&server).0 == 200);
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
    let limit = |size| {
        prlimit(Some(pid), Resource::Fsize, Rlimit { current: size, maximum: None }).unwrap();
    };
    limit(Some(0));
    // Nothing is sent: it is found out by itself.
    eventually("the disk to be found full", || ready(&server).0 == 503);
    assert!(!ready(&server).1.is_empty());
    assert_eq!(server.request("GET", "/healthz", "").status, 200);
    limit(None);
    eventually("readiness again", || ready(&server).0 == 200);
}

#[test]
fn what_nobody_delivers_is_not_ready() {
    let folder = Arc::new(TempDir::new().unwrap());
    drop(Server::start_in(folder.clone(), &[]));
    let lock = OpenOptions::new().read(true).write(true).open(folder.path().join("outbox.db-lock")).unwrap();
    lock.set_len(0).unwrap();
    lock.lock().unwrap();
    let server = Server::start_in(folder.clone(), &[]);
    eventually("nobody to deliver", || {
        let (status, why) = ready(&server);
        status == 503 && why.contains("no process delivers")
    });
    // Who only accepts is ready all the same.
    let accepting = Server::start_in(folder, &["--delivery", "off"]);
    eventually("readiness", || ready(&accepting).0 == 200);
    lock.unlock().unwrap();
    eventually("a deliverer", || ready(&server).0 == 200);
}
