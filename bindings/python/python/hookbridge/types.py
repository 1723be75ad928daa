"""What methods take and return. Written by `hookbridge-generate`: change the definition, not this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Optional, TypedDict, Union

from ._result import Page, Result

#: A point in time: a ``datetime`` (UTC where it has no offset), or RFC 3339 text.
Moment = Union[datetime, str]
#: Any JSON-able value, or the bytes of a JSON document, which are sent as they are.
Payload = Any
#: A name, gaps in seconds, or gaps for both kinds of failure.
RetrySchedule = Union[Literal["hookbridge", "standard-webhooks"], Sequence[float], Mapping[str, Sequence[float]]]
QueuedStatus = Literal["queued"]
MessageStatus = Literal["queued", "delivering", "succeeded", "pending_retry", "failed_permanent"]
OnFailure = Literal["continue", "halt"]
EndpointStanding = Literal["untried", "failing", "answering", "unknown"]
BreakerState = Literal["closed", "open", "unknown"]
RetryType = Literal["fast", "slow"]
VerificationCause = Literal[
    "valid",
    "clock_off",
    "header_missing",
    "header_malformed",
    "payload_written_again",
    "payload_space",
    "payload_changed",
    "other_endpoint",
    "unknown_key",
    "values_not_split",
    "secret_cut",
    "secret_decoded",
    "secret_not_decoded",
    "encoding_wrong",
    "signed_wrong",
]
SignatureScheme = Literal["webhook", "standard"]
Progress = Literal["waiting", "being_attempted", "delivered", "given_up", "deleted"]
ExplanationCause = Literal[
    "delivered",
    "deleted",
    "given_up",
    "cancelled",
    "payload_gone",
    "being_attempted",
    "nobody_delivers",
    "cannot_deliver",
    "deliverer_stopped",
    "paused",
    "endpoint_deleted",
    "scheduled",
    "behind_in_order",
    "order_halted",
    "waits_for_retry",
    "shortage",
    "breaker_open",
    "rate_limited",
    "endpoint_busy",
    "slots_taken",
    "behind",
    "delivered_elsewhere",
    "due",
]
ReplayableMessageStatus = Literal["failed_permanent", "pending_retry"]
ReplayOutcome = Literal["replayed", "failed", "stuck"]
DeleteOutcome = Literal["deleted", "already_deleted", "not_found"]
MetricsWindow = Literal["1h", "24h", "7d", "30d"]
APIKeyScope = Literal["full", "read", "send"]
APIKeyMode = Literal["live", "test"]
ExportStatus = Literal["pending", "processing", "completed", "failed", "expired"]
ShortageKind = Literal["descriptors", "memory", "local_ports", "threads", "lookup_places", "resolver", "trust_store"]
EventKind = Literal[
    "message_delivered",
    "attempt_failed",
    "message_dead",
    "not_delivering",
    "message_accepted",
    "attempt_started",
    "endpoint_changed",
]
#: The code of an error.
ErrorCode = Literal[
    "INTERNAL_ERROR",
    "INVALID_REQUEST",
    "INVALID_HEADERS",
    "INVALID_ENDPOINT",
    "ENDPOINT_UNREACHABLE",
    "ENDPOINT_BLOCKED",
    "INVALID_STATUS",
    "UNAUTHORIZED",
    "NOT_FOUND",
    "ENDPOINT_NOT_FOUND",
    "IDEMPOTENCY_MISMATCH",
    "DELIVERY_IN_PROGRESS",
    "RETRY_IN_PROGRESS",
    "MAX_SIGNING_KEYS_REACHED",
    "CANNOT_DELETE_LAST_SIGNING_KEY",
    "RETENTION_EXPIRED",
    "PAYLOAD_UNAVAILABLE",
    "PAYLOAD_TOO_LARGE",
    "REPLAY_LIMIT_EXCEEDED",
    "STORAGE_UNAVAILABLE",
    "INVALID_CONFIGURATION",
    "CLOSED",
    "FORKED",
    "SCHEMA_TOO_NEW",
    "EXPORT_NOT_READY",
    "EXPORT_EXPIRED",
    "NETWORK_ERROR",
    "TIMEOUT",
    "RATE_LIMIT_EXCEEDED",
    "NOT_SUPPORTED",
    "FORBIDDEN",
    "ALREADY_EXISTS",
    "UNKNOWN_EVENT_TYPE",
    "INVALID_PAYLOAD",
]


@dataclass(frozen=True)
class DeletePartialError(Result):
    """Why a delete of many messages stopped. An outbox deletes in one transaction and so has none."""

    code: Literal["DELETE_FAILED", "PARTIAL_DELETE_FAILURE"]
    message: str


@dataclass(frozen=True)
class SendWebhookResponse(Result):
    """A message that was accepted: it is on disk."""

    message_id: str
    """The id under which the message is delivered."""
    status: QueuedStatus
    """Always ``queued``."""


@dataclass(frozen=True)
class SentMessage(Result):
    """A message that an event made."""

    message_id: str
    """The id under which it is delivered."""
    endpoint_id: str
    """The endpoint it goes to."""


@dataclass(frozen=True)
class SendEventResponse(Result):
    """An event that was accepted: it is on disk with all its messages."""

    event_id: str
    """The event's id, ``evt_...``."""
    messages: list[SentMessage]
    """Its messages, one for each endpoint."""
    matched: Optional[int] = None
    """How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an endpoint that comes
    later. Absent in a relay, whose server knows the endpoints.
    """


