//! The address of a PostgreSQL database, which stands where otherwise the path of a file does.

use std::fmt;
use std::path::Path;

use url::Url;

/// The address of a PostgreSQL database. Its password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address that stands in `database`; none where that is the path of a file.
    pub fn of(database: &Path) -> Option<Self> {
        let text = database.to_str()?;
        let (scheme, _) = text.split_once("://")?;
        let is_ours = ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        is_ours.then(|| Self(text.to_owned()))
    }

    /// The whole address.
    #[cfg(feature = "postgres")]
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The address without what may be secret.
    pub fn shown(&self) -> String {
        const HIDDEN: &str = "postgresql://...";
        let Ok(mut url) = Url::parse(&self.0) else { return HIDDEN.to_owned() };
        // Where there is no host there can be none to remove.
        if url.password().is_some() && url.set_password(None).is_err() {
            return HIDDEN.to_owned();
        }
        url.set_query(None);
        url.set_fragment(None);
        url.into()
    }
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
        for file in
            ["hookbridge.db", "/var/lib/postgres/outbox.db", "postgresql:", "file://x", "mysql://x/y", ""]
        {
            assert_eq!(of(file), None, "{file}");
        }
        for (text, shown) in [
            ("postgresql://app:s3cret@db:5433/outbox", "postgresql://app@db:5433/outbox"),
            ("Postgres://db/outbox?password=s3cret&sslmode=disable#s3cret", "postgres://db/outbox"),
            ("postgresql://app:s3cret@[broken", "postgresql://..."),
            ("postgresql:///outbox?host=/run/postgresql&password=s3cret", "postgresql:///outbox"),
        ] {
            assert_eq!(of(text).as_deref(), Some(shown), "{text}");
        }
    }
}
