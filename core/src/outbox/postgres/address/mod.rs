//! How the servers of a database are reached, as libpq does it: by the address, a service file and the environment, in this order.

mod certificate;
mod login;
mod parameters;
mod passfile;
mod service;
mod tls;
mod trouble;
mod verifier;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Connection};

pub(super) use self::parameters::read;
use self::passfile::Looked;
use self::tls::{Tls, TlsStream};
use self::trouble::Failure;
pub(super) use self::trouble::Trouble;
use super::dial::{self, Target, Undone};
use super::socket::Socket;

/// Variables of the environment.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The servers of a database, of which the first that can be used is used.
#[derive(Clone)]
pub(crate) struct Address {
    servers: Vec<Server>,
    /// Whether they are tried in any order.
    shuffled: bool,
    /// The time for one try of one address of one server.
    patience: Duration,
    tls: Tls,
    passfile: Option<PathBuf>,
}

/// One server.
#[derive(Clone)]
struct Server {
    at: Place,
    port: u16,
    /// What is said to it; the place is added.
    config: tokio_postgres::Config,
}

#[derive(Clone)]
enum Place {
    /// The folder of its socket.
    Socket(PathBuf),
    /// Its name, and its address where no name needs to be looked up.
    Net(String, Option<IpAddr>),
}

impl Server {
    /// As an error names it.
    fn name(&self) -> String {
        match &self.at {
            Place::Socket(folder) => format!("{}/.s.PGSQL.{}", folder.display(), self.port),
            Place::Net(name, _) if name.contains(':') => format!("[{name}]:{}", self.port),
            Place::Net(name, _) => format!("{name}:{}", self.port),
        }
    }

    /// Its name in a password file.
    fn in_passfile(&self) -> &str {
        match &self.at {
            Place::Socket(folder) if folder == parameters::socket_folder() => "localhost",
            Place::Socket(folder) => folder.to_str().unwrap_or_default(),
            Place::Net(name, _) => name,
        }
    }
}

pub(super) type Connected = (Client, Connection<Socket, TlsStream<Socket>>);

impl Address {
    /// Makes a connection.
    pub(super) async fn connect(&self) -> Result<Connected, Trouble> {
        let mut order: Vec<&Server> = self.servers.iter().collect();
        if self.shuffled {
            fastrand::shuffle(&mut order);
        }
        let mut trouble = Trouble::default();
        for server in order {
            match self.connect_to(server).await {
                Ok(connected) => return Ok(connected),
                Err(failure) => {
                    // Whoever is refused here is refused by the others too, and an account is not locked for it.
                    let is_refused = failure.is_refused;
                    trouble.add(&server.name(), failure);
                    if is_refused {
                        break;
                    }
                }
            }
        }
        Err(trouble)
    }

    async fn connect_to(&self, server: &Server) -> Result<Connected, Failure> {
        let mut config = server.config.clone();
        let mut looked = Looked::Unasked;
        if config.get_password().is_none() {
            looked = passfile::look(self.passfile.as_deref(), server.in_passfile(), server.port, &config);
            if let Looked::Password(password) = &looked {
                config.password(password);
            }
        }
        let in_words = |failure: Failure| failure.with_passfile(&looked);
        match &server.at {
            Place::Socket(folder) => {
                // Nobody listens in, and no server does TLS there.
                config.ssl_mode(SslMode::Disable);
                let target = Target::File(folder.join(format!(".s.PGSQL.{}", server.port)));
                self.once(&target, "", &config).await.map_err(in_words)
            }
            Place::Net(name, Some(address)) => {
                let target = Target::Host((*address, server.port).into());
                self.by_mode(&target, name, &config).await.map_err(in_words)
            }
            Place::Net(name, None) => {
                let found = tokio::time::timeout(
                    self.patience,
                    tokio::net::lookup_host((name.as_str(), server.port)),
                );
                let found = match found.await {
                    Ok(Ok(found)) => found,
                    Ok(Err(cause)) => return Err(Failure::name(&cause.to_string())),
                    Err(_) => return Err(Failure::name("the resolver does not answer")),
                };
                let mut last = Failure::name("it has no address");
                for address in found {
                    match self.by_mode(&Target::Host(address), name, &config).await {
                        Ok(connected) => return Ok(connected),
                        Err(failure) if failure.is_refused => return Err(in_words(failure)),
                        Err(failure) => last = failure,
                    }
                }
                Err(in_words(last))
            }
        }
    }

    /// Tries with TLS or without, as `sslmode` says.
    async fn by_mode(
        &self,
        target: &Target,
        name: &str,
        config: &tokio_postgres::Config,
    ) -> Result<Connected, Failure> {
        let mut config = config.clone();
        let (first, second) = self.tls.order();
        let failure = match self.once(target, name, config.ssl_mode(first)).await {
            Ok(connected) => return Ok(connected),
            Err(failure) => failure,
        };
        match second {
            Some(second) if failure.may_be_for_tls => self.once(target, name, config.ssl_mode(second)).await,
            _ => Err(failure),
        }
    }

    async fn once(
        &self,
        target: &Target,
        name: &str,
        config: &tokio_postgres::Config,
    ) -> Result<Connected, Failure> {
        let connecting = dial::connect(target, name, config, self.tls.clone());
        match tokio::time::timeout(self.patience, connecting).await {
            Ok(Ok(connected)) => Ok(connected),
            Ok(Err(Undone::Refused(cause))) => Err(Failure::of(&cause, config, &self.tls)),
            Ok(Err(Undone::System(cause))) => Err(Failure::of_system(&cause, &self.tls)),
            Err(_) => Err(Failure::silent(self.patience)),
        }
    }
}

#[cfg(test)]
impl Address {
    /// The settings for a server of a test's own, which trusts everybody.
    pub(super) fn of_socket(folder: &std::path::Path, user: &str, dbname: &str) -> Self {
        let given = format!("host='{}' user={user} dbname={dbname}", folder.display());
        let url = crate::config::database_url::DatabaseUrl::of(std::path::Path::new(&given));
        parameters::read(&url.unwrap_or_else(|| panic!("{given}")), &|_| None)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) fn set_user(&mut self, user: &str) {
        for server in &mut self.servers {
            server.config.user(user);
        }
    }
}
