//! Look after endpoints.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::{given, header, headers, json_or_word, several};
use crate::output::Table;

/// What `hookbridge endpoints create` takes.
#[derive(Debug, Args)]
pub struct EndpointsCreate {
    /// 12 to 2,048 characters, `https`; its host resolves, to public addresses only unless
    /// `allow_local_endpoints` is set.
    pub url: String,
    /// At most 500 characters; `""` is none.
    #[arg(long)]
    pub description: Option<String>,
    /// Deliveries a second, 0 to 1,000; 0 is unlimited.
    #[arg(long, value_name = "NUMBER")]
    pub rate_limit_rps: Option<u64>,
    /// Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rate_limit_rps`.
    #[arg(long, value_name = "NUMBER")]
    pub burst: Option<u64>,
    /// Sent with every delivery. They are replaced whole; `{}` is none.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// Replaces the engine's schedule; an empty list is none.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub retry_schedule: Option<Value>,
    /// Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
    #[arg(long, value_name = "NUMBER")]
    pub max_attempts: Option<u64>,
    /// The customer it belongs to, whose events it gets; at most 128 characters, `""` is none.
    #[arg(long)]
    pub tenant: Option<String>,
    /// The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type.
    #[arg(long, value_delimiter = ',')]
    pub event_types: Vec<String>,
    /// Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and
    /// one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub filter: Option<Value>,
    /// What follows for an ordering key when one of its messages is given up: `continue` with the next, or
    /// `halt` until a person replays or deletes it.
    #[arg(long, value_parser = ["continue", "halt"])]
    pub on_failure: Option<String>,
}

impl Operation for EndpointsCreate {
    const NAME: &'static str = "endpoints.create";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("url", Some(json!(self.url))),
            ("description", given(&self.description)),
            ("rate_limit_rps", given(&self.rate_limit_rps)),
            ("burst", given(&self.burst)),
            ("headers", headers(&self.headers)),
            ("retry_schedule", given(&self.retry_schedule)),
            ("max_attempts", given(&self.max_attempts)),
            ("tenant", given(&self.tenant)),
            ("event_types", several(&self.event_types)),
            ("filter", given(&self.filter)),
            ("on_failure", given(&self.on_failure)),
        ]
    }
}

/// What `hookbridge endpoints list` takes.
#[derive(Debug, Args)]
pub struct EndpointsList {
    /// 1 to 100, 50 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
    /// Only endpoints of this tenant.
    #[arg(long)]
    pub tenant: Option<String>,
}

impl Operation for EndpointsList {
    const NAME: &'static str = "endpoints.list";
    const TABLE: Option<Table> =
        Some(Table { items: "data", columns: &["id", "paused", "created_at", "url", "description"] });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("limit", given(&self.limit)), ("cursor", given(&self.cursor)), ("tenant", given(&self.tenant))]
    }
}

/// What `hookbridge endpoints get` takes.
#[derive(Debug, Args)]
pub struct EndpointsGet {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
}

impl Operation for EndpointsGet {
    const NAME: &'static str = "endpoints.get";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id)))]
    }
}

/// What `hookbridge endpoints update` takes.
#[derive(Debug, Args)]
pub struct EndpointsUpdate {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
    /// As for a new endpoint.
    #[arg(long = "to")]
    pub url: Option<String>,
    /// At most 500 characters; `""` is none.
    #[arg(long)]
    pub description: Option<String>,
    /// Deliveries a second, 0 to 1,000; 0 is unlimited.
    #[arg(long, value_name = "NUMBER")]
    pub rate_limit_rps: Option<u64>,
    /// Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rate_limit_rps`.
    #[arg(long, value_name = "NUMBER")]
    pub burst: Option<u64>,
    /// Sent with every delivery. They are replaced whole; `{}` is none.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// Replaces the engine's schedule; an empty list or null clears it.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub retry_schedule: Option<Value>,
    /// Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
    #[arg(long, value_name = "NUMBER")]
    pub max_attempts: Option<u64>,
    /// The customer it belongs to, whose events it gets; at most 128 characters, `""` is none.
    #[arg(long)]
    pub tenant: Option<String>,
    /// The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type.
    #[arg(long, value_delimiter = ',')]
    pub event_types: Vec<String>,
    /// Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and
    /// one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub filter: Option<Value>,
    /// What follows for an ordering key when one of its messages is given up: `continue` with the next, or
    /// `halt` until a person replays or deletes it.
    #[arg(long, value_parser = ["continue", "halt"])]
    pub on_failure: Option<String>,
}

impl Operation for EndpointsUpdate {
    const NAME: &'static str = "endpoints.update";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("endpoint_id", Some(json!(self.endpoint_id))),
            ("url", given(&self.url)),
            ("description", given(&self.description)),
            ("rate_limit_rps", given(&self.rate_limit_rps)),
            ("burst", given(&self.burst)),
            ("headers", headers(&self.headers)),
            ("retry_schedule", given(&self.retry_schedule)),
            ("max_attempts", given(&self.max_attempts)),
            ("tenant", given(&self.tenant)),
            ("event_types", several(&self.event_types)),
            ("filter", given(&self.filter)),
            ("on_failure", given(&self.on_failure)),
        ]
    }
}

