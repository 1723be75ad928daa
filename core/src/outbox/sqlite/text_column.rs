//! Values that are stored as text: JSON, and whatever else is written and parsed. Text that cannot be read back is an
//! error, never an absent value.

use std::error::Error;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn damaged(column: usize, cause: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(cause))
}

/// Reads a column of JSON, which may be NULL.
pub(super) fn read<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(|cause| damaged(column, cause))
}

/// The JSON of a value, to be bound.
pub(super) fn write<T: Serialize>(value: Option<&T>) -> rusqlite::Result<Option<String>> {
    let text = value.map(serde_json::to_string).transpose();
    text.map_err(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))
}

/// Reads a column of text that `T` parses, which may be NULL.
pub(super) fn parse<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse()).transpose().map_err(|cause| damaged(column, cause))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use rusqlite::Connection;

    use super::*;
    use crate::model::header_map::HeaderMap;

    fn select<T>(
        value: &str,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<Option<T>>,
    ) -> rusqlite::Result<Option<T>> {
        let connection = Connection::open_in_memory().unwrap();
        connection.query_row(&format!("SELECT {value}"), [], read)
    }

    #[test]
    fn null_is_absent_and_damage_is_an_error() {
        let headers = |value: &str| select(value, |row| read::<HeaderMap>(row, 0));
        let written = headers(r#"'{"X-A":"1"}'"#).unwrap();
        assert_eq!(write(written.as_ref()).unwrap().as_deref(), Some(r#"{"X-A":"1"}"#));
        assert_eq!(headers("NULL").unwrap(), None);
        assert!(headers(r#"'{"X-A":'"#).is_err() && headers("'1'").is_err() && headers("1").is_err());

        let address = |value: &str| select(value, |row| parse::<IpAddr>(row, 0));
        assert_eq!(address("'::1'").unwrap().map(|ip| ip.is_loopback()), Some(true));
        assert_eq!(address("NULL").unwrap(), None);
        assert!(address("'nowhere'").is_err());
    }
}
