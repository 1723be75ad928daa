//! What the trigger cannot know is refused by whoever takes over, and nothing vanishes.

use std::path::PathBuf;
use std::time::Duration;

use hookbridge_core::ErrorCode;
use serde_json::json;

use super::application::{self, Application};
use super::receiver::{self, Receiver, answer, eventually};

#[test]
fn what_the_outbox_refuses_stays_in_the_file_until_somebody_mends_it() {
    let receiver = Receiver::start(|_, _| answer(200));
    let application = Application::new("wal");
    let engine = receiver::engine(application.folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let deleted = receiver::endpoint(&engine, &receiver.url("/"));
    receiver::call(&engine, "endpoints.delete", json!({"endpoint_id": deleted}));
    let key = |key: &str| [("idempotency_key", json!(key))];
    receiver::call(
        &engine,
        "messages.send",
        json!({"endpoint_id": endpoint, "payload": 1, "idempotency_key": "k"}),
    );
    let known = receiver::send(&engine, &endpoint, "1");
    let unknown = application.send(&format!("ep_{}", "0".repeat(32)), "1");
    let of_deleted = application.send(&deleted, "1");
    let mismatch = application.send_with(&endpoint, "2", &key("k"));
    let foreign = application.send_with(&endpoint, "2", &[("id", json!(known))]);
    let kept_long = application.send_with(&endpoint, "2", &[("retention_hours", json!(87_600))]);
    let (blank, binary) = application.unchecked(|file| {
        file.execute_batch(&format!(
            "INSERT INTO hookbridge_send (id, endpoint_id, payload) VALUES ('0', '{endpoint}', '1'), ('1', '{endpoint}', x'ff00')"
        ))
        .unwrap();
        ("0".to_owned(), "1".to_owned())
    });
    let good = application.send(&endpoint, r#"{"good": true}"#);
    engine.take_from(&[application.path()]).unwrap();
    application::wait_for_status(&engine, &good, "succeeded");
    eventually("seven rows to be marked", || application.refused().len() == 7 && application.count() == 7);
    let found: Vec<(String, String)> = application
        .refused()
        .into_iter()
        .map(|(id, why)| (id, why.split_once(": ").expect("a code and why").0.to_owned()))
        .collect();
    let code = |id: &String, code: ErrorCode| (id.clone(), code.name().to_owned());
    let wanted = [
        code(&unknown, ErrorCode::EndpointNotFound),
        code(&of_deleted, ErrorCode::EndpointNotFound),
        code(&mismatch, ErrorCode::IdempotencyMismatch),
        code(&foreign, ErrorCode::IdempotencyMismatch),
        code(&kept_long, ErrorCode::InvalidRequest),
        code(&blank, ErrorCode::InvalidRequest),
        code(&binary, ErrorCode::InvalidRequest),
    ];
    assert_eq!(found, wanted);
    eventually("they are counted", || engine.intakes()[0].refused == 7);
    let mend = "UPDATE hookbridge_send SET refused = NULL, idempotency_key = 'k2' WHERE id = ?1";
    application.file.execute(mend, [&mismatch]).unwrap();
    application::wait_for_status(&engine, &mismatch, "succeeded");
    eventually("the others are still there", || application.count() == 6 && engine.intakes()[0].refused == 6);
    engine.close(Duration::from_secs(10)).unwrap();
}

#[test]
fn a_file_that_is_not_an_applications_is_refused() {
    let application = Application::new("wal");
    let folder = application.folder.path();
    let engine = receiver::engine(folder);
    receiver::endpoint(&engine, "http://127.0.0.1:9/");
    let put = |name: &str, content: &[u8]| {
        std::fs::write(folder.join(name), content).unwrap();
        folder.join(name)
    };
    let refused = |file: PathBuf, why: &str| {
        let error = engine.take_from(&[application.path(), file]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::StorageUnavailable);
        assert!(error.message().contains(why), "{error}");
        assert!(engine.intakes().is_empty(), "nothing is taken over from any");
    };
    refused(folder.join("nowhere.db"), "it is not there");
    refused(folder.to_owned(), "app");
    refused(folder.join("outbox.db"), "it is the outbox itself");
    std::os::unix::fs::symlink("outbox.db", folder.join("link.db")).unwrap();
    refused(folder.join("link.db"), "it is the outbox itself");
    refused(put("empty.db", b""), "no table `hookbridge_send`");
    refused(put("text.db", &[b'x'; 4096]), "not a database");
    let old = put("old.db", b"");
    rusqlite::Connection::open(&old)
        .unwrap()
        .execute_batch("CREATE TABLE hookbridge_send (seq, id)")
        .unwrap();
    refused(old, "another version");
    std::fs::hard_link(application.path(), folder.join("second.db")).unwrap();
    let error = engine.take_from(&[application.path()]).unwrap_err();
    assert!(error.message().contains("two names"), "{error}");
    engine.close(Duration::from_secs(10)).unwrap();
}

/// As where a backup is put in its place.
#[test]
fn a_file_that_is_replaced_is_taken_from_anew() {
    let receiver = Receiver::start(|_, _| answer(200));
    let application = Application::new("delete");
    let engine = receiver::engine(application.folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    engine.take_from(&[application.path()]).unwrap();
    let first = application.send(&endpoint, "1");
    application::wait_for_status(&engine, &first, "succeeded");
    application.until_empty();
    let other = Application::new("delete");
    let second = other.send(&endpoint, "2");
    let path = application.path();
    std::fs::rename(&path, path.with_extension("away")).unwrap();
    eventually("it is missed", || engine.intakes()[0].has_trouble);
    std::fs::copy(other.path(), &path).unwrap();
    application::wait_for_status(&engine, &second, "succeeded");
    eventually("all is well", || !engine.intakes()[0].has_trouble);
    engine.close(Duration::from_secs(10)).unwrap();
}
