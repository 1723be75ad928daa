//! A browser that has signed in, as far as its requests go.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::client::{Answer, exchange};
use crate::server::{KEY, Server};

/// One request with these header lines.
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let has_host = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !has_host {
        text.push_str(&format!("Host: {address}\r\n"));
    }
    if !body.is_empty() {
        text.push_str("Content-Type: application/json\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut answers = exchange(address, format!("{text}\r\n{body}").as_bytes());
    assert_eq!(answers.len(), 1, "{method} {path}");
    answers.remove(0)
}

#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    pub cookie: String,
    pub proof: String,
}

impl Browser {
    pub fn of(server: &Server) -> Self {
        Self::with(server.address, &json!({"key": KEY})).unwrap_or_else(|answer| panic!("{answer:?}"))
    }

    /// Signs in with a key or a code; the refusal where that is not taken.
    pub fn with(address: SocketAddr, given: &Value) -> Result<Self, Answer> {
        let origin = format!("http://{address}");
        let site = [("Origin", origin.as_str()), ("Sec-Fetch-Site", "same-origin")];
        let answer = ask(address, "POST", "/console/api/session", &site, &given.to_string());
        if answer.status != 200 {
            return Err(answer);
        }
        let cookie = answer.header("set-cookie").unwrap();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/console"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let proof = answer.json()["data"]["proof"].as_str().unwrap().to_owned();
        Ok(Self { address, cookie, proof })
    }

    /// A request of the console's own page.
    pub fn request(&self, method: &str, path: &str, body: &str) -> Answer {
        let headers = [
            ("Cookie", self.cookie.as_str()),
            ("X-HookBridge-Proof", &self.proof),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        ask(self.address, method, path, &headers, body)
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.request("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }
}
