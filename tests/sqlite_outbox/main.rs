//! Applications that send by a table in their own SQLite file, and what takes the rows over.

#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;
#[path = "../cluster/server.rs"]
#[allow(dead_code)]
mod server;

mod application;
mod checks;
mod kills;
mod lists;
mod refusals;
mod shown;
mod sidecar;

use std::time::Duration;

use hookbridge_core::engine::IntakeFigures;
use hookbridge_core::model::timestamp::Timestamp;
use receiver::{Receiver, answer, eventually};
use rusqlite::TransactionBehavior;
use serde_json::json;

use application::Application;

/// An engine takes over from an application's file, in either mode of its journal.
#[test]
fn what_is_committed_arrives_and_what_is_rolled_back_never_does() {
    for journal in ["wal", "delete"] {
        let receiver = Receiver::start(|_, _| answer(200));
        let mut application = Application::new(journal);
        let engine = receiver::engine(application.folder.path());
        let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
        // Nothing is lost while nobody takes over.
        let before = application.send(&endpoint, r#"{"before": true}"#);
        engine.take_from(&[application.path()]).unwrap();
        let dropped = {
            let transaction =
                application.file.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
            let dropped = application::send(&transaction, &endpoint, "1");
            transaction.rollback().unwrap();
            dropped
        };
        let sent = application.send_with(
            &endpoint,
            r#"{"price": 1.10,  "z": 1, "a": 2}"#,
            &[("headers", json!(r#"{"X-Source": "billing"}"#)), ("idempotency_key", json!("order-1"))],
        );
        let same = application.send_with(
            &endpoint,
            r#"{"price": 1.10,  "z": 1, "a": 2}"#,
            &[("idempotency_key", json!("order-1"))],
        );
        let ordered = [1, 2, 3].map(|number| {
            application.send_with(&endpoint, &number.to_string(), &[("ordering_key", json!("customer-7"))])
        });
        let later = application.send_with(&endpoint, r#""later""#, &[("deliver_at", json!(months_ahead()))]);
        application.until_empty();
        for id in [&before, &sent, &ordered[0], &ordered[1], &ordered[2]] {
            application::wait_for_status(&engine, id, "succeeded");
        }
        let deliveries = receiver.deliveries();
        let [arrived] = &deliveries.iter().filter(|one| one.message_id() == sent).collect::<Vec<_>>()[..]
        else {
            panic!("not once")
        };
        assert_eq!(arrived.body, br#"{"price": 1.10,  "z": 1, "a": 2}"#, "byte for byte");
        assert_eq!(arrived.header("X-Source"), Some("billing"));
        let place = |id: &String| deliveries.iter().position(|one| one.message_id() == *id).unwrap();
        assert!(place(&ordered[0]) < place(&ordered[1]) && place(&ordered[1]) < place(&ordered[2]));
        assert!(
            deliveries.iter().all(|one| ![&dropped, &same, &later].contains(&&one.message_id().to_owned()))
        );
        assert_eq!(receiver::message(&engine, &later)["status"], "queued");
        // What has expired since it was written is given up where everybody looks for such messages.
        let expired = application.send_expired(&endpoint);
        application::wait_for_status(&engine, &expired, "failed_permanent");
        let [IntakeFigures { taken: 8, refused: 0, has_trouble: false, .. }] = engine.intakes()[..] else {
            panic!("{:?}", engine.intakes())
        };
        engine.close(Duration::from_secs(10)).unwrap();
    }
}

/// A moment less than a year ahead.
fn months_ahead() -> String {
    Timestamp::now().plus(Duration::from_secs(300 * 24 * 3600)).to_string()
}

/// Rows wait to be deleted while the application has the lock for long, and are delivered all the same.
#[test]
fn an_application_that_holds_its_lock_is_given_way() {
    let receiver = Receiver::start(|_, _| answer(200));
    let mut application = Application::new("wal");
    let engine = receiver::engine(application.folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let sent: Vec<String> = (0..20).map(|number| application.send(&endpoint, &number.to_string())).collect();
    let transaction = application.file.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    engine.take_from(&[application.folder.path().join("app.db")]).unwrap();
    for id in &sent {
        application::wait_for_status(&engine, id, "succeeded");
    }
    // Longer than it has ever been waited for.
    std::thread::sleep(Duration::from_millis(300));
    let count = transaction.query_row("SELECT count(*) FROM hookbridge_send", [], |row| row.get::<_, i64>(0));
    assert_eq!(count.unwrap(), 20);
    let last = application::send(&transaction, &endpoint, "21");
    transaction.commit().unwrap();
    application::wait_for_status(&engine, &last, "succeeded");
    application.until_empty();
    eventually("nothing else arrives", || receiver.count() == 21);
    assert!(!engine.intakes()[0].has_trouble);
    engine.close(Duration::from_secs(10)).unwrap();
}
