//! The outbox that a command works on: a file, or a server's.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use hookbridge_core::config::Server;
use hookbridge_core::config::database_url::DatabaseUrl;
use hookbridge_core::{Config, Engine, Error, ErrorCode, Result};
use serde_json::json;

use crate::output::Form;
use crate::{api_key, terminal};

/// How long `close` may take at the end of a command.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// Where the outbox is, and how answers are shown.
#[derive(Clone, Args)]
pub struct OutboxFlags {
    /// The outbox file.
    #[arg(
        long,
        env = "HOOKBRIDGE_DATABASE",
        hide_env_values = true,
        value_name = "FILE",
        default_value = "hookbridge.db",
        global = true,
        help_heading = "Outbox"
    )]
    pub database: PathBuf,
    /// A sidecar or the hosted service, instead of a file.
    #[arg(long = "url", env = "HOOKBRIDGE_URL", value_name = "URL", global = true, help_heading = "Outbox")]
    server_url: Option<String>,
    /// The API key for `--url`. A command line is visible to every user of the machine (`ps`), and the environment to
    /// every process of the same user: prefer `--api-key-file`.
    #[arg(
        long,
        env = "HOOKBRIDGE_API_KEY",
        value_name = "KEY",
        hide_env_values = true,
        global = true,
        help_heading = "Outbox"
    )]
    api_key: Option<String>,
    /// A file that has the API key for `--url` instead.
    #[arg(
        long,
        env = "HOOKBRIDGE_API_KEY_FILE",
        value_name = "FILE",
        global = true,
        help_heading = "Outbox"
    )]
    api_key_file: Option<PathBuf>,
    /// Permits `--url http://` to another machine: the key travels in the clear.
    #[arg(long, global = true, help_heading = "Outbox")]
    insecure_url: bool,
    #[command(flatten)]
    pub form: Form,
}

impl OutboxFlags {
    /// Whether a server is asked instead of a file.
    pub fn has_server(&self) -> bool {
        self.server_url.is_some()
    }

    /// The server that is asked instead of a file.
    pub fn server(&self) -> Option<&str> {
        self.server_url.as_deref()
    }

    /// Whether the outbox is in a PostgreSQL database.
    pub fn is_database(&self) -> bool {
        DatabaseUrl::of(&self.database).is_some()
    }

    /// The outbox, as it may be shown.
    pub fn shown(&self) -> String {
        DatabaseUrl::of(&self.database).map_or_else(|| self.database.display().to_string(), |url| url.shown())
    }

    /// Opens an engine that does not deliver: the command ends before a delivery would.
    pub fn open(&self) -> Result<Engine> {
        if let Some(url) = &self.server_url {
            let key = api_key::resolve(self.api_key.as_deref(), self.api_key_file.as_deref())
                .map_err(|wrong| Error::new(ErrorCode::InvalidConfiguration, wrong))?;
            let settings = json!({"base_url": url, "api_key": key, "insecure_base_url": self.insecure_url});
            let config = Config::from_json(&settings.to_string())?;
            // `--url` was given: a `database` in the environment must not make this a relay.
            let server = config.server.map(|server| Server { relay: false, ..server });
            return Engine::open(Config { server, ..Config::default() });
        }
        if !self.is_database() && !self.database.exists() {
            // Opening would create the file, and a mistyped name must not make a new outbox.
            let message = format!("there is no file {}", self.database.display());
            return Err(Error::new(ErrorCode::StorageUnavailable, message));
        }
        let settings = json!({"database": self.database, "delivery": "off"});
        // No `--url` was given: a `base_url` in the environment does not count.
        Engine::open(Config { server: None, ..Config::from_json(&settings.to_string())? })
    }

    /// Opens the outbox, runs `work` and closes it. Prints an error on stderr.
    pub fn with(&self, work: impl FnOnce(&Engine) -> Result<ExitCode>) -> ExitCode {
        let worked = self.open().and_then(|engine| {
            let ended = work(&engine);
            engine.close(CLOSE_PATIENCE)?;
            ended
        });
        worked.unwrap_or_else(|error| {
            terminal::say(format_args!("hookbridge: {error}"));
            ExitCode::FAILURE
        })
    }
}