@dataclass(frozen=True)
class SendFailure(Result):
    """Why a message of a batch was refused."""

    code: str
    """The error's code, for programs."""
    message: str
    """The error's sentence, for people."""


@dataclass(frozen=True)
class EventResult(Result):
    """The result for one event of a batch: a receipt, or why it was refused."""

    error: Optional[SendFailure] = None
    """Why it was refused, which does not affect the other events; absent where it was accepted."""
    event_id: Optional[str] = None
    """The event's id; absent where it was refused."""
    matched: Optional[int] = None
    """How many endpoints want it; absent where it was refused, and in a relay."""
    messages: Optional[list[SentMessage]] = None
    """Its messages; absent where it was refused."""


@dataclass(frozen=True)
class SendEventsResponse(Result):
    """What ``events.send_batch`` answers: a result for each event, in order."""

    results: list[EventResult]
    """One result for each event of the request, in its order."""


@dataclass(frozen=True)
class EventRecord(Result):
    """An event, without its payload."""

    event_id: str
    """The event's id, ``evt_...``."""
    type: str
    """The name of its type."""
    size_bytes: int
    """The size of the payload."""
    payload_sha256: str
    """Hex SHA-256 of the payload."""
    created_at: datetime
    """When it was accepted."""
    matched: int
    """How many endpoints wanted it when it was accepted."""
    has_payload: bool
    """Whether its payload is still kept."""
    tenant: Optional[str] = None
    """The customer whose endpoints it went to; absent where the producer named none."""
    idempotency_key: Optional[str] = None
    """The producer's idempotency key; absent where it gave none."""
    ordering_key: Optional[str] = None
    """Its messages to one endpoint are delivered in order with others of this key; absent where the producer gave none.
    """
    deliver_at: Optional[datetime] = None
    """Before when its messages are not delivered."""
    expires_at: Optional[datetime] = None
    """After when its messages are not tried any more."""


@dataclass(frozen=True)
class ListEventsResponse(Page[EventRecord]):
    """A page of a list."""

    events: list[EventRecord]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "events"


@dataclass(frozen=True)
class EventMessage(Result):
    """A message of an event."""

    message_id: str
    """The message's id."""
    endpoint_id: str
    """The endpoint it goes to."""
    status: MessageStatus
    """The message's state."""


@dataclass(frozen=True)
class EventDetails(Result):
    """An event with its messages."""

    event_id: str
    """The event's id, ``evt_...``."""
    type: str
    """The name of its type."""
    size_bytes: int
    """The size of the payload."""
    payload_sha256: str
    """Hex SHA-256 of the payload."""
    created_at: datetime
    """When it was accepted."""
    matched: int
    """How many endpoints wanted it when it was accepted."""
    has_payload: bool
    """Whether its payload is still kept."""
    messages: list[EventMessage]
    """Its messages, those of the oldest endpoint first."""
    has_more: bool
    """Whether it has further messages."""
    tenant: Optional[str] = None
    """The customer whose endpoints it went to; absent where the producer named none."""
    idempotency_key: Optional[str] = None
    """The producer's idempotency key; absent where it gave none."""
    ordering_key: Optional[str] = None
    """Its messages to one endpoint are delivered in order with others of this key; absent where the producer gave none.
    """
    deliver_at: Optional[datetime] = None
    """Before when its messages are not delivered."""
    expires_at: Optional[datetime] = None
    """After when its messages are not tried any more."""
    next_cursor: Optional[str] = None
    """What to pass as ``cursor`` for them; null where there are none."""


@dataclass(frozen=True)
class ReplayEventsResult(Result):
    """What ``events.replay`` answers."""

    replayed: int
    """How many events got a message for the endpoint, or would get one."""
    event_ids: list[str]
    """Those events, oldest first."""
    message_ids: list[str]
    """The messages that were made; empty in a dry run."""
    examined: int
    """How many events this call looked at."""
    spread_over_seconds: int
    """Over how many seconds the messages are spread by ``rate``. The next call should come no sooner."""
    dry_run: bool
    """Whether this was a dry run."""
    has_more: bool
    """Whether there may be further events."""
    next_cursor: Optional[str] = None
    """What to pass as ``cursor`` to go on; null where nothing is left."""


@dataclass(frozen=True)
class CheckedCondition(Result):
    """A condition, and what it found."""

    pointer: str
    """The place."""
    holds: bool
    """Whether the condition holds."""
    found: Optional[str] = None
    """What the sample has there, as JSON; absent where it has nothing."""


