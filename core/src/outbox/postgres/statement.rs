//! Statements and rows: values with their PostgreSQL types, so that no statement has to be prepared by name. A pooler in front of
//! the database may hand the next statement to another connection, which would not know the name.

use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use crate::model::timestamp::Timestamp;

pub(super) type Sql<T> = Result<T, Error>;

/// A value of one PostgreSQL type.
pub(super) trait Scalar: ToSql + Sync {
    const ONE: Type;
    const MANY: Type;
}

macro_rules! scalar {
    ($($rust:ty: $one:ident, $many:ident;)*) => { $(
        impl Scalar for $rust {
            const ONE: Type = Type::$one;
            const MANY: Type = Type::$many;
        }
    )* };
}
scalar! {
    bool: BOOL, BOOL_ARRAY;
    i64: INT8, INT8_ARRAY;
    String: TEXT, TEXT_ARRAY;
    &str: TEXT, TEXT_ARRAY;
    &[u8]: BYTEA, BYTEA_ARRAY;
    Uuid: UUID, UUID_ARRAY;
}

/// An argument of a statement.
pub(super) trait Argument: ToSql + Sync {
    /// Its type, which the statement is told.
    fn kind(&self) -> Type;
}

impl<T: Scalar> Argument for T {
    fn kind(&self) -> Type {
        T::ONE
    }
}

impl<T: Scalar> Argument for Option<T> {
    fn kind(&self) -> Type {
        T::ONE
    }
}

impl<T: Scalar> Argument for Vec<T> {
    fn kind(&self) -> Type {
        T::MANY
    }
}

impl<T: Scalar> Argument for Vec<Option<T>> {
    fn kind(&self) -> Type {
        T::MANY
    }
}

/// The arguments of a statement, in order.
macro_rules! args {
    ($($argument:expr),* $(,)?) => {
        &[$((
            &$argument as &(dyn tokio_postgres::types::ToSql + Sync),
            $crate::outbox::postgres::statement::Argument::kind(&$argument),
        )),*]
    };
}
pub(super) use args;

/// A whole number of any width.
struct Int(i64);

impl<'a> FromSql<'a> for Int {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::INT2 => i64::from(i16::from_sql(kind, raw)?),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8].contains(kind)
    }
}

/// The columns of a row, by position.
pub(super) trait Columns {
    fn maybe_int(&self, column: usize) -> Sql<Option<i64>>;
    fn int(&self, column: usize) -> Sql<i64>;
    fn text(&self, column: usize) -> Sql<String>;
    fn maybe_text(&self, column: usize) -> Sql<Option<String>>;
    fn boolean(&self, column: usize) -> Sql<bool>;
    fn bytes(&self, column: usize) -> Sql<Vec<u8>>;
    fn id(&self, column: usize) -> Sql<[u8; 16]>;
    fn maybe_id(&self, column: usize) -> Sql<Option<[u8; 16]>>;

    /// A number that never is below 0.
    fn count(&self, column: usize) -> Sql<u64> {
        Ok(u64::try_from(self.int(column)?).unwrap_or(0))
    }

    /// A number of 32 bits that never is below 0.
    fn small(&self, column: usize) -> Sql<u32> {
        Ok(u32::try_from(self.int(column)?).unwrap_or(0))
    }

    fn maybe_small(&self, column: usize) -> Sql<Option<u32>> {
        Ok(self.maybe_int(column)?.and_then(|number| u32::try_from(number).ok()))
    }

    fn time(&self, column: usize) -> Sql<Timestamp> {
        self.int(column).map(Timestamp::from_millis)
    }

    fn maybe_time(&self, column: usize) -> Sql<Option<Timestamp>> {
        Ok(self.maybe_int(column)?.map(Timestamp::from_millis))
    }

    /// A SHA-256. What has another length is none.
    fn sha256(&self, column: usize) -> Sql<[u8; 32]> {
        Ok(self.bytes(column)?.try_into().unwrap_or([0; 32]))
    }
}

impl Columns for Row {
    fn maybe_int(&self, column: usize) -> Sql<Option<i64>> {
        Ok(self.try_get::<_, Option<Int>>(column)?.map(|Int(number)| number))
    }

    fn int(&self, column: usize) -> Sql<i64> {
        Ok(self.try_get::<_, Int>(column)?.0)
    }

    fn text(&self, column: usize) -> Sql<String> {
        self.try_get(column)
    }

    fn maybe_text(&self, column: usize) -> Sql<Option<String>> {
        self.try_get(column)
    }

    fn boolean(&self, column: usize) -> Sql<bool> {
        self.try_get(column)
    }

    fn bytes(&self, column: usize) -> Sql<Vec<u8>> {
        self.try_get(column)
    }

    fn id(&self, column: usize) -> Sql<[u8; 16]> {
        Ok(self.try_get::<_, Uuid>(column)?.into_bytes())
    }

    fn maybe_id(&self, column: usize) -> Sql<Option<[u8; 16]>> {
        Ok(self.try_get::<_, Option<Uuid>>(column)?.map(Uuid::into_bytes))
    }
}

/// An id, or several milliseconds, as arguments.
pub(super) fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}

pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}