/// What `hookbridge endpoints delete` takes.
#[derive(Debug, Args)]
pub struct EndpointsDelete {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
}

impl Operation for EndpointsDelete {
    const NAME: &'static str = "endpoints.delete";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id)))]
    }
}

/// What `hookbridge endpoints pause` takes.
#[derive(Debug, Args)]
pub struct EndpointsPause {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
}

impl Operation for EndpointsPause {
    const NAME: &'static str = "endpoints.pause";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id)))]
    }
}

/// What `hookbridge endpoints resume` takes.
#[derive(Debug, Args)]
pub struct EndpointsResume {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
}

impl Operation for EndpointsResume {
    const NAME: &'static str = "endpoints.resume";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id)))]
    }
}

/// What `hookbridge endpoints health` takes.
#[derive(Debug, Args)]
pub struct EndpointsHealth {
    /// Only this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Only endpoints of this tenant.
    #[arg(long)]
    pub tenant: Option<String>,
    /// 1 to 100, 50 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl Operation for EndpointsHealth {
    const NAME: &'static str = "endpoints.health";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &[
            "endpoint_id",
            "url",
            "tenant",
            "paused",
            "standing",
            "breaker",
            "probes_at",
            "in_flight",
            "limit",
            "tokens",
            "queued",
            "waiting_for_retry",
            "dead",
            "last_success_at",
            "last_failure_at",
        ],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("endpoint_id", given(&self.endpoint_id)),
            ("tenant", given(&self.tenant)),
            ("limit", given(&self.limit)),
            ("cursor", given(&self.cursor)),
        ]
    }
}

/// What `hookbridge endpoints test` takes.
#[derive(Debug, Args)]
pub struct EndpointsTest {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
    /// A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where absent, a
    /// small one that says that it is a test.
    #[arg(long)]
    pub payload: Option<String>,
}

impl Operation for EndpointsTest {
    const NAME: &'static str = "endpoints.test";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id))), ("payload", given(&self.payload))]
    }
}

/// What `hookbridge endpoints verify` takes.
#[derive(Debug, Args)]
pub struct EndpointsVerify {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
    /// The headers of the delivery as they were received. Those of the signatures are looked at, whatever
    /// their case.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header, required = true)]
    pub headers: Vec<(String, String)>,
    /// The body as it was received, at most 1,048,576 bytes.
    #[arg(long)]
    pub body: String,
    /// What the receiver's own code made of it, to be told which mistake makes that.
    #[arg(long)]
    pub computed: Option<String>,
}

impl Operation for EndpointsVerify {
    const NAME: &'static str = "endpoints.verify";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("endpoint_id", Some(json!(self.endpoint_id))),
            ("headers", headers(&self.headers)),
            ("body", Some(json!(self.body))),
            ("computed", given(&self.computed)),
        ]
    }
}

/// Look after endpoints: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum EndpointsOperation {
    /// Makes an endpoint and its first signing key.
    ///
    /// The signing secret is shown only in the answer.
    Create(EndpointsCreate),
    /// Lists endpoints, newest first.
    List(EndpointsList),
    /// Shows an endpoint.
    #[command(alias = "show")]
    Get(EndpointsGet),
    /// Changes some fields of an endpoint.
    ///
    /// What is not given stays. 0 clears a number, an empty text the description, and empty headers the
    /// headers, which are replaced whole.
    Update(EndpointsUpdate),
    /// Deletes an endpoint: it takes no more messages.
    ///
    /// What it accepted before is still delivered, also where it was paused.
    Delete(EndpointsDelete),
    /// Holds an endpoint's deliveries.
    ///
    /// It goes on accepting messages; attempts under way end.
    Pause(EndpointsPause),
    /// Delivers what a pause has held.
    Resume(EndpointsResume),
    /// Says how endpoints are doing, newest first.
    ///
    /// Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and
    /// the last hour are known to every process.
    Health(EndpointsHealth),
    /// Makes a signed test delivery at once.
    ///
    /// It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
    /// `X-Webhook-Test: true`. A pause does not hold it.
    Test(EndpointsTest),
    /// Checks the signature of a delivery as it was received.
    ///
    /// Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was
    /// cut, another endpoint's key, a clock. With the value that a receiver's code computed it says which
    /// mistake makes that.
    Verify(EndpointsVerify),
}

impl EndpointsOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Create(flags) => Call::of(flags),
            Self::List(flags) => Call::of(flags),
            Self::Get(flags) => Call::of(flags),
            Self::Update(flags) => Call::of(flags),
            Self::Delete(flags) => Call::of(flags),
            Self::Pause(flags) => Call::of(flags),
            Self::Resume(flags) => Call::of(flags),
            Self::Health(flags) => Call::of(flags),
            Self::Test(flags) => Call::of(flags),
            Self::Verify(flags) => Call::of(flags),
        }
    }
}
