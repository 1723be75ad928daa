//! Why no connection could be made, in words that whoever runs the database can act on.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};
use tokio_postgres::error::{DbError, SqlState};

use super::passfile::Looked;
use super::tls::{Tls, Wrong};
use crate::error::{Error, ErrorCode};

/// What `tokio-postgres` says where it has no type for a cause.
const NO_PASSWORD: &str = "password missing";
const NO_TLS: &str = "server does not support TLS";
const LOGIN: &str = "authentication error";
const HANDSHAKE: &str = "error performing TLS handshake";

/// Why a connection could be made to none of the servers.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Trouble {
    said: Vec<String>,
    passes: bool,
}

impl Trouble {
    pub(super) fn add(&mut self, server: &str, failure: Failure) {
        self.said.push(format!("{server}: {}", failure.why));
        self.passes |= failure.passes;
    }

    /// Whether it may pass by itself, as where a database restarts.
    pub(in super::super) fn passes(&self) -> bool {
        self.passes
    }

    pub(in super::super) fn error(&self) -> Error {
        let text = format!("no connection to the database: {}", self.said.join("; "));
        Error::new(ErrorCode::StorageUnavailable, text)
    }
}

/// Why one try failed.
pub(super) struct Failure {
    why: String,
    passes: bool,
    /// Whether the server has refused who asks.
    pub is_refused: bool,
    /// Whether the same might succeed with TLS in the place of none, or the other way round.
    pub may_be_for_tls: bool,
    needs_password: bool,
}

impl Failure {
    fn new(why: String) -> Self {
        Self { why, passes: false, is_refused: false, may_be_for_tls: false, needs_password: false }
    }

    fn passing(why: String) -> Self {
        Self { passes: true, ..Self::new(why) }
    }

    pub(super) fn name(why: &str) -> Self {
        Self::passing(format!("the name cannot be looked up: {why}"))
    }

    pub(super) fn silent(patience: Duration) -> Self {
        Self::passing(format!("no answer within {} s (`connect_timeout`)", patience.as_secs()))
    }

    pub(super) fn of(cause: &tokio_postgres::Error, config: &tokio_postgres::Config, tls: &Tls) -> Self {
        let failure = Self::of_any(cause, config, tls);
        Self { may_be_for_tls: failure.may_be_for_tls || cause.to_string() == HANDSHAKE, ..failure }
    }