@dataclass(frozen=True)
class CheckedSubscription(Result):
    """What ``subscriptions.check`` answers."""

    wanted: bool
    """Whether an event like the sample would be delivered."""
    type_taken: bool
    """Whether the patterns take its type."""
    conditions: list[CheckedCondition]
    """The conditions of the filter, in order."""


@dataclass(frozen=True)
class EventTypeEntry(Result):
    """A type of event in the catalogue."""

    name: str
    """The name, such as ``order.created``."""
    deprecated: bool
    """Whether receivers should not rely on it any more. It is sent all the same."""
    created_at: datetime
    """When it was made."""
    updated_at: datetime
    """When it last changed."""
    description: Optional[str] = None
    """For people; at most 500 characters."""
    schema: Optional[Any] = None
    """The JSON schema (2020-12) of its payloads."""
    example: Optional[Any] = None
    """A payload, for whoever writes a receiver."""


@dataclass(frozen=True)
class ListEventTypesResponse(Page[EventTypeEntry]):
    """A page of a list."""

    event_types: list[EventTypeEntry]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "event_types"


@dataclass(frozen=True)
class CreateEndpointResponse(Result):
    """A new endpoint. Its signing secret is shown only here."""

    id: str
    """The endpoint's id, ``ep_...``."""
    url: str
    """The normalised URL."""
    signing_secret: str = field(repr=False)
    """The secret that deliveries are signed with, ``whsec_...``."""
    created_at: datetime
    """When the endpoint was made."""
    description: Optional[str] = None
    """The owner's words."""
    signing_key_id: Optional[str] = None
    """The signing key's id, ``sk_...``."""
    key_hint: Optional[str] = None
    """The last four characters of the secret."""


@dataclass(frozen=True)
class EndpointSummary(Result):
    """An endpoint in a list."""

    id: str
    """The endpoint's id, ``ep_...``."""
    url: str
    """Where deliveries are posted to."""
    created_at: datetime
    """When it was made."""
    paused: bool
    """Whether deliveries are held."""
    description: Optional[str] = None
    """The owner's words."""
    tenant: Optional[str] = None
    """The customer it belongs to."""


@dataclass(frozen=True)
class ListEndpointsResponse(Page[EndpointSummary]):
    """A page of a list."""

    endpoints: list[EndpointSummary]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "endpoints"


@dataclass(frozen=True)
class Endpoint(Result):
    """An endpoint, without its signing keys."""

    id: str
    """The endpoint's id, ``ep_...``."""
    url: str
    """Where deliveries are posted to."""
    created_at: datetime
    """When it was made."""
    updated_at: datetime
    """When it last changed."""
    paused: bool
    """Whether deliveries are held."""
    description: Optional[str] = None
    """The owner's words, at most 500 characters."""
    rate_limit_rps: Optional[int] = None
    """Deliveries a second, 1 to 1,000; absent is unlimited."""
    burst: Optional[int] = None
    """Deliveries at once within the rate limit, 1 to 10,000; absent is ``rate_limit_rps``."""
    headers: Optional[dict[str, str]] = None
    """Sent with every delivery."""
    retry_schedule: Optional[RetrySchedule] = None
    """Replaces the engine's schedule."""
    max_attempts: Optional[int] = None
    """Replaces the engine's number of attempts, 1 to 100."""
    tenant: Optional[str] = None
    """The customer it belongs to, whose events it gets; absent for the producer's own."""
    event_types: Optional[list[str]] = None
    """The events that it wants: patterns of types; absent is every type."""
    filter: Optional[Any] = None
    """Conditions on an event's payload, all of which must hold."""
    on_failure: Optional[OnFailure] = None
    """What follows for an ordering key when one of its messages is given up; absent is ``continue``."""


@dataclass(frozen=True)
class PauseState(Result):
    """Whether an endpoint's deliveries are held."""

    id: str
    """The endpoint's id, ``ep_...``."""
    paused: bool
    """Whether deliveries are held now."""
    messages_requeued: Optional[int] = None
    """After a resume: how many messages had come due meanwhile."""


@dataclass(frozen=True)
class HealthMinute(Result):
    """What happened at an endpoint in a minute."""

    at: datetime
    """When the minute begins."""
    succeeded: int
    """Successful deliveries."""
    failed: int
    """Messages given up after an attempt."""
    retries: int
    """Failed attempts that another was to follow."""


@dataclass(frozen=True)
class EndpointHealth(Result):
    """How an endpoint is doing."""

    endpoint_id: str
    """The endpoint's id."""
    url: str
    """Its URL."""
    paused: bool
    """Whether its deliveries are held."""
    standing: EndpointStanding
    """How it has answered."""
    breaker: BreakerState
    """Whether its breaker is open."""
    queued: int
    """Messages that were accepted or replayed and not attempted since. Those in flight are among them."""
    waiting_for_retry: int
    """Messages that failed and will be tried again."""
    dead: int
    """Messages in the dead letter queue."""
    minutes: list[HealthMinute]
    """The last 60 minutes, the current one last."""
    tenant: Optional[str] = None
    """The customer it belongs to; absent where it belongs to none."""
    probes_at: Optional[datetime] = None
    """When the next attempt probes it, while its breaker is open."""
    in_flight: Optional[int] = None
    """Attempts under way; absent where another process delivers."""
    limit: Optional[int] = None
    """How many attempts may be under way now; absent where another process delivers, or nothing was to be delivered."""
    tokens: Optional[float] = None
    """How many attempts the rate limit lets begin at once; absent without one."""
    last_success_at: Optional[datetime] = None
    """When it last took a message, to the minute; to the hour or the day where that is long ago."""
    last_failure_at: Optional[datetime] = None
    """When an attempt last failed, alike."""


