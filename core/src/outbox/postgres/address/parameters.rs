//! The parameters of an address: where their values come from, and what they may be.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, SslNegotiation, TargetSessionAttrs};

use super::tls::{Mode, Roots, Tls};
use super::{Address, Environment, Place, Server, login, service};
use crate::config::database_url::{DatabaseUrl, Given, PARAMETERS};
use crate::error::{Error, ErrorCode, Result};

/// How long one try of a connection may take, where `connect_timeout` does not say.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may be silent that is owed an answer, and how often it is asked whether it lives.
const SILENCE: Duration = Duration::from_secs(5);
const PROBES: (Duration, u32) = (Duration::from_secs(2), 3);
const PORT: u16 = 5_432;

/// Where the socket of a server is that nothing names: as distributions have it, else as PostgreSQL has it.
pub(super) fn socket_folder() -> &'static Path {
    let distributions = Path::new("/var/run/postgresql");
    if distributions.is_dir() { distributions } else { Path::new("/tmp") }
}

pub(super) fn refused(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, format!("`database`: {why}"))
}

/// What is given for each parameter.
#[derive(Default)]
struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// Takes what is not given yet. Of what is given several times in one place, `first` or the last counts.
    fn take(&mut self, given: Given, whence: &str, first: bool) -> Result<()> {
        let mut new = BTreeMap::new();
        for (name, value) in given {
            let Some((known, _)) = PARAMETERS.iter().find(|(known, _)| *known == name) else {
                let known: Vec<&str> = PARAMETERS.iter().map(|(name, _)| *name).collect();
                let text =
                    format!("the parameter `{name}`{whence} is not known; known are {}", known.join(", "));
                return Err(refused(text));
            };
            if !(first && new.contains_key(known)) {
                new.insert(*known, value);
            }
        }
        for (name, value) in new {
            self.0.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// One of several words, of which the first stands where none is given. An error names no value, which may be misplaced.
    fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T> {
        let first = || words.first().map(|(_, meaning)| *meaning);
        let found = match self.text(name) {
            None => first(),
            Some(text) => words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning),
        };
        let names = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| refused(format!("`{name}` must be one of {}", names())))
    }

    fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        let wrong = || refused(format!("`{name}` must be a whole number that fits"));
        self.text(name).map(|text| text.parse().map_err(|_| wrong())).transpose()
    }

    fn seconds(&self, name: &str) -> Result<Option<Duration>> {
        Ok(self.number(name)?.filter(|seconds| *seconds > 0).map(Duration::from_secs))
    }

    fn list(&self, name: &str) -> Vec<&str> {
        self.text(name).map(|text| text.split(',').collect()).unwrap_or_default()
    }
}

/// Reads an address, with what the service file and the environment add.
///
/// # Errors
/// `INVALID_CONFIGURATION` names the parameter or the file, and no value.
pub(in super::super) fn read(url: &DatabaseUrl, environment: Environment<'_>) -> Result<Address> {
    let mut values = Values::default();
    values.take(url.parameters().map_err(refused)?, "", false)?;
    let of_environment = |name: &str| environment(name).filter(|value| !value.is_empty());
    if let Some(name) = values.text("service").map(ToOwned::to_owned).or_else(|| of_environment("PGSERVICE"))
    {
        let given = service::read(&name, environment).map_err(refused)?;
        values.take(given, " of the service file", true)?;
    }
    let given = PARAMETERS
        .iter()
        .filter_map(|(name, variable)| Some(((*name).to_owned(), of_environment((*variable)?)?)));
    values.take(given.collect(), "", true)?;
    address(&values, environment)
}

