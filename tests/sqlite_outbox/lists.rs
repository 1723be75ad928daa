//! The list of endpoints, where an application wants one.

use std::time::Duration;

use serde_json::json;

use super::application::{self, Application};
use super::receiver::{self, eventually};

#[test]
fn an_endpoint_that_is_not_on_the_list_is_refused_at_once() {
    let application = Application::with("wal", true);
    let engine = receiver::engine(application.folder.path());
    let unknown = format!("ep_{}", "0".repeat(32));
    let refused = |endpoint: &str| {
        let refused =
            application::insert(&application.file, endpoint, "1", &[]).map_err(|cause| cause.to_string());
        refused.is_err_and(|cause| {
            assert!(cause.starts_with("ENDPOINT_NOT_FOUND: "), "{cause}");
            true
        })
    };
    assert!(!refused(&unknown), "nobody has filled the list yet");
    let first = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    engine.take_from(&[application.path()]).unwrap();
    eventually("the list is there", || refused(&unknown));
    assert!(!refused(&first));
    let second = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    eventually("a new one is on it", || !refused(&second));
    receiver::call(&engine, "endpoints.delete", json!({"endpoint_id": first}));
    eventually("a deleted one is not", || refused(&first));
    assert!(!refused(&second));
    engine.close(Duration::from_secs(10)).unwrap();
}