@dataclass(frozen=True)
class EndpointHealthResponse(Page[EndpointHealth]):
    """A page of a list."""

    endpoints: list[EndpointHealth]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "endpoints"


@dataclass(frozen=True)
class AttemptRecord(Result):
    """One attempt at a delivery. Times are whole milliseconds."""

    id: str
    """A UUIDv7."""
    attempt_no: int
    """1 for the first attempt of the message; goes on counting after a replay."""
    created_at: datetime
    """When the attempt began."""
    response_status: Optional[int] = None
    """The receiver's status; absent where no answer came."""
    response_latency_ms: Optional[int] = None
    """From the beginning of the attempt to the end of the answer or of the failure."""
    processing_ms: Optional[int] = None
    """From the moment the message was due to the beginning of the attempt."""
    error_text: Optional[str] = None
    """What went wrong, for people."""
    response_headers: Optional[dict[str, str]] = None
    """The answer's headers. The values of a repeated name are joined by a comma."""
    retry_type: Optional[RetryType] = None
    """Which list of the schedule the next attempt follows."""
    retry_after_seconds: Optional[int] = None
    """The delay until the next attempt."""
    resolved_ip: Optional[str] = None
    """The address that was connected to or refused."""
    request_headers: Optional[dict[str, str]] = None
    """The headers sent. The value of ``Authorization`` is masked."""
    dns_ms: Optional[int] = None
    """Resolving the host; absent on a reused connection."""
    tcp_connect_ms: Optional[int] = None
    """Connecting; absent on a reused connection."""
    tls_handshake_ms: Optional[int] = None
    """The TLS handshake; absent on a reused connection and without TLS."""
    ttfb_ms: Optional[int] = None
    """From the request being ready to be written to the answer's headers."""
    transfer_ms: Optional[int] = None
    """From the answer's headers to its last byte."""
    conn_reused: Optional[bool] = None
    """Whether a kept connection served."""
    response_body_url: Optional[str] = None
    """Always ``None``: the body itself is in ``response_body``."""
    response_body_truncated: Optional[bool] = None
    """Whether the answer's body was longer than the kept part."""
    response_body: Optional[str] = None
    """The beginning of the answer's body as text, at most 64 KiB of it."""
    note: Optional[str] = None
    """Something unusual that neither the status nor the error says: a body that was cut off or ended badly, a dead kept
    connection that a fresh one replaced.
    """


@dataclass(frozen=True)
class TestDelivery(Result):
    """What a test delivery came to."""

    message_id: str
    """The id that was sent. No message has it."""
    delivered: bool
    """Whether the receiver answered 2xx."""
    payload: str
    """What was sent."""
    attempt: AttemptRecord
    """The attempt."""


@dataclass(frozen=True)
class Verification(Result):
    """What a check of a signature came to."""

    valid: bool
    """Whether a key of the endpoint made the signature of this body at about this time, and the computed value, if one
    was given, is right.
    """
    cause: VerificationCause
    """What is right or wrong, for programs."""
    sentence: str
    """What it means and what to do, for people."""
    scheme: Optional[SignatureScheme] = None
    """The signature that was looked at; absent where there is none."""
    key_id: Optional[str] = None
    """The endpoint's key that made it; absent where none did."""
    signed_at: Optional[datetime] = None
    """The time that was signed."""


@dataclass(frozen=True)
class SigningKey(Result):
    """A signing key as ``signing_keys.list`` shows it, without its secret."""

    id: str
    """The signing key's id, ``sk_...``."""
    key_hint: str
    """The last four characters of the secret."""
    created_at: datetime
    """When it was made."""


@dataclass(frozen=True)
class RotateSecretResponse(Result):
    """What ``signing_keys.create`` answers: the one time that the secret is shown."""

    id: str
    """The signing key's id, ``sk_...``."""
    signing_secret: str = field(repr=False)
    """``whsec_...``, shown only here."""
    key_hint: Optional[str] = None
    """The last four characters of the secret."""
    created_at: Optional[datetime] = None
    """When it was made."""


