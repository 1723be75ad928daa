//! Ready means that what is sent now is committed and delivered.

use std::fs::OpenOptions;
use std::sync::Arc;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tempfile::TempDir;

use super::receiver::eventually;
use super::server::{Server, command};

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

/// A restore puts another file in the place of the one that is open, or moves or removes it.
#[test]
fn a_file_that_was_replaced_moved_or_removed_is_not_ready() {
    for (what, why) in [
        ("replaced", "was replaced by another file"),
        ("moved", "was moved away"),
        ("removed", "was removed"),
    ] {
        let server = Server::start(&[]);
        let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
        eventually("readiness", || ready(&server).0 == 200);
        let (path, away) = (server.folder.path().join("outbox.db"), server.folder.path().join("away.db"));
        match what {
            "removed" => std::fs::remove_file(&path).unwrap(),
            _ => std::fs::rename(&path, &away).unwrap(),
        }
        if what == "replaced" {
            std::fs::write(&path, "another file").unwrap();
        }
        // Nothing is sent: it is found out by itself.
        eventually(&format!("it to be seen that the file was {what}"), || ready(&server).0 == 503);
        let said = ready(&server).1;
        assert!(said.contains(why) && said.contains("outbox.db"), "{what}: {said}");
        assert_eq!(server.request("GET", "/healthz", "").status, 200, "{what}");
        let body = format!(r#"{{"endpoint_id":"{endpoint}","payload":1}}"#);
        let refused = server.request("POST", "/v1/webhooks/send", &body);
        assert_eq!((refused.status, refused.code().as_str()), (503, "STORAGE_UNAVAILABLE"), "{what}");
        let mut doctor = command();
        doctor.args(["doctor", "--json", "--database"]).arg(&path);
        let found = String::from_utf8(doctor.output().unwrap().stdout).unwrap();
        let holder =
            format!("process {} has a file open that was removed, moved or replaced since", server.pid());
        assert!(found.contains(&holder), "{what}: {found}");
        match what {
            "replaced" => {
                let left = std::fs::read_to_string(&path).unwrap();
                assert_eq!(left, "another file", "what has the name now is not harmed");
                std::fs::rename(&away, &path).unwrap();
            }
            "moved" => std::fs::rename(&away, &path).unwrap(),
            _ => continue,
        }
        eventually("readiness with the file back", || ready(&server).0 == 200);
        server.send(&endpoint, "2");
    }
}
