//! Which of the documented refusals were seen, each held to the served document.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::client::{Answer, exchange};
use super::super::document;
use super::super::receiver::eventually;
use super::super::server::Server;
use super::table::{self, Row};

type Pair = (String, String, u16, String);

pub struct Provoked {
    document: Value,
    seen: BTreeSet<Pair>,
}

impl Provoked {
    pub fn new(document: Value) -> Self {
        Self { document, seen: BTreeSet::new() }
    }

    /// Every pair of the table, spelt out.
    pub fn documented() -> BTreeSet<Pair> {
        let pairs = table::rows().into_iter().flat_map(|Row { method, path, refusals }| {
            refusals
                .into_iter()
                .map(move |(status, code)| (method.clone(), path.to_owned(), status, code.to_owned()))
        });
        pairs.collect()
    }

    /// Holds `answer` to the document and to what was wanted, and takes it down.
    #[track_caller]
    pub fn note(
        &mut self,
        server: &Server,
        (method, template): (&str, &str),
        answer: &Answer,
        (status, code): (u16, &str),
    ) {
        let shown = format!("{method} {template}: {:?}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.status, status, "{code}: {shown}");
        let said = answer.json();
        assert_eq!(said["error"]["code"], code, "{shown}");
        let operation = &self.document["paths"][template][method.to_lowercase()];
        let responses = &operation["responses"];
        let response = &responses[answer.status.to_string()];
        let schema = &response["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {template} is not documented");
        document::check(&self.document, schema, &said, &format!("{method} {template}"));
        assert!(!said["error"]["message"].as_str().unwrap().is_empty(), "{shown}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{shown}");
        let request_id = said["meta"]["request_id"].as_str().unwrap();
        assert_eq!(answer.header("x-request-id"), Some(request_id));
        eventually("the log line", || server.logged(request_id));
        match answer.header("retry-after") {
            // Python reads it with `int()` (docs/contract.md#what-published-clients-rely-on).
            Some(seconds) => assert!(status == 429 && seconds.parse::<u32>().is_ok(), "{seconds}: {shown}"),
            None => assert_ne!(code, "RATE_LIMIT_EXCEEDED", "{shown}"),
        }
        self.seen.insert((method.to_owned(), template.to_owned(), status, code.to_owned()));
    }

    /// Asks with the id in place of the path's last parameter and whatever stands behind `?`.
    #[track_caller]
    pub fn ask(
        &mut self,
        server: &Server,
        (method, template): (&str, &str),
        address: &str,
        body: &str,
        wanted: (u16, &str),
    ) {
        let answer = server.request(method, address, body);
        self.note(server, (method, template), &answer, wanted);
    }

    /// Asks every route the same way, by a request's whole text but its first line.
    pub fn ask_everywhere(&mut self, server: &Server, rest: &str, wanted: (u16, &str)) {
        for row in table::rows() {
            self.ask_with(server, &row, rest, wanted);
        }
    }

    /// Asks one route by a request's whole text but its first line.
    pub fn ask_with(&mut self, server: &Server, row: &Row, rest: &str, wanted: (u16, &str)) {
        let Row { method, path: template, .. } = row;
        let path = filled(template, "x");
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{rest}\r\n");
        let answer = exchange(server.address, request.as_bytes()).remove(0);
        self.note(server, (method, template), &answer, wanted);
    }

    /// Fails with whatever is in the table and was not seen, or was seen and is not in the table.
    pub fn is_all(&self) {
        let documented = Self::documented();
        let missing: Vec<&Pair> = documented.difference(&self.seen).collect();
        assert!(missing.is_empty(), "documented and never provoked: {missing:#?}");
        let surplus: Vec<&Pair> = self.seen.difference(&documented).collect();
        assert!(surplus.is_empty(), "provoked and not documented: {surplus:#?}");
    }
}

/// The template with `value` for each of its parameters.
pub fn filled(template: &str, value: &str) -> String {
    let parts = template.split('/').map(|part| if part.starts_with('{') { value } else { part });
    parts.collect::<Vec<_>>().join("/")
}
