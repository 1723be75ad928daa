//! Every setting as a row: its name, what it takes, its default and what it is for. The checks of `config.rs`, the packages'
//! arguments and the tables in the documents come from here.

use super::PAYLOAD_BYTES_LIMIT;

/// The longest retention, in hours.
pub const TEN_YEARS_HOURS: u64 = 10 * 365 * 24;

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// The path of a file.
    Path,
    /// A text; what it is, for people.
    Text(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Switch,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// Seconds from the first to the second, with fractions.
    Seconds(f64, f64),
    /// A retry schedule.
    Schedule,
}

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The name, in the JSON configuration and as an argument. The variable is `HOOKBRIDGE_` and the name in capitals.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// The default, for people; empty where there is none.
    pub default: &'static str,
    /// What it is for.
    pub about: &'static str,
}

const fn setting(name: &'static str, takes: Takes, default: &'static str, about: &'static str) -> Setting {
    Setting { name, takes, default, about }
}

const SHORTEST_TIMEOUT: f64 = 0.01;
const LONGEST_TIMEOUT: f64 = 600.0;
const TIMEOUT: Takes = Takes::Seconds(SHORTEST_TIMEOUT, LONGEST_TIMEOUT);
const MEBIBYTE: u64 = 1 << 20;

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    setting(
        "api_key",
        Takes::Text("a string"),
        "",
        "What a server at `base_url` lets its callers in by. In-process it is not needed: whoever can open the file may send.",
    ),
    setting(
        "base_url",
        Takes::Text("a URL"),
        "",
        "A server that speaks HookBridge's API: `https://`, or `http://` on this machine. With `database` beside it, messages \
         are committed to the file first and forwarded.",
    ),
    setting("send_url", Takes::Text("a URL"), "`base_url`", "Where messages are sent to, if elsewhere."),
    setting("timeout", TIMEOUT, "30", "Seconds for one request to the server."),
    setting("retries", Takes::Whole(0, 100), "3", "How often a request to the server is made again."),
    setting(
        "database",
        Takes::Path,
        "`hookbridge.db`",
        "The outbox's file, in a folder that exists, or its database, as `postgresql://user@host/name`.",
    ),
    setting(
        "durability",
        Takes::Word(&["full", "normal"]),
        "`full`",
        "`full`: an accepted message survives a power cut. `normal`: it survives the process.",
    ),
    setting(
        "delivery",
        Takes::Word(&["auto", "off"]),
        "`auto`",
        "`auto` delivers where no other process on the file does, `off` only accepts.",
    ),
    setting(
        "allow_local_endpoints",
        Takes::Switch,
        "false",
        "Permits `http://` and loopback, private and link-local targets.",
    ),
    setting(
        "verify_dns",
        Takes::Switch,
        "true",
        "Whether an endpoint's host must resolve when the endpoint is created or its URL changed.",
    ),
    setting(
        "strict_event_types",
        Takes::Switch,
        "false",
        "Whether events of types that are not in the catalogue are refused.",
    ),
    setting(
        "validate_payloads",
        Takes::Switch,
        "false",
        "Whether events whose payload does not fit the schema of their type are refused.",
    ),
    setting("max_in_flight", Takes::Whole(1, 10_000), "256", "Attempts under way at once."),
    setting(
        "max_in_flight_per_endpoint",
        Takes::Whole(1, 10_000),
        "32",
        "Attempts under way at once to one endpoint.",
    ),
    setting("request_timeout", TIMEOUT, "30", "Seconds for one attempt."),
    setting("connect_timeout", TIMEOUT, "10", "Seconds for DNS, TCP and TLS together."),
    setting(
        "retry_schedule",
        Takes::Schedule,
        "`hookbridge`",
        "When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds of failure.",
    ),
    setting("max_attempts", Takes::Whole(1, 100), "8", "Attempts before a message is given up."),
    setting(
        "payload_retention_hours",
        Takes::Whole(1, TEN_YEARS_HOURS),
        "720",
        "Hours that a payload is kept.",
    ),
    setting(
        "row_retention_days",
        Takes::Whole(1, TEN_YEARS_HOURS / 24),
        "90",
        "Days that a message's row is kept after it ended.",
    ),
    setting(
        "max_payload_bytes",
        Takes::Whole(1, PAYLOAD_BYTES_LIMIT as u64),
        "1048576",
        "The largest payload that is taken, in bytes.",
    ),
    setting(
        "memory_budget_bytes",
        Takes::Whole(MEBIBYTE, 1 << 34),
        "67108864",
        "Memory for messages that wait, in bytes.",
    ),
    setting(
        "exit_timeout",
        Takes::Seconds(0.0, 60.0),
        "2",
        "Seconds that a normal exit without a close waits for what this process has accepted to be delivered.",
    ),
    setting("ca_file", Takes::Path, "", "A PEM file of authorities that are trusted beside the system's."),
    setting(
        "insecure_base_url",
        Takes::Switch,
        "false",
        "Permits `http://` to a server on another machine, over which the API key travels in the clear.",
    ),
    setting("max_exports", Takes::Whole(1, 10_000), "100", "Exports kept at once. Further ones are refused."),
    setting(
        "max_export_bytes",
        Takes::Whole(MEBIBYTE, 1 << 44),
        "10737418240",
        "Bytes of all files of exports together.",
    ),
];

/// The setting of that name.
pub fn named(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}
