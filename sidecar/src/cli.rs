//! The command line. `--help` is the reference of every setting; each is also an environment variable and a key
//! of the TOML file.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use crate::commands::operations::Operations;
use crate::commands::outbox::OutboxFlags;
use crate::commands::{
    self, Messages, console, doctor, export, health, metrics, migrate, send, sqlite_outbox,
};
use crate::http::openapi;
use crate::listen::{self, ListenFlags};
use crate::serve_flags::ServeFlags;
use crate::{dev, serve, settings, terminal};

/// Webhook delivery over an outbox file.
///
/// Ends with 0 where all went well, 1 where something was refused or failed, 2 where the command line or a setting is wrong.
#[derive(Parser)]
#[command(name = "hookbridge", version, about, long_about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the HTTP API and deliver.
    ///
    /// A flag wins over its environment variable, which wins over the file's key of the same name (with `_` for `-`).
    Serve(Box<ServeFlags>),
    /// Send a message, or many from lines of JSON.
    Send {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        message: send::SendFlags,
    },
    #[command(flatten)]
    Operations(Operations),
    /// Look after messages.
    Messages {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: Messages,
    },
    /// Counts of the last hour, day, week or month.
    Metrics {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        which: metrics::MetricsFlags,
    },
    /// Write messages to a CSV file.
    Export {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        which: export::ExportFlags,
    },
    /// Open the console of an outbox in a browser, signed in.
    Console {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        flags: console::ConsoleFlags,
    },
    /// Try it: a server with its console, a receiver, an endpoint and a first message, until Ctrl-C.
    Dev(dev::DevFlags),
    /// Receive deliveries, verify them and print them: a receiver for development.
    Listen(ListenFlags),
    /// Look for what is wrong with an outbox and its surroundings, and say what to do.
    Doctor {
        #[command(flatten)]
        outbox: OutboxFlags,
        /// The `ca_file` of the process that delivers.
        #[arg(long, env = "HOOKBRIDGE_CA_FILE", value_name = "FILE")]
        ca_file: Option<PathBuf>,
        /// An application's SQLite file from which a sidecar takes messages over; may be given several times.
        #[arg(long, env = "HOOKBRIDGE_SQLITE_OUTBOX", value_name = "FILE", value_delimiter = ',')]
        sqlite_outbox: Vec<PathBuf>,
    },
    /// The table by which an application on SQLite sends in its own transactions.
    SqliteOutbox(sqlite_outbox::SqliteOutboxFlags),
    /// Make or update the tables of a PostgreSQL database, as its owner.
    Migrate(migrate::MigrateFlags),
    /// Move the outbox of a file into a PostgreSQL database.
    ///
    /// Takes everything along, and compares both sides. Ended at any moment and started again, it goes on.
    #[cfg(feature = "postgres")]
    Move(crate::commands::move_outbox::MoveFlags),
    /// Ask a sidecar whether it is well, for containers without another client.
    Health(health::HealthFlags),
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
    /// Print a shell's completions.
    Completions { shell: Shell },
    /// Write the manual pages.
    Man {
        /// The folder to write them into, which must exist.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        output: PathBuf,
    },
}

/// Runs the command. Help, and errors of the command line itself, end the process here.
pub fn run() -> ExitCode {
    let matches = Cli::command().try_get_matches().unwrap_or_else(|error| without_values(error).exit());
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| without_values(error).exit());
    match cli.command {
        Command::Serve(flags) => {
            let given = |key: &str| {
                let source =
                    matches.subcommand_matches("serve").and_then(|matches| matches.value_source(key));
                source.is_some_and(|source| source != ValueSource::DefaultValue)
            };
            match settings::merge(*flags, given) {
                Ok(settings) => serve::run(settings),
                Err(wrong) => refuse(&wrong),
            }
        }
        Command::Send { outbox, message } => outbox.with(|engine| send::run(engine, outbox.form, message)),
        Command::Operations(operation) => operation.run(),
        Command::Messages { outbox, action } => commands::messages(&outbox, action),
        Command::Metrics { outbox, which } => metrics::metrics(&outbox, which),
        Command::Export { outbox, which } => outbox.with(|engine| export::run(engine, outbox.form, &which)),
        Command::Console { outbox, flags } => console::run(&outbox, &flags),
        Command::Dev(flags) => dev::run(&flags),
        Command::Listen(flags) => listen::run(&flags),
        Command::Doctor { outbox, sqlite_outbox, .. } if outbox.has_server() => {
            outbox.with(|engine| doctor::of_server(engine, &sqlite_outbox, outbox.form))
        }
        Command::Doctor { outbox, .. } if outbox.is_database() => {
            refuse("doctor looks into files: ask a sidecar of this database with --url")
        }
        Command::Doctor { outbox, ca_file, sqlite_outbox } => {
            doctor::of_file(&outbox.database, &sqlite_outbox, ca_file.as_deref(), outbox.form)
        }
        Command::SqliteOutbox(flags) => sqlite_outbox::run(&flags),
        Command::Migrate(flags) => migrate::run(&flags),
        #[cfg(feature = "postgres")]
        Command::Move(flags) => crate::commands::move_outbox::run(&flags),
        Command::Health(flags) => health::run(&flags),
        Command::Openapi => {
            let document = format!("{:#}\n", openapi::document());
            written(terminal::content().write_all(document.as_bytes()))
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hookbridge", &mut script);
            written(terminal::content().write_all(&script))
        }
        Command::Man { output } => written(clap_mangen::generate_to(Cli::command(), output)),
    }
}

/// The same error without the setting's value: a secret may have been put into the wrong variable.
fn without_values(mut error: clap::Error) -> clap::Error {
    if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation)
        && let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg).cloned()
        && is_setting(&built(), &argument)
    {
        error.insert(ContextKind::InvalidValue, ContextValue::String("...".to_owned()));
    }
    error
}

/// The command, built: errors name its arguments as they are then.
fn built() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// Whether an argument, by its name in errors, can come from the environment.
fn is_setting(command: &clap::Command, argument: &str) -> bool {
    let mut named = command.get_arguments().filter(|known| known.get_env().is_some());
    named.any(|known| known.to_string() == argument)
        || command.get_subcommands().any(|command| is_setting(command, argument))
}

fn written(outcome: std::io::Result<()>) -> ExitCode {
    match outcome {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => {
            terminal::say(format_args!("hookbridge: {cause}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Prints what is wrong with the settings. Exits with 2, as clap does for a wrong command line.
fn refuse(message: &str) -> ExitCode {
    terminal::say(format_args!("hookbridge: {message}"));
    ExitCode::from(2)
}
