//! Making a connection: the servers of an address, one after the other, on sockets of our own ([`super::socket`]).

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, NoTls, SimpleQueryMessage};

use super::socket::Socket;
use super::statement::Sql;

const DEFAULT_PORT: u16 = 5432;

/// A server of the address.
struct Server<'a> {
    place: Place<'a>,
    port: u16,
    /// The name that it must show.
    name: &'a str,
}

enum Place<'a> {
    Name(&'a str),
    Address(IpAddr),
    /// The folder of its socket.
    Folder(&'a Path),
}

/// What a socket connects to.
enum Target {
    Host(SocketAddr),
    File(PathBuf),
}

/// Connects to the first server of the address that answers, and that takes writes where the settings ask for that. Each has the
/// time of `connect_timeout`, with all that it asks before it is ready.
pub(super) async fn connect<T>(config: &Config, mut tls: T) -> Sql<(Client, Connection<Socket, T::Stream>)>
where
    T: MakeTlsConnect<Socket>,
{
    let is_shuffled = config.get_load_balance_hosts() == LoadBalanceHosts::Random;
    let mut servers = servers(config);
    if is_shuffled {
        fastrand::shuffle(&mut servers);
    }
    let mut last = None;
    for server in servers {
        let mut targets = match within(config, server.targets()).await {
            Ok(targets) => targets,
            Err(cause) => {
                last = Some(failure(config, cause).await);
                continue;
            }
        };
        if is_shuffled {
            fastrand::shuffle(&mut targets);
        }
        for target in targets {
            match within(config, begin(config, &server, &target, &mut tls)).await {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(refused)) => last = Some(refused),
                Err(cause) => last = Some(failure(config, cause).await),
            }
        }
    }
    Err(match last {
        Some(error) => error,
        None => {
            failure(config, io::Error::new(io::ErrorKind::NotFound, "the address leads to no host")).await
        }
    })
}

fn servers(config: &Config) -> Vec<Server<'_>> {
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let server = |index: usize| {
        let host = hosts.get(index);
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
        let name = match host {
            Some(Host::Tcp(name)) => name.as_str(),
            _ => "",
        };
        let place = match (addresses.get(index), host) {
            (Some(address), _) => Place::Address(*address),
            (None, Some(Host::Unix(folder))) => Place::Folder(folder),
            (None, _) => Place::Name(name),
        };
        Server { place, port, name }
    };
    (0..hosts.len().max(addresses.len())).map(server).collect()
}

impl Server<'_> {
    async fn targets(&self) -> io::Result<Vec<Target>> {
        Ok(match self.place {
            Place::Address(address) => vec![Target::Host((address, self.port).into())],
            Place::Folder(folder) => vec![Target::File(folder.join(format!(".s.PGSQL.{}", self.port)))],
            Place::Name(name) => {
                tokio::net::lookup_host((name, self.port)).await?.map(Target::Host).collect()
            }
        })
    }
}

/// Connects, and says who we are. An error of ours, or one of the library.
async fn begin<T>(
    config: &Config,
    server: &Server<'_>,
    target: &Target,
    tls: &mut T,
) -> io::Result<Sql<(Client, Connection<Socket, T::Stream>)>>
where
    T: MakeTlsConnect<Socket>,
{
    let socket = match target {
        Target::Host(address) => Socket::to_host(*address, config).await?,
        Target::File(path) => Socket::to_file(path).await?,
    };
    let tls = tls.make_tls_connect(server.name).map_err(|wrong| io::Error::other(wrong.into()))?;
    let (client, mut connection) = match config.connect_raw(socket, tls).await {
        Ok(connected) => connected,
        Err(refused) => return Ok(Err(refused)),
    };
    if config.get_target_session_attrs() != TargetSessionAttrs::Any {
        let answer = tokio::select! {
            answer = client.simple_query("SHOW transaction_read_only") => answer,
            ended = &mut connection => ended.map(|()| Vec::new()),
        };
        let rows = match answer {
            Ok(rows) => rows,
            Err(refused) => return Ok(Err(refused)),
        };
        let is_read_only = rows.iter().any(|row| match row {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("on"),
            _ => false,
        });
        if is_read_only != (config.get_target_session_attrs() == TargetSessionAttrs::ReadOnly) {
            let text = if is_read_only { "the server takes no writes" } else { "the server takes writes" };
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
    }
    Ok(Ok((client, connection)))
}

/// What comes about within `connect_timeout`.
async fn within<T>(config: &Config, what: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match config.get_connect_timeout() {
        None => what.await,
        Some(patience) => tokio::time::timeout(*patience, what).await.unwrap_or_else(|_| {
            let text = format!("no answer within {} s", patience.as_secs_f64());
            Err(io::Error::new(io::ErrorKind::TimedOut, text))
        }),
    }
}

/// The library's error for this cause.
async fn failure(config: &Config, cause: io::Error) -> tokio_postgres::Error {
    let mut plain = config.clone();
    plain.ssl_mode(SslMode::Disable);
    match plain.connect_raw(Socket::failed(cause), NoTls).await {
        Err(error) => error,
        // Nothing is sent on such a socket, and so nothing is answered.
        Ok(_) => tokio_postgres::Error::__private_api_timeout(),
    }
}