@dataclass(frozen=True)
class Message(Result):
    """A message, without its payload."""

    id: str
    """A UUIDv7."""
    project_id: str
    """Always ``proj_default``."""
    endpoint_id: str
    """The endpoint it goes to."""
    status: MessageStatus
    """The message's state."""
    attempt_count: int
    """Attempts that ended."""
    replay_count: int
    """Replays by ``messages.replay``, ``messages.replay_all`` and ``messages.replay_batch``, at most 10."""
    content_type: str
    """Always ``application/json``."""
    size_bytes: int
    """The size of the payload."""
    payload_sha256: str
    """Hex SHA-256 of the payload."""
    created_at: datetime
    """When it was accepted."""
    updated_at: datetime
    """When it last changed."""
    idempotency_key: Optional[str] = None
    """The producer's idempotency key; absent where it gave none."""
    next_attempt_at: Optional[datetime] = None
    """When the next attempt is due, while ``pending_retry`` or scheduled."""
    last_error: Optional[str] = None
    """What the last failed attempt said."""
    response_status: Optional[int] = None
    """The receiver's status in the last attempt; absent where that attempt got no answer."""
    response_latency_ms: Optional[int] = None
    """How long the last attempt took, in milliseconds."""
    deleted_at: Optional[datetime] = None
    """When it was deleted."""
    deleted_by_user_id: Optional[str] = None
    """Always ``None``: an outbox has no users."""
    deleted_by_api_key_id: Optional[str] = None
    """The API key of the caller that deleted it; absent where the door asks for none."""
    first_attempt_at: Optional[datetime] = None
    """When the first attempt began."""
    delivered_at: Optional[datetime] = None
    """When it was delivered."""
    failed_at: Optional[datetime] = None
    """When it was given up."""
    queue_wait_ms: Optional[int] = None
    """From acceptance to the first attempt, in milliseconds."""
    total_delivery_ms: Optional[int] = None
    """From acceptance to success, in milliseconds."""
    payload_expires_at: Optional[datetime] = None
    """When the payload is dropped at the latest; absent once it is gone."""
    event_id: Optional[str] = None
    """The event that it belongs to; absent for a message that was sent to one endpoint."""
    event_type: Optional[str] = None
    """The type of that event."""
    ordering_key: Optional[str] = None
    """Messages of the endpoint with this key are delivered one after another."""
    deliver_at: Optional[datetime] = None
    """Before when it is not delivered."""
    expires_at: Optional[datetime] = None
    """After when it is not tried any more."""


@dataclass(frozen=True)
class AttemptsResponse(Page[AttemptRecord]):
    """A page of a list."""

    attempts: list[AttemptRecord]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "attempts"


@dataclass(frozen=True)
class MessagePayload(Result):
    """A message's payload and what is sent beside it."""

    message_id: str
    """The message's id."""
    endpoint_id: str
    """The endpoint it goes to."""
    content_type: str
    """Always ``application/json``."""
    payload: str
    """The JSON document as a text, byte for byte as it was accepted: what is read into numbers may lose digits."""
    size_bytes: int
    """The size of the payload."""
    payload_sha256: str
    """Hex SHA-256 of the payload."""
    headers: Optional[dict[str, str]] = None
    """The message's own headers; absent where it has none."""
    payload_expires_at: Optional[datetime] = None
    """When the payload is dropped at the latest."""


@dataclass(frozen=True)
class ExplanationReason(Result):
    """One reason, with what belongs to it."""

    cause: ExplanationCause
    """The reason, for programs."""
    sentence: str
    """The reason, for people."""
    until: Optional[datetime] = None
    """When the reason ends, or at the latest; absent where that is not known."""
    count: Optional[int] = None
    """How many: attempts made, attempts under way, or messages before it."""
    limit: Optional[int] = None
    """How many there may be: attempts in all, or under way."""
    pid: Optional[int] = None
    """The process that is meant."""
    message_id: Optional[str] = None
    """The message that is meant."""


@dataclass(frozen=True)
class Explanation(Result):
    """Why a message is where it is."""

    message_id: str
    """The message's id."""
    endpoint_id: str
    """The endpoint it goes to."""
    progress: Progress
    """Where it is."""
    sentence: str
    """The first of the reasons, for people."""
    reasons: list[ExplanationReason]
    """Every reason, what decides most first."""
    changes_at: Optional[datetime] = None
    """When it goes on; absent where that takes a person, or is not known."""


@dataclass(frozen=True)
class ReplayMessageResponse(Result):
    """A message that is queued again."""

    message_id: str
    """The message's id, which stays."""
    status: MessageStatus
    """Always ``queued``."""


@dataclass(frozen=True)
class ReplayAllMessagesResponse(Result):
    """What a replay by a filter came to."""

    replayed: int
    """How many messages are queued again."""
    failed: int
    """How many were refused because of their state or their payload's retention."""
    stuck: int
    """Always 0: a replay is one transaction, so no message is left halfway."""
    replayed_message_ids: list[str]
    """The messages that are queued again."""
    stuck_message_ids: list[str]
    """Always empty."""
    refused: Optional[dict[str, int]] = None
    """How many were refused, by the code of their error; absent where an older server answered."""
    dry_run: Optional[bool] = None
    """Whether nothing was changed, and this is what would happen; absent where an older server answered."""
    next_cursor: Optional[str] = None
    """What to pass as ``cursor`` to go on; absent where nothing is left."""


