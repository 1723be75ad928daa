//! Making a connection to one server, on a socket of our own ([`super::socket`]).

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, SimpleQueryMessage};

use super::socket::Socket;

/// What a socket connects to.
pub(super) enum Target {
    Host(SocketAddr),
    File(PathBuf),
}

/// Why there is no connection.
pub(super) enum Undone {
    /// The system says so, or we do.
    System(io::Error),
    Refused(tokio_postgres::Error),
}

impl From<io::Error> for Undone {
    fn from(cause: io::Error) -> Self {
        Self::System(cause)
    }
}

impl From<tokio_postgres::Error> for Undone {
    fn from(cause: tokio_postgres::Error) -> Self {
        Self::Refused(cause)
    }
}

/// Connects, and says who we are. `name` is the one that the server must show. A server that takes no writes is refused where the
/// settings ask for that.
pub(super) async fn connect<T>(
    target: &Target,
    name: &str,
    config: &Config,
    mut tls: T,
) -> Result<(Client, Connection<Socket, T::Stream>), Undone>
where
    T: MakeTlsConnect<Socket>,
{
    let socket = match target {
        Target::Host(address) => Socket::to_host(*address, config).await?,
        Target::File(path) => Socket::to_file(path).await?,
    };
    let tls = tls.make_tls_connect(name).map_err(|wrong| io::Error::other(wrong.into()))?;
    let (client, mut connection) = config.connect_raw(socket, tls).await?;
    if config.get_target_session_attrs() != TargetSessionAttrs::Any {
        let rows = tokio::select! {
            answer = client.simple_query("SHOW transaction_read_only") => answer?,
            ended = &mut connection => ended.map(|()| Vec::new())?,
        };
        let is_read_only = rows.iter().any(|row| match row {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("on"),
            _ => false,
        });
        if is_read_only != (config.get_target_session_attrs() == TargetSessionAttrs::ReadOnly) {
            // The kind is the library's for this.
            let text = if is_read_only { "the server takes no writes" } else { "the server takes writes" };
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text).into());
        }
    }
    Ok((client, connection))
}
