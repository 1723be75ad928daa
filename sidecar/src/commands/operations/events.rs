//! Send events, look after them, and replay what an endpoint has missed.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::{given, header, headers, json_or_word};
use crate::output::Table;

/// What `hookbridge events send` takes.
#[derive(Debug, Args)]
pub struct EventsSend {
    /// The name of its type, such as `order.created`.
    pub r#type: String,
    /// Any JSON value of at most 1,048,576 bytes.
    #[arg(value_name = "JSON", value_parser = json_or_word)]
    pub payload: Value,
    /// The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a
    /// tenant.
    #[arg(long)]
    pub tenant: Option<String>,
    /// Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers
    /// and 8,192 bytes.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event.
    #[arg(long)]
    pub idempotency_key: Option<String>,
    /// Messages of one endpoint with this key are delivered one after another; at most 255 characters.
    #[arg(long)]
    pub ordering_key: Option<String>,
    /// Before when it is not delivered; at most a year ahead.
    #[arg(long, value_name = "TIME")]
    pub deliver_at: Option<String>,
    /// After when it is not tried any more.
    #[arg(long, value_name = "TIME")]
    pub expires_at: Option<String>,
    /// How long the payload is kept, in hours; 0 drops it once all its messages are delivered.
    #[arg(long, value_name = "NUMBER")]
    pub retention_hours: Option<u64>,
}

impl Operation for EventsSend {
    const NAME: &'static str = "events.send";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("type", Some(json!(self.r#type))),
            ("payload", Some(json!(self.payload))),
            ("tenant", given(&self.tenant)),
            ("headers", headers(&self.headers)),
            ("idempotency_key", given(&self.idempotency_key)),
            ("ordering_key", given(&self.ordering_key)),
            ("deliver_at", given(&self.deliver_at)),
            ("expires_at", given(&self.expires_at)),
            ("retention_hours", given(&self.retention_hours)),
        ]
    }
}

/// What `hookbridge events send-batch` takes.
#[derive(Debug, Args)]
pub struct EventsSendBatch {
    /// At most 1,000, each as in `events.send`.
    #[arg(value_name = "JSON", value_parser = json_or_word)]
    pub events: Value,
}

impl Operation for EventsSendBatch {
    const NAME: &'static str = "events.send_batch";
    const TABLE: Option<Table> = Some(Table { items: "results", columns: &["event_id", "matched"] });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("events", Some(json!(self.events)))]
    }
}

/// What `hookbridge events list` takes.
#[derive(Debug, Args)]
pub struct EventsList {
    /// Only events of this type.
    #[arg(long)]
    pub r#type: Option<String>,
    /// Only events of this tenant.
    #[arg(long)]
    pub tenant: Option<String>,
    /// Only events accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub start_time: Option<String>,
    /// Only events accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub end_time: Option<String>,
    /// 1 to 500, 50 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl Operation for EventsList {
    const NAME: &'static str = "events.list";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &[
            "event_id",
            "type",
            "tenant",
            "idempotency_key",
            "ordering_key",
            "size_bytes",
            "payload_sha256",
            "created_at",
            "deliver_at",
            "expires_at",
            "matched",
            "has_payload",
        ],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("type", given(&self.r#type)),
            ("tenant", given(&self.tenant)),
            ("start_time", given(&self.start_time)),
            ("end_time", given(&self.end_time)),
            ("limit", given(&self.limit)),
            ("cursor", given(&self.cursor)),
        ]
    }
}

/// What `hookbridge events get` takes.
#[derive(Debug, Args)]
pub struct EventsGet {
    /// The event's id, `evt_...`.
    #[arg(value_name = "EVENT_ID")]
    pub event_id: String,
    /// How many of its messages are shown: 1 to 1,000, 100 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the answer before, for further messages.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl Operation for EventsGet {
    const NAME: &'static str = "events.get";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("event_id", Some(json!(self.event_id))),
            ("limit", given(&self.limit)),
            ("cursor", given(&self.cursor)),
        ]
    }
}

/// What `hookbridge events replay` takes.
#[derive(Debug, Args)]
pub struct EventsReplay {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
    /// Only events accepted at this moment or later.
    #[arg(value_name = "TIME")]
    pub since: String,
    /// Only events accepted before this moment.
    #[arg(long, value_name = "TIME")]
    pub before: Option<String>,
    /// Only events of this type.
    #[arg(long)]
    pub r#type: Option<String>,
    /// Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once.
    #[arg(long, value_name = "NUMBER")]
    pub rate: Option<u64>,
    /// How many events one call replays: 1 to 1,000, 100 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the call before.
    #[arg(long)]
    pub cursor: Option<String>,
    /// Only says what would be done.
    #[arg(long)]
    pub dry_run: bool,
}

impl Operation for EventsReplay {
    const NAME: &'static str = "events.replay";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("endpoint_id", Some(json!(self.endpoint_id))),
            ("since", Some(json!(self.since))),
            ("before", given(&self.before)),
            ("type", given(&self.r#type)),
            ("rate", given(&self.rate)),
            ("limit", given(&self.limit)),
            ("cursor", given(&self.cursor)),
            ("dry_run", self.dry_run.then_some(json!(true))),
        ]
    }
}

/// Send events, look after them, and replay what an endpoint has missed: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum EventsOperation {
    /// Accepts an event for every endpoint that wants it.
    ///
    /// Returns once the event and all its messages are on disk. An event that no endpoint wants is no error:
    /// it is kept, and `matched` is 0. Sending again with the same idempotency key, type and payload answers
    /// the first event.
    Send(EventsSend),
    /// Accepts up to 1,000 events.
    ///
    /// All that are good are committed in one transaction with their messages. Each event has its result or
    /// its failure, in order; one that is refused touches no other.
    SendBatch(EventsSendBatch),
    /// Lists events, newest first.
    ///
    /// A page of a filter may be short, even empty, and have more behind it: follow `next_cursor`.
    List(EventsList),
    /// Shows an event with its messages.
    Get(EventsGet),
    /// Makes the messages of events that an endpoint has missed.
    ///
    /// Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first.
    /// Each call does a bounded part: follow `next_cursor`.
    Replay(EventsReplay),
}

impl EventsOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Send(flags) => Call::of(flags),
            Self::SendBatch(flags) => Call::of(flags),
            Self::List(flags) => Call::of(flags),
            Self::Get(flags) => Call::of(flags),
            Self::Replay(flags) => Call::of(flags),
        }
    }
}