@dataclass(frozen=True)
class CancelAllResult(Result):
    """What a cancel by a filter came to."""

    cancelled: int
    """How many messages were given up."""
    cancelled_message_ids: list[str]
    """Their ids."""
    refused: dict[str, int]
    """How many were refused, by the code of their error."""
    dry_run: bool
    """Whether nothing was changed, and this is what would happen."""
    next_cursor: Optional[str] = None
    """What to pass as ``cursor`` to go on; absent where nothing is left."""


@dataclass(frozen=True)
class ReplayBatchResult(Result):
    """What became of one message of a replay."""

    message_id: str
    """The id as the request gave it."""
    status: ReplayOutcome
    """``replayed`` or ``failed``."""
    error: Optional[str] = None
    """Why the message was not replayed."""


@dataclass(frozen=True)
class ReplayBatchMessagesResponse(Result):
    """What a replay of named messages came to."""

    replayed: int
    """How many messages are queued again."""
    failed: int
    """How many were refused."""
    stuck: int
    """Always 0."""
    results: list[ReplayBatchResult]
    """One result for each id of the request, in its order."""


@dataclass(frozen=True)
class DeleteMessageResult(Result):
    """A message that was deleted, now or before."""

    message_id: str
    """The message's id."""
    deleted_at: datetime
    """When the message was first deleted."""
    already_deleted: bool
    """Whether it had been deleted before."""


@dataclass(frozen=True)
class DeleteBatchItemResult(Result):
    """What became of one message of a delete."""

    message_id: str
    """The id as the request gave it."""
    outcome: DeleteOutcome
    """``deleted``, ``already_deleted`` or ``not_found``."""
    deleted_at: Optional[datetime] = None
    """When the message was first deleted."""


@dataclass(frozen=True)
class DeleteBatchResult(Result):
    """What a delete of named messages came to."""

    results: list[DeleteBatchItemResult]
    """One result for each id of the request, in its order."""
    deleted_count: int
    """How many messages this request deleted."""
    already_deleted_count: int
    """How many had been deleted before."""
    not_found_count: int
    """How many ids are unknown."""


@dataclass(frozen=True)
class DeleteAllResult(Result):
    """What a delete by a filter came to. Where ``deleted`` is the limit there may be more."""

    deleted: int
    """How many messages were deleted."""
    deleted_message_ids: list[str]
    """Their ids."""
    error: Optional[DeletePartialError] = None
    """Always ``None``: a delete is one transaction."""
    dry_run: Optional[bool] = None
    """Whether nothing was changed, and this is what would happen; absent where an older server answered."""
    next_cursor: Optional[str] = None
    """What to pass as ``cursor`` to go on; absent where nothing is left."""


@dataclass(frozen=True)
class MessageSummary(Result):
    """One line of the logs or of the dead letter queue."""

    message_id: str
    """A UUIDv7."""
    endpoint: str
    """The endpoint's URL, not its id."""
    status: MessageStatus
    """The message's state."""
    attempt_count: int
    """Attempts that ended."""
    created_at: datetime
    """When it was accepted."""
    delivered_at: Optional[datetime] = None
    """When it was delivered."""
    next_attempt_at: Optional[datetime] = None
    """When the next attempt is due, while ``pending_retry`` or scheduled."""
    response_status: Optional[int] = None
    """The receiver's status in the last attempt; absent where that attempt got no answer."""
    response_latency_ms: Optional[int] = None
    """How long the last attempt took, in milliseconds."""
    last_error: Optional[str] = None
    """What the last failed attempt said."""
    deleted_at: Optional[datetime] = None
    """When it was deleted."""
    failed_at: Optional[datetime] = None
    """When it was given up."""
    endpoint_id: Optional[str] = None
    """The endpoint's id; absent where an older server answered."""
    event_type: Optional[str] = None
    """The type of the event that it belongs to; absent for a message that was sent to one endpoint."""


@dataclass(frozen=True)
class LogsResponse(Page[MessageSummary]):
    """A page of a list."""

    messages: list[MessageSummary]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""
    searched_to: Optional[datetime] = None
    """How far back was looked, where a page is short and has more behind it: the moment at which the last message that
    was looked at was accepted.
    """

    _ITEMS = "messages"


@dataclass(frozen=True)
class DLQMessagesResponse(Page[MessageSummary]):
    """A page of a list."""

    messages: list[MessageSummary]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "messages"


@dataclass(frozen=True)
class DeadLetterGroup(Result):
    """Dead letters with one cause at one endpoint."""

    cause: str
    """``HTTP 503`` where the receiver answered, else the text of the error without numbers and addresses."""
    endpoint_id: str
    """The endpoint."""
    endpoint: str
    """The endpoint's URL."""
    count: int
    """How many messages."""
    first_failed_at: datetime
    """When the first of them was given up."""
    last_failed_at: datetime
    """When the last of them was given up."""
    message_id: str
    """The newest of them."""
    last_error: Optional[str] = None
    """What its last attempt said, whole."""


