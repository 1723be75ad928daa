//! The commands that are one operation each, and what each operation takes on the command line.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

pub mod activity;
pub mod actors;
pub mod api_keys;
pub mod dead_letters;
pub mod endpoints;
pub mod event_types;
pub mod events;
pub mod exports;
pub mod login_codes;
pub mod messages;
pub mod metrics;
pub mod signing_keys;
pub mod stats;
pub mod subscriptions;
pub mod whoami;

use std::process::ExitCode;

use clap::Subcommand;

use super::call::Call;
use super::outbox::OutboxFlags;
use super::run;
use activity::ActivityOperation;
use actors::ActorsOperation;
use api_keys::ApiKeysOperation;
use dead_letters::DeadLettersOperation;
use endpoints::EndpointsOperation;
use event_types::EventTypesOperation;
use events::EventsOperation;
use exports::ExportsOperation;
use login_codes::LoginCodesOperation;
use signing_keys::SigningKeysOperation;
use stats::StatsFlags;
use subscriptions::SubscriptionsOperation;
use whoami::WhoamiFlags;

/// The commands that are operations and nothing else.
#[derive(Subcommand)]
pub enum Operations {
    /// See which API keys changed what.
    #[command(name = "activity")]
    Activity {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: ActivityOperation,
    },
    /// Look up who acted.
    #[command(name = "actors")]
    Actors {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: ActorsOperation,
    },
    /// Look after the API keys that a sidecar on the outbox lets in.
    #[command(name = "api-keys")]
    ApiKeys {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: ApiKeysOperation,
    },
    /// Look after messages that were given up.
    #[command(name = "dlq")]
    DeadLetters {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: DeadLettersOperation,
    },
    /// Look after endpoints.
    #[command(name = "endpoints")]
    Endpoints {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: EndpointsOperation,
    },
    /// Look after the catalogue of event types.
    #[command(name = "event-types")]
    EventTypes {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: EventTypesOperation,
    },
    /// Send events, look after them, and replay what an endpoint has missed.
    #[command(name = "events")]
    Events {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: EventsOperation,
    },
    /// Look after the exports that the outbox keeps; `export` writes one to a file of yours.
    #[command(name = "exports")]
    Exports {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: ExportsOperation,
    },
    /// Make codes that sign a browser in; `console` opens one.
    #[command(name = "login-codes")]
    LoginCodes {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: LoginCodesOperation,
    },
    /// Look after an endpoint's signing keys.
    #[command(name = "keys")]
    SigningKeys {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: SigningKeysOperation,
    },
    /// Try which events an endpoint would want.
    #[command(name = "subscriptions")]
    Subscriptions {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: SubscriptionsOperation,
    },
    /// Says how the outbox stands.
    Stats {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        flags: StatsFlags,
    },
    /// Says who asks, and what answers.
    ///
    /// The caller's API key with its scope, the version, the file, and the limits in force.
    Whoami {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        flags: WhoamiFlags,
    },
}

impl Operations {
    /// Runs the command.
    pub fn run(&self) -> ExitCode {
        match self {
            Self::Activity { outbox, action } => run(outbox, &action.call()),
            Self::Actors { outbox, action } => run(outbox, &action.call()),
            Self::ApiKeys { outbox, action } => run(outbox, &action.call()),
            Self::DeadLetters { outbox, action } => run(outbox, &action.call()),
            Self::Endpoints { outbox, action } => run(outbox, &action.call()),
            Self::EventTypes { outbox, action } => run(outbox, &action.call()),
            Self::Events { outbox, action } => run(outbox, &action.call()),
            Self::Exports { outbox, action } => run(outbox, &action.call()),
            Self::LoginCodes { outbox, action } => run(outbox, &action.call()),
            Self::SigningKeys { outbox, action } => run(outbox, &action.call()),
            Self::Subscriptions { outbox, action } => run(outbox, &action.call()),
            Self::Stats { outbox, flags } => run(outbox, &Call::of(flags)),
            Self::Whoami { outbox, flags } => run(outbox, &Call::of(flags)),
        }
    }
}
