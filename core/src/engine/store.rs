//! Where an engine keeps its messages: in a file, or in a PostgreSQL database.

use std::sync::Arc;

use crate::config::Config;
use crate::config::database_url::DatabaseUrl;
use crate::error::Result;
use crate::outbox::Outbox;
use crate::outbox::link::DeliveryLink;
use crate::outbox::sqlite::own_file::OwnFile;
use crate::outbox::sqlite::store::Store;

/// Where the messages are.
#[derive(Clone)]
pub(crate) enum Place {
    /// In the file of the configuration, or in that very file.
    File(Option<Arc<OwnFile>>),
    Database(DatabaseUrl),
    /// At a server.
    Server,
}

/// A store that was opened.
pub(super) enum Opened {
    File(Arc<Store>),
    #[cfg(feature = "postgres")]
    Database(Arc<crate::outbox::postgres::Store>),
}

impl Opened {
    /// Opens the store. Changes are written from [`Opened::begin_to_write`] on. Call inside the gate.
    pub(super) fn open(config: &Config, place: &Place, link: &Arc<DeliveryLink>) -> Result<Self> {
        match place {
            Place::Database(url) => database::open(config, url, link),
            Place::File(own) => Ok(Self::File(Arc::new(Store::open(config, own.as_ref(), link)?))),
            Place::Server => Ok(Self::File(Arc::new(Store::open(config, None, link)?))),
        }
    }

    pub(super) fn outbox(&self) -> Arc<dyn Outbox> {
        match self {
            Self::File(store) => store.clone(),
            #[cfg(feature = "postgres")]
            Self::Database(store) => store.clone(),
        }
    }

    /// Starts the writer.
    pub(super) fn begin_to_write(&self) -> Result<()> {
        match self {
            Self::File(store) => store.begin_to_write(),
            // It has begun: one thread reads and writes.
            #[cfg(feature = "postgres")]
            Self::Database(_) => Ok(()),
        }
    }
}

#[cfg(feature = "postgres")]
pub(super) mod database {
    use super::{Arc, Config, DatabaseUrl, DeliveryLink, Opened, Result};
    use crate::outbox::due::Due as _;
    use crate::outbox::postgres::{self, Settings, Store};

    pub(crate) fn open(config: &Config, url: &DatabaseUrl, link: &Arc<DeliveryLink>) -> Result<Opened> {
        let settings = Settings::new(url, config)?;
        Ok(Opened::Database(Arc::new(Store::open(settings, link)?)))
    }

    /// Checks that the database can be used. True where messages wait in it.
    pub(crate) fn has_waiting(config: &Config, url: &DatabaseUrl) -> Result<bool> {
        let settings = Settings::new(url, config)?;
        let store = Store::open(settings, &Arc::new(DeliveryLink::new(None)))?;
        store.check(config)?;
        Ok(!store.overview()?.waiting.is_empty())
    }

    /// See [`crate::engine::migrate`].
    pub(crate) fn migrate(url: &DatabaseUrl) -> Result<()> {
        postgres::migrate(Settings::new(url, &Config::default())?)
    }

    /// See [`crate::engine::migrations`].
    pub(crate) fn migrations() -> Result<String> {
        Ok(postgres::migrations())
    }
}

#[cfg(not(feature = "postgres"))]
pub(super) mod database {
    use super::{Arc, Config, DatabaseUrl, DeliveryLink, Opened, Result};
    use crate::error::{Error, ErrorCode};

    fn refused<T>() -> Result<T> {
        let text = "`database` is an address of PostgreSQL, and this build of HookBridge has files only";
        Err(Error::new(ErrorCode::InvalidConfiguration, text))
    }

    pub(crate) fn open(_: &Config, _: &DatabaseUrl, _: &Arc<DeliveryLink>) -> Result<Opened> {
        refused()
    }

    pub(crate) fn has_waiting(_: &Config, _: &DatabaseUrl) -> Result<bool> {
        refused()
    }

    pub(crate) fn migrate(_: &DatabaseUrl) -> Result<()> {
        refused()
    }

    pub(crate) fn migrations() -> Result<String> {
        refused()
    }
}
