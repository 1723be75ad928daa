//! The numbers that stand in the file for a status or a retry type, each once: as a constant to bind and, where a statement
//! must have a literal, as a macro for `concat!`. SQLite uses a partial index only for a literal. Migrations have literals of
//! their own, which never change.

use crate::model::api_key::ApiKeyScope;
use crate::model::attempt::RetryType;
use crate::model::message::MessageStatus;
use crate::model::ordering::OnFailure;

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

/// Never stored of a message, since only the process that delivers knows it. The filter of an export may name it.
const DELIVERING: i64 = -1;
pub(super) const QUEUED: i64 = queued!();
pub(super) const PENDING_RETRY: i64 = pending_retry!();
pub(super) const SUCCEEDED: i64 = 2;
pub(super) const FAILED_PERMANENT: i64 = failed_permanent!();

const FULL: i64 = 0;
const READ: i64 = 1;
const SEND: i64 = 2;

/// `on_failure` of an endpoint whose ordering keys go on, and of one whose keys wait for a person.
const CONTINUE: i64 = 0;
pub(super) const HALT: i64 = 1;

const FAST: i64 = 0;
const SLOW: i64 = 1;

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

/// The stored number of a status.
pub(super) const fn status_number(status: MessageStatus) -> i64 {
    match status {
        MessageStatus::Delivering => DELIVERING,
        MessageStatus::Queued => QUEUED,
        MessageStatus::PendingRetry => PENDING_RETRY,
        MessageStatus::Succeeded => SUCCEEDED,
        MessageStatus::FailedPermanent => FAILED_PERMANENT,
    }
}

/// The status of a stored number.
pub(super) const fn status(number: i64) -> MessageStatus {
    match number {
        DELIVERING => MessageStatus::Delivering,
        QUEUED => MessageStatus::Queued,
        PENDING_RETRY => MessageStatus::PendingRetry,
        SUCCEEDED => MessageStatus::Succeeded,
        _ => MessageStatus::FailedPermanent,
    }
}

/// The stored number of a retry type.
pub(super) const fn retry_type_number(kind: RetryType) -> i64 {
    match kind {
        RetryType::Fast => FAST,
        RetryType::Slow => SLOW,
    }
}

/// The retry type of a stored number.
pub(super) const fn retry_type(number: i64) -> RetryType {
    match number {
        FAST => RetryType::Fast,
        _ => RetryType::Slow,
    }
}

/// The stored number of what follows for an ordering key when one of its messages is given up.
pub(super) const fn on_failure_number(on_failure: Option<OnFailure>) -> i64 {
    match on_failure {
        Some(OnFailure::Halt) => HALT,
        Some(OnFailure::Continue) | None => CONTINUE,
    }
}

/// What a stored number says; `None` is the default.
pub(super) const fn on_failure(number: i64) -> Option<OnFailure> {
    match number {
        HALT => Some(OnFailure::Halt),
        _ => None,
    }
}

/// The stored number of an API key's scope.
pub(super) const fn scope_number(scope: ApiKeyScope) -> i64 {
    match scope {
        ApiKeyScope::Full => FULL,
        ApiKeyScope::Read => READ,
        ApiKeyScope::Send => SEND,
    }
}

/// The scope of a stored number. A number that is not known here lets its key do least.
pub(super) const fn scope(number: i64) -> ApiKeyScope {
    match number {
        FULL => ApiKeyScope::Full,
        READ => ApiKeyScope::Read,
        _ => ApiKeyScope::Send,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_as_it_was_written() {
        for known in [
            MessageStatus::Delivering,
            MessageStatus::Queued,
            MessageStatus::PendingRetry,
            MessageStatus::Succeeded,
            MessageStatus::FailedPermanent,
        ] {
            assert_eq!(status(status_number(known)), known);
        }
        for known in [RetryType::Fast, RetryType::Slow] {
            assert_eq!(retry_type(retry_type_number(known)), known);
        }
        for known in [ApiKeyScope::Full, ApiKeyScope::Read, ApiKeyScope::Send] {
            assert_eq!(scope(scope_number(known)), known);
        }
    }

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
