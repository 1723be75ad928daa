//! Every known way to write an address that an endpoint must not have, at the door where endpoints are made.

use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::{Engine, ErrorCode};
use serde_json::json;
use tempfile::TempDir;

const FORMS: &str = include_str!("forms.txt");
const SECTION: &str = "# --- ";

/// What a line of the table stands for.
fn unescaped(line: &str) -> String {
    let mut url = String::new();
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once('\\') {
        url.push_str(before);
        let (character, length) = match escape.as_bytes()[0] {
            b't' => ('\t', 1),
            b'r' => ('\r', 1),
            b'n' => ('\n', 1),
            b'0' => ('\0', 1),
            b's' => (' ', 1),
            b'\\' => ('\\', 1),
            b'u' => {
                let end = escape.find('}').expect(line);
                let number = u32::from_str_radix(&escape[2..end], 16).expect(line);
                (char::from_u32(number).expect(line), end + 1)
            }
            _ => panic!("an unknown escape in {line}"),
        };
        url.push(character);
        rest = &escape[length..];
    }
    url + rest
}

/// The URLs of the sections whose heading `wanted` takes.
fn forms(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut section = "";
    let mut urls = Vec::new();
    for line in FORMS.lines() {
        if line.starts_with(SECTION) {
            section = line;
        } else if !line.is_empty() && !line.starts_with('#') && wanted(section) {
            urls.push(unescaped(line));
        }
    }
    urls
}

fn engine(allow_local_endpoints: bool) -> (Engine, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        database: folder.path().join("outbox.db"),
        delivery: Delivery::Off,
        allow_local_endpoints,
        // What a name resolves to is another matter: the table is about what is written.
        verify_dns: false,
        ..Config::default()
    };
    (Engine::open(config).unwrap(), folder)
}

/// The URLs that an endpoint can be given, by creation or by an update.
fn accepted(engine: &Engine, urls: &[String]) -> Vec<String> {
    let harmless = engine.call("endpoints.create", r#"{"url": "https://example.com/hooks"}"#).unwrap();
    let id = serde_json::from_str::<serde_json::Value>(&harmless).unwrap()["id"].clone();
    let mut passed = Vec::new();
    for url in urls {
        for (operation, request) in [
            ("endpoints.create", json!({ "url": url })),
            ("endpoints.update", json!({ "endpoint_id": id, "url": url })),
        ] {
            match engine.call(operation, &request.to_string()) {
                Ok(_) => passed.push(format!("{operation} {url:?}")),
                Err(error) => assert!(
                    matches!(error.code(), ErrorCode::InvalidEndpoint | ErrorCode::EndpointBlocked),
                    "{operation} {url:?}: {error}"
                ),
            }
        }
    }
    passed
}

#[test]
fn no_form_gets_through() {
    let urls = forms(|_| true);
    assert!(urls.len() > 400, "the table has only {} forms", urls.len());
    let (engine, _folder) = engine(false);
    let passed = accepted(&engine, &urls);
    assert!(passed.is_empty(), "got through:\n{}", passed.join("\n"));
}

#[test]
fn metadata_services_stay_refused_where_local_endpoints_are_allowed() {
    let mut urls = forms(|section| section.contains("cloud metadata"));
    assert!(urls.len() > 50, "the table has only {} forms", urls.len());
    let plain: Vec<String> = urls.iter().map(|url| url.replacen("https:", "http:", 1)).collect();
    urls.extend(plain);
    let (engine, _folder) = engine(true);
    let passed = accepted(&engine, &urls);
    assert!(passed.is_empty(), "got through:\n{}", passed.join("\n"));
}
