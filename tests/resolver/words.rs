//! What is said of each answer of the resolver, and whose failure it is.

use serde_json::Value;

use crate::attempting::Attempting;

#[test]
fn each_failure_of_a_name_has_its_words() {
    let folder = tempfile::tempdir().unwrap();
    for (answer, text, shortage) in [
        ("-", "the host a.test does not resolve", None),
        ("!NODATA", "neither an A nor an AAAA record", None),
        ("!FAIL", "its name server answered with an error", None),
        ("!AGAIN", "does not resolve for now: its name server did not answer", None),
        ("!MEMORY", "a.test cannot be looked up", Some("the system has no memory for a socket")),
        (
            "!SYSTEM",
            "a.test cannot be looked up (Input/output error",
            Some("the system's resolver cannot be reached"),
        ),
        // The code alone would say that there is no such name.
        ("!EMFILE", "a.test cannot be looked up", Some("no file descriptor is free")),
    ] {
        let names = format!("a.test 0 {answer}\nhookbridge.invalid 0 -\n");
        let mut attempting = Attempting::start(folder.path(), &names, (5000, 30_000));
        let report = attempting.once("http://a.test:9/");
        assert!(report["error_text"].as_str().unwrap().contains(text), "{answer}: {report}");
        assert_eq!(report["shortage"], shortage.map_or(Value::Null, Value::from), "{report}");
    }
}
