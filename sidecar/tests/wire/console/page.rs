//! The page and its files, and what is on every answer.

use serde_json::Value;

use super::browser::{Browser, ask};
use crate::client::Answer;
use crate::server::{Server, refused};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";
/// What the first load may take, compressed.
const FIRST_LOAD: usize = 60 * 1024;

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(server.address, "GET", path, headers, "")
}

/// The addresses that the page names in its attributes.
fn named(page: &str, prefix: &str) -> Vec<String> {
    let attributes = page.split('"').skip(1).step_by(2);
    attributes.filter(|value| value.starts_with(&format!("{prefix}/console/"))).map(str::to_owned).collect()
}

#[test]
fn the_policy_is_on_every_answer_and_nothing_is_inline() {
    for prefix in ["", "/hooks"] {
        let url = format!("https://hooks.example.com{prefix}");
        let more: &[&str] = if prefix.is_empty() { &[] } else { &["--public-url", &url] };
        let server = Server::start(more);
        let host: &[(&str, &str)] = if prefix.is_empty() { &[] } else { &[("Host", "hooks.example.com")] };
        let page = get(&server, "/console", host);
        assert_eq!(page.status, 200);
        let text = String::from_utf8(page.body.clone()).unwrap();
        assert!(text.contains(&format!("data-base=\"{prefix}\"")), "{text}");
        for inline in ["<style", "style=", "onload", "onclick", "javascript:"] {
            assert!(!text.contains(inline), "{inline}");
        }
        assert!(
            text.split("<script").skip(1).all(|script| script.trim_start().starts_with("src=")),
            "{text}"
        );
        let files = named(&text, prefix);
        assert!(files.len() >= 3 && files.iter().all(|file| file.contains("?v=")), "{files:?}");
        let below = files.iter().map(|file| file.strip_prefix(prefix).unwrap().to_owned());
        let others = [
            "/console/",
            "/console/messages/x",
            "/console/dead/HTTP%20500",
            "/console/none.js",
            "/console/api",
            "/console/api/v1/stats",
            "/console/api/none",
        ];
        for path in below.chain(others.map(str::to_owned)) {
            let answer = get(&server, &path, host);
            for (name, value) in [
                ("content-security-policy", POLICY),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("x-frame-options", "DENY"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path}");
            }
            assert!(answer.header("access-control-allow-origin").is_none(), "{path}");
            let is_file = path.contains("?v=");
            let kept = answer.header("cache-control").unwrap();
            assert_eq!(kept.contains("immutable"), is_file, "{path}: {kept}");
            assert!(is_file || kept == "no-store", "{path}: {kept}");
        }
        // A file that is not there is not the page.
        assert_eq!(get(&server, "/console/none.js", host).status, 404);
    }
}

#[test]
fn the_first_load_is_small_and_of_one_origin() {
    let server = Server::start(&[]);
    let page = get(&server, "/console", &[]);
    let text = String::from_utf8(page.body.clone()).unwrap();
    let files = named(&text, "");
    let mut bytes = page.body.len();
    for file in &files {
        let plain = get(&server, file, &[]);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{file}");
        let gzip = get(&server, file, &[("Accept-Encoding", "gzip")]);
        assert_eq!(gzip.header("content-encoding"), Some("gzip"), "{file}");
        let brotli = get(&server, file, &[("Accept-Encoding", "gzip, br")]);
        assert_eq!(brotli.header("content-encoding"), Some("br"), "{file}");
        assert!(gzip.body.len() < plain.body.len() && brotli.body.len() <= gzip.body.len(), "{file}");
        let tag = plain.header("etag").unwrap();
        let known = get(&server, file, &[("If-None-Match", tag)]);
        assert_eq!((known.status, known.body.len()), (304, 0), "{file}");
        bytes += gzip.body.len();
    }
    assert!(files.len() < 6, "{files:?}");
    assert!(bytes <= FIRST_LOAD, "{bytes} bytes: {files:?}");
}

#[test]
fn a_name_that_was_pointed_here_is_not_answered() {
    let server = Server::start(&[]);
    for host in ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.1"] {
        for path in ["/console", "/console/api/session", "/console/app.js"] {
            assert_eq!(get(&server, path, &[("Host", host)]).status, 421, "{host}{path}");
        }
        // The API has no ambient authority to protect.
        assert_eq!(get(&server, "/healthz", &[("Host", host)]).status, 200);
    }
    for host in ["localhost", "127.0.0.1:1", "[::1]:9"] {
        assert_eq!(get(&server, "/console", &[("Host", host)]).status, 200, "{host}");
    }
}

#[test]
fn the_console_can_be_switched_off_or_served_elsewhere() {
    let off = Server::start(&["--console", "off"]);
    for path in ["/console", "/console/", "/console/app.js", "/console/api/session", "/console/api/v1/stats"]
    {
        let answer = get(&off, path, &[]);
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{path}");
    }
    assert_eq!(off.request("GET", "/v1/stats", "").status, 200);

    let server = Server::start(&["--console-listen", "127.0.0.1:0"]);
    assert_eq!(get(&server, "/console", &[]).status, 404);
    let log = server.log.lock().unwrap().clone();
    let line = log.iter().find(|line| line.contains("/console\"")).unwrap_or_else(|| panic!("{log:?}"));
    let line: Value = serde_json::from_str(line).unwrap();
    let own = line["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches("/console");
    let own = own.parse().unwrap();
    let browser = Browser::with(own, &serde_json::json!({"key": crate::server::KEY})).unwrap();
    browser.get("/console/api/v1/stats");
    assert_eq!(ask(own, "GET", "/console", &[], "").status, 200);
    for path in ["/v1/stats", "/healthz", "/metrics", "/openapi.json"] {
        assert_eq!(ask(own, "GET", path, &[], "").status, 404, "{path}");
    }
}

#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let (code, said) = refused(folder.path(), &["--console-redact", "card number"]);
    assert!(code != Some(0) && said.contains("console_redact"), "{code:?} {said}");
    let (code, said) = refused(folder.path(), &["--console-listen", "0.0.0.0:0"]);
    assert!(code == Some(2) && said.contains("--insecure-listen"), "{code:?} {said}");
}
