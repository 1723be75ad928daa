//! The first program of the README: sends a message to the address that it is given.

use std::time::Duration;

use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("usage: first URL")?;
    let engine = Engine::open(Config::from_env()?)?;
    let endpoint = engine.call("endpoints.create", &json!({ "url": url }).to_string())?;
    let endpoint: Value = serde_json::from_str(&endpoint)?;

    let payload = json!({ "event": "order.created" }).to_string();
    let request = SendRequest::new(endpoint["id"].as_str().unwrap_or_default(), payload.into_bytes())?;
    println!("{}", engine.send(request)?.message_id);
    engine.flush(Duration::from_secs(30))?;
    Ok(())
}
