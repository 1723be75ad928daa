//! The address of a PostgreSQL database, which stands where otherwise the path of a file does.

mod syntax;

use std::fmt;
use std::path::Path;

/// The parameters of libpq that an address may have, each with the variable of the environment that has it where neither the address
/// nor a service does.
#[rustfmt::skip]
pub(crate) const PARAMETERS: &[(&str, Option<&str>)] = &[
    ("service", Some("PGSERVICE")),
    ("host", Some("PGHOST")),
    ("hostaddr", Some("PGHOSTADDR")),
    ("port", Some("PGPORT")),
    ("dbname", Some("PGDATABASE")),
    ("user", Some("PGUSER")),
    ("password", Some("PGPASSWORD")),
    ("passfile", Some("PGPASSFILE")),
    ("sslmode", Some("PGSSLMODE")),
    ("sslnegotiation", Some("PGSSLNEGOTIATION")),
    ("sslrootcert", Some("PGSSLROOTCERT")),
    ("sslcert", Some("PGSSLCERT")),
    ("sslkey", Some("PGSSLKEY")),
    ("channel_binding", Some("PGCHANNELBINDING")),
    ("gssencmode", Some("PGGSSENCMODE")),
    ("target_session_attrs", Some("PGTARGETSESSIONATTRS")),
    ("load_balance_hosts", Some("PGLOADBALANCEHOSTS")),
    ("connect_timeout", Some("PGCONNECT_TIMEOUT")),
    ("application_name", Some("PGAPPNAME")),
    ("fallback_application_name", None),
    ("client_encoding", None),
    ("options", Some("PGOPTIONS")),
    ("keepalives", None),
    ("keepalives_idle", None),
    ("keepalives_interval", None),
    ("keepalives_count", None),
    ("tcp_user_timeout", None),
];

/// The parameters of an address, in order, with their values.
pub(crate) type Given = Vec<(String, String)>;

/// The address of a PostgreSQL database: `postgresql://...`, or parameters such as `host=db dbname=app`. What is secret in it is never
/// shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address that stands in `database`; none where that is the path of a file.
    pub fn of(database: &Path) -> Option<Self> {
        let text = database.to_str()?;
        let is_ours = syntax::behind_scheme(text).is_some() || begins_with_a_parameter(text);
        is_ours.then(|| Self(text.to_owned()))
    }

    /// Whether this was an address before it was made a path: that makes one slash of two.
    pub(super) fn is_torn(database: &Path) -> bool {
        let scheme = database.to_str().and_then(|text| text.split_once(":/"));
        scheme.is_some_and(|(scheme, rest)| syntax::is_scheme(scheme) && !rest.starts_with('/'))
    }

    /// The parameters that it names.
    ///
    /// # Errors
    /// A sentence that says what is malformed, and repeats nothing that may be secret.
    pub(crate) fn parameters(&self) -> Result<Given, String> {
        match syntax::behind_scheme(&self.0) {
            Some(rest) => syntax::url(rest),
            None => syntax::pairs(&self.0),
        }
    }

    /// The address without what may be secret.
    pub fn shown(&self) -> String {
        let Ok(given) = self.parameters() else { return "postgresql://...".to_owned() };
        let last = |name: &str| given.iter().rev().find(|(known, _)| known == name);
        let value =
            |name: &str| last(name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty());
        let mut shown = "postgresql://".to_owned();
        if let Some(user) = value("user") {
            shown += &format!("{}@", syntax::encoded(user));
        }
        let hosts = value("host").or(value("hostaddr")).unwrap_or_default();
        let ports: Vec<&str> = value("port").unwrap_or_default().split(',').collect();
        for (place, host) in hosts.split(',').enumerate() {
            let port = ports.get(place).or(ports.first()).filter(|port| !port.is_empty());
            let host = if host.contains(':') { format!("[{host}]") } else { syntax::encoded(host) };
            let comma = if place == 0 { "" } else { "," };
            shown += &format!("{comma}{host}{}", port.map(|port| format!(":{port}")).unwrap_or_default());
        }
        if let Some(name) = value("dbname") {
            shown += &format!("/{}", syntax::encoded(name));
        }
        if let Some(service) = value("service") {
            shown += &format!("?service={}", syntax::encoded(service));
        }
        shown
    }
}

/// Whether a text begins as `host=` does. `./host=` is a file.
fn begins_with_a_parameter(text: &str) -> bool {
    text.split_once('=').is_some_and(|(first, _)| PARAMETERS.iter().any(|(name, _)| *name == first.trim()))
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_postgresql_is_one_and_its_password_is_not_shown() {
        let of = |text: &str| DatabaseUrl::of(Path::new(text)).map(|url| format!("{url:?}"));
        for file in [
            "hookbridge.db",
            "/var/lib/postgres/outbox.db",
            "postgresql:",
            "file://x",
            "mysql://x/y",
            "",
            "./host=x",
            "data=1.db",
        ] {
            assert_eq!(of(file), None, "{file}");
            assert!(!DatabaseUrl::is_torn(Path::new(file)), "{file}");
        }
        for (text, shown) in [
            ("postgresql://app:s3cret@db:5433/outbox", "postgresql://app@db:5433/outbox"),
            ("Postgres://db/outbox?password=s3cret&sslmode=disable#s3cret", "postgresql://db/outbox"),
            ("postgresql://app:s3cret@[broken", "postgresql://..."),
            ("postgresql://app:s3cret/s3cret@db", "postgresql://..."),
            ("postgresql://app:5432/s3cret@db", "postgresql://..."),
            ("postgresql://app:s3@cret@a,b:2/outbox", "postgresql://app@a,b:2/outbox"),
            ("postgresql://app:%zz@db", "postgresql://..."),
            (
                "postgresql:///outbox?host=/run/postgresql&password=s3cret",
                "postgresql://%2Frun%2Fpostgresql/outbox",
            ),
            ("host=db,::1 port=5433 user='a p' password='s3 cret'", "postgresql://a%20p@db:5433,[::1]:5433"),
            ("service=prod password=s3cret", "postgresql://?service=prod"),
            ("password=s3cret s3cret", "postgresql://..."),
        ] {
            assert_eq!(of(text).as_deref(), Some(shown), "{text}");
            assert!(!DatabaseUrl::is_torn(Path::new(text)), "{text}");
            let torn = text.replacen("//", "/", 1);
            let was_torn = torn != text && !torn.contains("://");
            assert_eq!(DatabaseUrl::is_torn(Path::new(&torn)), was_torn, "{text}");
        }
    }
}
