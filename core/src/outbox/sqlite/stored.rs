//! The numbers that stand in the file for a status or a retry type, each once: as a constant to bind and, where a statement
//! must have a literal, as a macro for `concat!`. SQLite uses a partial index only for a literal. Migrations have literals of
//! their own, which never change.

macro_rules! queued {
    () => {
        0
    };
}
macro_rules! pending_retry {
    () => {
        1
    };
}
macro_rules! failed_permanent {
    () => {
        3
    };
}
/// What a scheduled message's `due_at` is less than its moment.
macro_rules! before_all {
    () => {
        1_000_000_000_000_000
    };
}
/// Whether a waiting message's `due_at` is one that is due, at a moment of the wall clock.
macro_rules! is_due {
    ($due_at:literal, $now:literal) => {
        concat!(
            "(",
            $due_at,
            " BETWEEN 0 AND ",
            $now,
            " + ",
            $crate::outbox::sqlite::clock::behind!(),
            " OR ",
            $due_at,
            " <= ",
            $now,
            " + ",
            $crate::outbox::sqlite::clock::behind!(),
            " - ",
            $crate::outbox::sqlite::stored::before_all!(),
            ")"
        )
    };
}
macro_rules! export_pending {
    () => {
        0
    };
}
macro_rules! export_processing {
    () => {
        1
    };
}
macro_rules! export_completed {
    () => {
        2
    };
}
macro_rules! export_failed {
    () => {
        3
    };
}
pub(super) use {
    before_all, export_completed, export_failed, export_pending, export_processing, failed_permanent, is_due,
    pending_retry, queued,
};

const _: () = assert!(before_all!() == crate::outbox::due_at::BEFORE_ALL);

pub(super) use crate::outbox::numbers::*;

const _: () = assert!(
    queued!() == QUEUED && pending_retry!() == PENDING_RETRY && failed_permanent!() == FAILED_PERMANENT
);

pub(super) const EXPORT_PENDING: i64 = export_pending!();
pub(super) const EXPORT_PROCESSING: i64 = export_processing!();
pub(super) const EXPORT_COMPLETED: i64 = export_completed!();

/// SQL: the messages in the dead letter queue. It is the condition of an index.
macro_rules! dead_letter {
    () => {
        concat!("status = ", $crate::outbox::sqlite::stored::failed_permanent!(), " AND deleted_at IS NULL")
    };
}
/// SQL: the exports that have a file or will have one, at the time of this parameter.
macro_rules! export_kept {
    ($now:literal) => {
        concat!(
            "status <> ",
            $crate::outbox::sqlite::stored::export_failed!(),
            " AND (expires_at IS NULL OR expires_at > ",
            $now,
            ")"
        )
    };
}
pub(super) use {dead_letter, export_kept};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_its_number() {
        assert_eq!(dead_letter!(), "status = 3 AND deleted_at IS NULL");
        assert_eq!(export_kept!("?2"), "status <> 3 AND (expires_at IS NULL OR expires_at > ?2)");
        assert_eq!(
            [queued!(), pending_retry!(), failed_permanent!()],
            [QUEUED, PENDING_RETRY, FAILED_PERMANENT]
        );
    }
}