@dataclass(frozen=True)
class DeadLetterGroups(Result):
    """What ``dead_letters.groups`` answers. Where there is more, the further messages have groups of their own: those
    with the same cause and endpoint belong together.
    """

    groups: list[DeadLetterGroup]
    """The largest first."""
    read: int
    """How many dead letters were read: at most 10,000."""
    has_more: bool
    """Whether there are more."""
    next_cursor: Optional[str] = None
    """What to pass as ``cursor`` to go on; null where all were read."""


@dataclass(frozen=True)
class Metrics(Result):
    """What happened in a window of time, in sum."""

    window: MetricsWindow
    """The window asked for."""
    total_messages: int
    """Messages accepted. A replay, and a send that an idempotency key answered, accept none."""
    succeeded: int
    """Successful deliveries; a message that is replayed may have several."""
    failed: int
    """Messages given up after an attempt; not those that were cancelled, deleted or ran out of retention."""
    retries: int
    """Failed attempts that another was to follow."""
    success_rate: float
    """``succeeded`` divided by ``total_messages``, 0 to 1; 0 where no message was accepted. 1 where more messages
    succeeded than were accepted, as after an outage whose messages were accepted before the window.
    """
    avg_latency_ms: int
    """The mean time of the attempts that got an answer, of any status; 0 where none got one."""


@dataclass(frozen=True)
class TimeSeriesBucket(Result):
    """What happened in one bucket of a window."""

    timestamp: datetime
    """When the bucket begins."""
    total: int
    """Messages accepted."""
    succeeded: int
    """Successful deliveries."""
    failed: int
    """Messages given up after an attempt."""
    retrying: int
    """Failed attempts that another was to follow."""
    avg_latency_ms: int
    """The mean time of the attempts that got an answer."""


@dataclass(frozen=True)
class TimeSeriesMetrics(Result):
    """What happened in a window of time, bucket by bucket."""

    window: MetricsWindow
    """The window asked for."""
    buckets: list[TimeSeriesBucket]
    """Oldest first, without a gap."""


@dataclass(frozen=True)
class APIKeyInfo(Result):
    """An API key as ``api_keys.list`` shows it."""

    key_id: str
    """The API key's id, ``key_...``."""
    label: str
    """The label that it was given; empty without one."""
    prefix: str
    """The key's first 11 characters."""
    created_at: datetime
    """When it was made."""
    last_used_at: Optional[datetime] = None
    """When the key was last used, to the minute; null where it never was."""
    scope: Optional[APIKeyScope] = None
    """What the key lets its owner do; absent where an older server answered."""


@dataclass(frozen=True)
class CreateAPIKeyResponse(Result):
    """What ``api_keys.create`` answers: the one time that the whole key is shown."""

    key_id: str
    """The API key's id, ``key_...``."""
    key: str = field(repr=False)
    """The whole key, shown only here."""
    prefix: str
    """Its first 11 characters."""
    label: str
    """The label that it was given; empty without one."""
    created_at: datetime
    """When it was made."""
    scope: Optional[APIKeyScope] = None
    """What the key lets its owner do; absent where an older server answered."""


@dataclass(frozen=True)
class CreateLoginCodeResponse(Result):
    """A code that signs a browser in once."""

    code: str = field(repr=False)
    """The code, shown only here. A console takes it behind its address: ``/console#login=<code>``."""
    expires_at: datetime
    """Until when it works: 60 seconds from now."""
    consoles: list[str]
    """Where consoles of this outbox were served last, the newest first."""


@dataclass(frozen=True)
class ExportRecord(Result):
    """An export: a CSV file of messages."""

    id: str
    """A UUIDv7."""
    project_id: str
    """Always ``proj_default``."""
    status: ExportStatus
    """The export's state."""
    filter_start_time: datetime
    """Messages accepted at this moment or later."""
    filter_end_time: datetime
    """Messages accepted before this moment."""
    created_at: datetime
    """When it was requested."""
    filter_status: Optional[MessageStatus] = None
    """Only messages with this status."""
    filter_endpoint_id: Optional[str] = None
    """Only messages of this endpoint: the digits of its id as a UUID with dashes."""
    row_count: Optional[int] = None
    """How many messages it has."""
    file_size_bytes: Optional[int] = None
    """How large the file is."""
    error_message: Optional[str] = None
    """Why it failed."""
    started_at: Optional[datetime] = None
    """When writing last began."""
    completed_at: Optional[datetime] = None
    """When it was completed or failed."""
    expires_at: Optional[datetime] = None
    """Until when the file is kept."""
    direction: Optional[str] = None
    """Always ``outbound``."""


@dataclass(frozen=True)
class Deliverer(Result):
    """The process that delivers from an outbox."""

    pid: int
    """Its process id."""
    this_engine: bool
    """Whether the asked engine itself delivers."""
    since: datetime
    """Since when it delivers."""
    stopped: bool
    """Whether the process is stopped, by a signal or with its container, so that it delivers nothing. False where this
    cannot be seen: the process is on another machine or hidden from this one.
    """


@dataclass(frozen=True)
class Shortage(Result):
    """A shortage that keeps attempts waiting."""

    kind: ShortageKind
    """What is missing."""
    text: str
    """What is missing, with the system's error, for people."""
    since: datetime
    """Since when it is missing."""