    fn of_any(cause: &tokio_postgres::Error, config: &tokio_postgres::Config, tls: &Tls) -> Self {
        let causes = || std::iter::successors(cause.source(), |cause| inner(*cause));
        if let Some(refusal) = cause.as_db_error() {
            return Self::refusal(refusal, config);
        }
        if let Some(cause) = causes().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            return Self { may_be_for_tls: true, ..Self::new(tls_in_words(cause, tls)) };
        }
        if let Some(wrong) = causes().find_map(|cause| cause.downcast_ref::<Wrong>()) {
            return Self::new(wrong.to_string());
        }
        if let Some(cause) = causes().find_map(|cause| cause.downcast_ref::<io::Error>()) {
            return Self::of_system(cause, tls);
        }
        let said = cause.source().map(ToString::to_string).unwrap_or_default();
        match said.as_str() {
            NO_PASSWORD => {
                let why = "it asks for a password, and none is given (`PGPASSWORD`, `~/.pgpass`, or in the address)";
                Self { is_refused: true, needs_password: true, ..Self::new(why.to_owned()) }
            }
            NO_TLS => Self::new("it does no TLS (`ssl` is off there), and `sslmode` asks for it".to_owned()),
            _ if cause.to_string() == LOGIN => {
                Self { is_refused: true, ..Self::new(format!("the login failed: {said}")) }
            }
            _ if said.is_empty() => Self::no_server(&cause.to_string(), tls),
            _ => Self::no_server(&format!("{cause}: {said}"), tls),
        }
    }

    pub(super) fn of_system(cause: &io::Error, tls: &Tls) -> Self {
        use io::ErrorKind::{BrokenPipe, ConnectionReset, PermissionDenied, TimedOut};
        match (cause.kind(), cause.raw_os_error()) {
            // Said where the server was asked.
            (PermissionDenied, None) => {
                let why = "it takes no writes (it is a standby, or read only): name the primary, or all servers of the cluster \
                    (host=a,b), of which the one that takes writes is used";
                Self::passing(why.to_owned())
            }
            (TimedOut, None) => Self::passing("no answer in time (`connect_timeout`)".to_owned()),
            (BrokenPipe | ConnectionReset, _) | (_, None) => Self::no_server(&cause.to_string(), tls),
            _ => Self::passing(format!("{cause}; does the server run, and listen there?")),
        }
    }

    /// The other side broke off, or said what no server says.
    fn no_server(said: &str, tls: &Tls) -> Self {
        let mut why = format!("it does not answer as a PostgreSQL server does: {said}");
        if tls.is_direct {
            why += "; `sslnegotiation=direct` needs PostgreSQL 17";
        }
        if tls.certificate.is_some() {
            why += "; does it refuse the certificate of `sslcert`?";
        }
        Self::passing(why)
    }

    /// What the server says itself.
    fn refusal(refusal: &DbError, config: &tokio_postgres::Config) -> Self {
        let (code, said) = (refusal.code(), refusal.message());
        let role = config.get_user().unwrap_or_default();
        let database = config.get_dbname().unwrap_or_default();
        let why = |advice: &str| {
            let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
            format!("{said} (SQLSTATE {}){advice}", code.code())
        };
        let refused = |advice: &str| Self { is_refused: true, ..Self::new(why(advice)) };
        if *code == SqlState::INVALID_PASSWORD {
            let advice = format!("mend the password of the role `{role}`");
            Self { needs_password: true, ..refused(&advice) }
        } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
            let advice = format!(
                "is there a role `{role}` that may log in, and does pg_hba.conf admit it to `{database}` from here?"
            );
            Self { may_be_for_tls: true, ..refused(&advice) }
        } else if *code == SqlState::INVALID_CATALOG_NAME {
            refused(&format!("create the database `{database}`, or mend its name in the address"))
        } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
            refused(&format!("GRANT CONNECT ON DATABASE \"{database}\" TO \"{role}\""))
        } else if *code == SqlState::TOO_MANY_CONNECTIONS {
            Self::passing(why("raise max_connections, or put a pooler between"))
        } else if ["08", "53", "57"].iter().any(|class| code.code().starts_with(class)) {
            Self::passing(why(""))
        } else {
            Self::new(why(""))
        }
    }

    /// Says what became of the password file, where a password is what is wanted.
    pub(super) fn with_passfile(mut self, looked: &Looked) -> Self {
        match looked {
            Looked::Nothing(why) if self.needs_password => self.why += &format!("; {why}"),
            Looked::Password(_) if self.needs_password => self.why += "; the password file has this one",
            _ => {}
        }
        self
    }
}

/// The cause of a cause. The system's errors hide theirs.
fn inner<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a (dyn std::error::Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inside) => Some(inside),
        None => cause.source(),
    }
}

fn tls_in_words(cause: &rustls::Error, tls: &Tls) -> String {
    let certificate = |why: &str| format!("the server's certificate is refused: {why}");
    match cause {
        rustls::Error::InvalidCertificate(wrong) => match wrong {
            CertificateError::UnknownIssuer => {
                certificate(&format!("it is not signed by {}", tls.authorities()))
            }
            CertificateError::NotValidForNameContext { expected, presented } if presented.is_empty() => {
                certificate(&format!(
                    "it has no name (subjectAltName), and `sslmode=verify-full` needs `{}` there",
                    expected.to_str()
                ))
            }
            CertificateError::NotValidForNameContext { expected, presented } => {
                // Written as `DnsName("db")`.
                let bare = |name: &String| {
                    name.split(['(', ')', '"']).rfind(|part| !part.is_empty()).map(ToOwned::to_owned)
                };
                let presented = presented.iter().filter_map(bare).collect::<Vec<_>>().join(", ");
                certificate(&format!("it is for {presented}, and not for `{}`", expected.to_str()))
            }
            _ => certificate(&wrong.to_string()),
        },
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired => {
                "the server asks for a certificate: name one by `sslcert` and `sslkey`".to_owned()
            }
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRevoked => {
                format!("the server refuses the certificate of `sslcert` ({alert:?})")
            }
            _ => format!("the TLS handshake failed: {cause}"),
        },
        _ => format!("the TLS handshake failed: {cause}"),
    }
}