fn address(values: &Values, environment: Environment<'_>) -> Result<Address> {
    let home = environment("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let at_home = |name: &str| home.as_ref().map(|home| home.join(name)).filter(|file| file.exists());
    let tls = tls(values, &at_home)?;
    let mut config = config(values)?;
    config.ssl_negotiation(if tls.is_direct { SslNegotiation::Direct } else { SslNegotiation::Postgres });
    let servers = servers(values, &config)?;
    if servers.iter().any(|server| matches!(server.at, Place::Net(..))) {
        tls.check().map_err(refused)?;
    }
    // There is no GSS here, and all text is UTF8: whoever asks for something else is refused.
    values.word("gssencmode", &[("disable", ()), ("prefer", ())])?;
    values.word(
        "client_encoding",
        &["UTF8", "utf8", "UTF-8", "utf-8", "auto", "unicode"].map(|word| (word, ())),
    )?;
    Ok(Address {
        servers,
        shuffled: values.word("load_balance_hosts", &[("disable", false), ("random", true)])?,
        patience: values.seconds("connect_timeout")?.unwrap_or(PATIENCE),
        tls,
        passfile: values.path("passfile").or_else(|| at_home(".pgpass")),
    })
}

fn tls(values: &Values, at_home: &dyn Fn(&str) -> Option<PathBuf>) -> Result<Tls> {
    let modes = [
        ("prefer", Mode::Prefer),
        ("disable", Mode::Disable),
        ("allow", Mode::Allow),
        ("require", Mode::Require),
        ("verify-ca", Mode::VerifyCa),
        ("verify-full", Mode::VerifyFull),
    ];
    let is_system = values.text("sslrootcert") == Some("system");
    // The system's authorities vouch for anybody's name, so that the name must be looked at.
    let mode = if is_system && values.text("sslmode").is_none() {
        Mode::VerifyFull
    } else {
        values.word("sslmode", &modes)?
    };
    if is_system && mode != Mode::VerifyFull {
        return Err(refused("with `sslrootcert=system` the `sslmode` must be verify-full"));
    }
    let verifies = matches!(mode, Mode::VerifyCa | Mode::VerifyFull);
    let roots = match values.path("sslrootcert").or_else(|| at_home(".postgresql/root.crt")) {
        _ if is_system => Roots::System,
        Some(file) => Roots::File(file),
        None if verifies => {
            let text = "`sslmode` is verify-ca or verify-full, and no authority is known: name a file of certificates by \
                `sslrootcert`, or take the system's with `sslrootcert=system` (there is no ~/.postgresql/root.crt either)";
            return Err(refused(text));
        }
        None => Roots::Anybody,
    };
    let negotiations = [("postgres", SslNegotiation::Postgres), ("direct", SslNegotiation::Direct)];
    let negotiation = values.word("sslnegotiation", &negotiations)?;
    if negotiation == SslNegotiation::Direct && !(verifies || mode == Mode::Require) {
        return Err(refused(
            "with `sslnegotiation=direct` the `sslmode` must be require, verify-ca or verify-full",
        ));
    }
    let certificate = values.path("sslcert").or_else(|| at_home(".postgresql/postgresql.crt"));
    let key = values.path("sslkey").or_else(|| at_home(".postgresql/postgresql.key"));
    Ok(Tls { mode, roots, certificate, key, is_direct: negotiation == SslNegotiation::Direct })
}

/// All but the place.
fn config(values: &Values) -> Result<tokio_postgres::Config> {
    let mut config = tokio_postgres::Config::new();
    let user = match values.text("user") {
        Some(user) => user.to_owned(),
        None => login::name()
            .ok_or_else(|| refused("`user` is not given, and this process's user has no name"))?,
    };
    config.dbname(values.text("dbname").unwrap_or(&user)).user(user);
    if let Some(password) = values.text("password") {
        config.password(password);
    }
    let name =
        values.text("application_name").or(values.text("fallback_application_name")).unwrap_or("hookbridge");
    config.application_name(name);
    if let Some(options) = values.text("options") {
        config.options(options);
    }
    let bindings = [
        ("prefer", ChannelBinding::Prefer),
        ("disable", ChannelBinding::Disable),
        ("require", ChannelBinding::Require),
    ];
    config.channel_binding(values.word("channel_binding", &bindings)?);
    // A server that takes no writes is of no use, whatever is asked for: it is passed over.
    values.word("target_session_attrs", &[("any", ()), ("read-write", ()), ("primary", ())])?;
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    let silence = values.number("tcp_user_timeout")?.filter(|millis| *millis > 0).map(Duration::from_millis);
    config
        .tcp_user_timeout(silence.unwrap_or(SILENCE))
        .keepalives(values.word("keepalives", &[("1", true), ("0", false)])?)
        .keepalives_idle(values.seconds("keepalives_idle")?.unwrap_or(SILENCE))
        .keepalives_interval(values.seconds("keepalives_interval")?.unwrap_or(PROBES.0))
        .keepalives_retries(
            values.number("keepalives_count")?.filter(|count| *count > 0).unwrap_or(PROBES.1),
        );
    Ok(config)
}

fn servers(values: &Values, config: &tokio_postgres::Config) -> Result<Vec<Server>> {
    let (names, addresses, ports) = (values.list("host"), values.list("hostaddr"), values.list("port"));
    let count = if addresses.is_empty() { names.len().max(1) } else { addresses.len() };
    if !names.is_empty() && names.len() != count {
        return Err(refused("`host` and `hostaddr` must be lists of one length"));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(refused("`port` must be one, or as many as there are hosts"));
    }
    (0..count)
        .map(|place| {
            let wrong = || refused("`hostaddr` must be addresses of IPv4 or IPv6");
            let text = addresses.get(place).copied().unwrap_or_default();
            let address: Option<IpAddr> =
                if text.is_empty() { None } else { Some(text.parse().map_err(|_| wrong())?) };
            let name = names.get(place).copied().unwrap_or_default();
            let at = match address {
                Some(address) if name.is_empty() || name.starts_with('/') => {
                    Place::Net(address.to_string(), Some(address))
                }
                Some(address) => Place::Net(name.to_owned(), Some(address)),
                None if name.is_empty() => Place::Socket(socket_folder().to_owned()),
                None if name.starts_with('/') => Place::Socket(PathBuf::from(name)),
                None => Place::Net(name.to_owned(), None),
            };
            let port = ports.get(place).or(ports.first()).copied().unwrap_or_default();
            let wrong = || refused("`port` must be numbers from 1 to 65535");
            let port = if port.is_empty() { Ok(PORT) } else { port.parse().map_err(|_| wrong()) }?;
            Ok(Server { at, port, config: config.clone() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, environment: &[(&str, &str)]) -> Result<Address> {
        let url = DatabaseUrl::of(Path::new(text)).unwrap();
        let find = |name: &str| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        read(&url, &find)
    }

    /// The servers of an address, and who logs in where.
    fn shown(address: &Address) -> String {
        let names: Vec<String> = address.servers.iter().map(Server::name).collect();
        let config = &address.servers[0].config;
        let password = config.get_password().map(|password| String::from_utf8_lossy(password).into_owned());
        let password = password.unwrap_or_default();
        let (user, dbname) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        format!("{} {user}:{password} {dbname} {:?}", names.join(","), address.tls.mode)
    }

    #[test]
    fn the_address_is_before_the_service_and_the_service_before_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        std::fs::write(&file, "# ours\n[other]\nhost=x\n[prod]\nhost=db1,db2\nport = 6000\nuser=of_service\nuser=twice\n\n[last]\n").unwrap();
        let file = file.to_str().unwrap();
        let environment = [
            ("PGSERVICEFILE", file),
            ("PGHOST", "of_environment"),
            ("PGUSER", "of_environment"),
            ("PGDATABASE", "of_environment"),
            ("PGPASSWORD", "s3cret"),
            ("PGSSLMODE", "disable"),
        ];
        for (text, expected) in [
            ("postgresql://", "of_environment:5432 of_environment:s3cret of_environment Disable"),
            ("service=prod", "db1:6000,db2:6000 of_service:s3cret of_environment Disable"),
            ("postgresql://me:mine@db3:1/app?service=prod", "db3:1 me:mine app Disable"),
            (
                "postgresql://me@a:1,b,[::1]:3?sslmode=require",
                "a:1,b:5432,[::1]:3 me:s3cret of_environment Require",
            ),
            ("host=a hostaddr=127.0.0.1 user=me dbname=''", "a:5432 me:s3cret me Disable"),
            ("host=/x user=me dbname=d", "/x/.s.PGSQL.5432 me:s3cret d Disable"),
        ] {
            assert_eq!(shown(&of(text, &environment).unwrap()), expected, "{text}");
        }
        let by_variable = [("PGSERVICE", "prod"), ("PGSERVICEFILE", file)];
        assert_eq!(
            shown(&of("postgresql://", &by_variable).unwrap()),
            "db1:6000,db2:6000 of_service: of_service Prefer"
        );
        let system = [("PGSSLROOTCERT", "system")];
        assert_eq!(shown(&of("postgresql://me@db", &system).unwrap()), "db:5432 me: me VerifyFull");
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        std::fs::write(&file, "[odd]\nssl_s3cret=1\n[nested]\nservice=s3cret\n[malformed]\ns3cret\n")
            .unwrap();
        let environment = [("PGSERVICEFILE", file.to_str().unwrap()), ("PGSYSCONFDIR", "/nowhere")];
        for (text, expected) in [
            (
                "postgresql://db/x?sslmod=s3cret",
                "the parameter `sslmod` is not known; known are service, host,",
            ),
            (
                "postgresql://db/x?sslmode=s3cret",
                "`sslmode` must be one of prefer, disable, allow, require, verify-ca, verify-full",
            ),
            ("postgresql://db/x?channel_binding=s3cret", "`channel_binding` must be one of"),
            (
                "postgresql://db/x?target_session_attrs=standby",
                "`target_session_attrs` must be one of any, read-write, primary",
            ),
            ("postgresql://db/x?connect_timeout=s3cret", "`connect_timeout` must be a whole number"),
            ("postgresql://a:s3cret@db:99999/x", "`port` must be numbers from 1 to 65535"),
            ("postgresql://a:s3cret@db:5x/x", "a host must be a name"),
            (
                "host=a,b hostaddr=127.0.0.1 password=s3cret",
                "`host` and `hostaddr` must be lists of one length",
            ),
            ("hostaddr=s3cret", "`hostaddr` must be addresses"),
            ("host=a,b,c port=1,2 password=s3cret", "`port` must be one, or as many"),
            (
                "host=db sslmode=require sslrootcert=system",
                "with `sslrootcert=system` the `sslmode` must be verify-full",
            ),
            ("host=db sslnegotiation=direct", "with `sslnegotiation=direct` the `sslmode` must be require"),
            ("host=db sslmode=verify-full", "no authority is known"),
            ("host=db sslmode=verify-full sslrootcert=/nowhere/ca.crt", "`sslrootcert`: /nowhere/ca.crt: "),
            ("host=db sslcert=/nowhere/c.crt sslkey=/nowhere/c.key", "`sslcert`: /nowhere/c.crt: "),
            ("host=db gssencmode=require", "`gssencmode` must be one of disable, prefer"),
            ("host=db client_encoding=latin1", "`client_encoding` must be one of"),
            ("service=none password=s3cret", "no service file has the service `none`"),
            ("service=odd", "the parameter `ssl_s3cret` of the service file is not known"),
            ("service=nested", "a service cannot name another"),
            ("service=malformed", "line 6 "),
            ("password=s3cret s3cret", "there is no `=` after `password`"),
        ] {
            let error = of(text, &environment).map(drop).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidConfiguration, "{text}");
            let said = error.to_string();
            assert!(said.contains(expected), "{text}: {said}");
            assert!(!said.replace("ssl_s3cret", "").contains("s3cret"), "{text}: {said}");
        }
    }
}