@dataclass(frozen=True)
class Stats(Result):
    """How the outbox stands."""

    queued: int
    """Messages that were accepted or replayed and not attempted since. Those in flight are among them."""
    in_flight: int
    """Attempts under way in this process."""
    waiting_for_retry: int
    """Messages that failed and will be tried again."""
    dead: int
    """Messages in the dead letter queue."""
    bytes_on_disk: int
    """The size of the file and its write-ahead log."""
    oldest_due_age_seconds: Optional[float] = None
    """How long ago the oldest message that is due was accepted, in seconds; absent where none is due."""
    deliverer: Optional[Deliverer] = None
    """The process that delivers; absent where none delivers."""
    not_delivering: Optional[str] = None
    """Why this process, which should deliver, cannot; absent where it can, or should not."""
    shortage: Optional[Shortage] = None
    """What this process lacks for its attempts; absent where it lacks nothing."""


@dataclass(frozen=True)
class WhoAmI(Result):
    """Who asks, and what answers."""

    scope: APIKeyScope
    """What the caller may do."""
    version: str
    """The version of HookBridge."""
    pid: int
    """The process that answers."""
    database: str
    """The outbox's file."""
    delivers: bool
    """Whether this engine is to deliver."""
    max_payload_bytes: int
    """The largest payload, in bytes."""
    payload_retention_hours: int
    """How long payloads are kept, in hours."""
    max_attempts: int
    """The most attempts at a message."""
    api_key: Optional[APIKeyInfo] = None
    """The API key that the caller showed; absent in a process, where nobody is asked for one."""
    deliverer: Optional[Deliverer] = None
    """The process that delivers; absent where none does."""


@dataclass(frozen=True)
class Activity(Result):
    """A change that a caller with an API key asked for."""

    activity_id: int
    """Its number. A later one is higher."""
    occurred_at: datetime
    """When it was done."""
    operation: str
    """The operation, such as ``endpoints.pause``."""
    api_key_id: str
    """The key that the caller showed."""
    api_key_label: str
    """The label of that key at the time; empty where it had none."""
    api_key_prefix: str
    """The first characters of that key."""
    affected: int
    """How many messages, endpoints or keys it changed."""
    endpoint_id: Optional[str] = None
    """The endpoint that it was about; absent where it was about none, or several."""
    message_id: Optional[str] = None
    """The message that it was about; absent where it was about none, or several."""
    detail: Optional[str] = None
    """What else was asked for, as a JSON object: a filter, a label, the fields that were changed. No secret and no
    payload.
    """


@dataclass(frozen=True)
class ActivityResponse(Page[Activity]):
    """A page of a list."""

    activities: list[Activity]
    """The items of this page."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page begins; absent on the last."""

    _ITEMS = "activities"


@dataclass(frozen=True)
class ActorLookupResult(Result):
    """The actors that are known. A map is present only where ids of its kind were asked for."""

    users: Optional[dict[str, dict[str, str]]] = None
    """Users by id."""
    api_keys: Optional[dict[str, dict[str, str]]] = None
    """API keys by id."""


@dataclass(frozen=True)
class Event(Result):
    """Something that happened in the process that delivers, or should deliver. An event about a message is sent after
    its outcome was recorded.
    """

    kind: EventKind
    """The kind of event."""
    occurred_at: datetime
    """When it happened."""
    message_id: Optional[str] = None
    """The message; absent where the event is about none, as are the next three fields."""
    endpoint_id: Optional[str] = None
    """Its endpoint."""
    event_type: Optional[str] = None
    """The type of the event that the message belongs to; absent for a message that was sent to one endpoint."""
    attempt_no: Optional[int] = None
    """Which attempt it was, from 1."""
    response_status: Optional[int] = None
    """The receiver's status; absent where no answer came."""
    error_text: Optional[str] = None
    """What went wrong; absent where nothing did."""
    next_attempt_at: Optional[datetime] = None
    """When the next attempt is due; absent where none follows."""


class _BatchEvent(TypedDict):
    type: str
    """The name of its type, such as ``order.created``."""
    payload: Payload
    """Any JSON value of at most 1,048,576 bytes."""


class BatchEvent(_BatchEvent, total=False):
    """An event of ``send_event_batch``."""

    tenant: Optional[str]
    """The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant."""
    headers: Optional[Mapping[str, str]]
    """Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192
    bytes.
    """
    idempotency_key: Optional[str]
    """1 to 255 of letters, digits, ``_``, ``-``. Within a tenant it names one event."""
    ordering_key: Optional[str]
    """Messages of one endpoint with this key are delivered one after another; at most 255 characters."""
    deliver_at: Optional[Moment]
    """Before when it is not delivered; at most a year ahead."""
    expires_at: Optional[Moment]
    """After when it is not tried any more."""
    retention_hours: Optional[int]
    """How long the payload is kept, in hours; 0 drops it once all its messages are delivered."""


#: What became of one message of a batch.
BatchResult = Union[SendWebhookResponse, SendFailure]
