//! The numbers that stand in a store for a status, a retry type and the like: the same in every store.

use crate::model::api_key::ApiKeyScope;
use crate::model::attempt::RetryType;
use crate::model::message::MessageStatus;
use crate::model::ordering::OnFailure;

/// Never stored of a message, since only the process that delivers knows it. The filter of an export may name it.
const DELIVERING: i64 = -1;
pub(in crate::outbox) const QUEUED: i64 = 0;
pub(in crate::outbox) const PENDING_RETRY: i64 = 1;
pub(in crate::outbox) const SUCCEEDED: i64 = 2;
pub(in crate::outbox) const FAILED_PERMANENT: i64 = 3;

const FULL: i64 = 0;
const READ: i64 = 1;
const SEND: i64 = 2;

/// `on_failure` of an endpoint whose ordering keys go on, and of one whose keys wait for a person.
const CONTINUE: i64 = 0;
pub(in crate::outbox) const HALT: i64 = 1;

const FAST: i64 = 0;
const SLOW: i64 = 1;

/// The stored number of a status.
pub(in crate::outbox) const fn status_number(status: MessageStatus) -> i64 {
    match status {
        MessageStatus::Delivering => DELIVERING,
        MessageStatus::Queued => QUEUED,
        MessageStatus::PendingRetry => PENDING_RETRY,
        MessageStatus::Succeeded => SUCCEEDED,
        MessageStatus::FailedPermanent => FAILED_PERMANENT,
    }
}

/// The status of a stored number.
pub(in crate::outbox) const fn status(number: i64) -> MessageStatus {
    match number {
        DELIVERING => MessageStatus::Delivering,
        QUEUED => MessageStatus::Queued,
        PENDING_RETRY => MessageStatus::PendingRetry,
        SUCCEEDED => MessageStatus::Succeeded,
        _ => MessageStatus::FailedPermanent,
    }
}

/// The stored number of a retry type.
pub(in crate::outbox) const fn retry_type_number(kind: RetryType) -> i64 {
    match kind {
        RetryType::Fast => FAST,
        RetryType::Slow => SLOW,
    }
}

/// The retry type of a stored number.
pub(in crate::outbox) const fn retry_type(number: i64) -> RetryType {
    match number {
        FAST => RetryType::Fast,
        _ => RetryType::Slow,
    }
}

/// The stored number of what follows for an ordering key when one of its messages is given up.
pub(in crate::outbox) const fn on_failure_number(on_failure: Option<OnFailure>) -> i64 {
    match on_failure {
        Some(OnFailure::Halt) => HALT,
        Some(OnFailure::Continue) | None => CONTINUE,
    }
}

/// What a stored number says; `None` is the default.
pub(in crate::outbox) const fn on_failure(number: i64) -> Option<OnFailure> {
    match number {
        HALT => Some(OnFailure::Halt),
        _ => None,
    }
}

/// The stored number of an API key's scope.
pub(in crate::outbox) const fn scope_number(scope: ApiKeyScope) -> i64 {
    match scope {
        ApiKeyScope::Full => FULL,
        ApiKeyScope::Read => READ,
        ApiKeyScope::Send => SEND,
    }
}

/// The scope of a stored number. A number that is not known here lets its key do least.
pub(in crate::outbox) const fn scope(number: i64) -> ApiKeyScope {
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
}
