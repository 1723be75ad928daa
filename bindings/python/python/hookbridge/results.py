"""What operations answer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Generic, Optional, TypeVar, Union

T = TypeVar("T")


def moment(text: str) -> datetime:
    """Reads a timestamp (docs/contract.md#times): RFC 3339 in UTC, with ``Z``."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def read(kind: type[T], answer: dict[str, Any]) -> T:
    """Makes a result of an answer; what a newer engine adds is passed over."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        value = answer.get(field.name)
        if isinstance(value, str) and "datetime" in str(field.type):
            value = moment(value)
        values[field.name] = value
    return kind(**values)


@dataclass(frozen=True)
class SendResult:
    """A message that was accepted: it is on disk."""

    message_id: str
    status: str


@dataclass(frozen=True)
class SendFailure:
    """A message of a batch that was refused; the others are not touched by it."""

    code: str
    message: str


BatchResult = Union[SendResult, SendFailure]


@dataclass(frozen=True)
class CreatedEndpoint:
    """A new endpoint. ``signing_secret`` is shown only here."""

    id: str
    url: str
    description: Optional[str]
    signing_key_id: str
    signing_secret: str
    key_hint: str
    created_at: datetime


@dataclass(frozen=True)
class Endpoint:
    """An endpoint."""

    id: str
    url: str
    description: Optional[str]
    rate_limit_rps: Optional[int]
    burst: Optional[int]
    headers: Optional[dict[str, str]]
    retry_schedule: Any
    max_attempts: Optional[int]
    paused: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class EndpointSummary:
    """An endpoint in a list."""

    id: str
    url: str
    description: Optional[str]
    paused: bool
    created_at: datetime


@dataclass(frozen=True)
class PausedEndpoint:
    """Whether an endpoint's deliveries are held, and after a resume how many had come due."""

    id: str
    paused: bool
    messages_requeued: Optional[int] = None


@dataclass(frozen=True)
class SigningKey:
    """A signing key, without its secret."""

    id: str
    key_hint: str
    created_at: datetime


@dataclass(frozen=True)
class NewSigningKey:
    """A new signing key. ``signing_secret`` is shown only here."""

    id: str
    signing_secret: str
    key_hint: str
    created_at: datetime


@dataclass(frozen=True)
class Message:
    """A message, without its payload."""

    id: str
    project_id: str
    endpoint_id: str
    status: str
    attempt_count: int
    replay_count: int
    content_type: str
    size_bytes: int
    payload_sha256: str
    created_at: datetime
    updated_at: datetime
    idempotency_key: Optional[str]
    next_attempt_at: Optional[datetime]
    last_error: Optional[str]
    response_status: Optional[int]
    response_latency_ms: Optional[int]
    first_attempt_at: Optional[datetime]
    delivered_at: Optional[datetime]
    failed_at: Optional[datetime]
    queue_wait_ms: Optional[int]
    total_delivery_ms: Optional[int]
    payload_expires_at: Optional[datetime]
    deleted_at: Optional[datetime]


@dataclass(frozen=True)
class Attempt:
    """One attempt at a delivery; times are milliseconds."""

    id: str
    attempt_no: int
    created_at: datetime
    response_status: Optional[int]
    response_latency_ms: Optional[int]
    processing_ms: Optional[int]
    error_text: Optional[str]
    response_headers: Optional[dict[str, str]]
    retry_type: Optional[str]
    retry_after_seconds: Optional[int]
    resolved_ip: Optional[str]
    request_headers: Optional[dict[str, str]]
    dns_ms: Optional[int]
    tcp_connect_ms: Optional[int]
    tls_handshake_ms: Optional[int]
    ttfb_ms: Optional[int]
    transfer_ms: Optional[int]
    conn_reused: Optional[bool]
    response_body: Optional[str]
    response_body_truncated: Optional[bool]
    #: What was unusual that neither the status nor the error says.
    note: Optional[str]


@dataclass(frozen=True)
class DeletedMessage:
    """A message that was deleted, now or before."""

    message_id: str
    deleted_at: datetime
    already_deleted: bool


@dataclass(frozen=True)
class MessageSummary:
    """A message in the logs or in the dead letter queue. ``endpoint`` is its URL."""

    message_id: str
    endpoint: str
    status: str
    attempt_count: int
    created_at: datetime
    delivered_at: Optional[datetime]
    failed_at: Optional[datetime]
    next_attempt_at: Optional[datetime]
    response_status: Optional[int]
    response_latency_ms: Optional[int]
    last_error: Optional[str]
    deleted_at: Optional[datetime]


@dataclass(frozen=True)
class ReplayAllResult:
    """What a replay by filter came to."""

    replayed: int
    failed: int
    stuck: int
    replayed_message_ids: list[str]
    stuck_message_ids: list[str]


@dataclass(frozen=True)
class ReplayItem:
    """One message of a replay: ``replayed``, or ``failed`` with the reason."""

    message_id: str
    status: str
    error: Optional[str]


@dataclass(frozen=True)
class ReplayBatchResult:
    """What a replay by name came to."""

    replayed: int
    failed: int
    stuck: int
    results: list[ReplayItem]


@dataclass(frozen=True)
class DeleteItem:
    """One message of a delete: ``deleted``, ``already_deleted`` or ``not_found``."""

    message_id: str
    outcome: str
    deleted_at: Optional[datetime]


@dataclass(frozen=True)
class DeleteBatchResult:
    """What a delete by name came to."""

    results: list[DeleteItem]
    deleted_count: int
    already_deleted_count: int
    not_found_count: int


@dataclass(frozen=True)
class DeleteAllResult:
    """What a delete by filter came to; as many as the limit means that there may be more."""

    deleted: int
    deleted_message_ids: list[str]


@dataclass(frozen=True)
class Metrics:
    """What happened in a window; ``success_rate`` is 0 to 1, ``avg_latency_ms`` that of attempts that were answered."""

    window: str
    total_messages: int
    succeeded: int
    failed: int
    retries: int
    success_rate: float
    avg_latency_ms: int


@dataclass(frozen=True)
class Bucket:
    """What happened from ``timestamp`` on, for the width of the series."""

    timestamp: datetime
    succeeded: int
    failed: int
    retrying: int
    total: int
    avg_latency_ms: int


@dataclass(frozen=True)
class Timeseries:
    """What happened over time."""

    window: str
    buckets: list[Bucket]


@dataclass(frozen=True)
class ApiKey:
    """An API key without the key itself."""

    key_id: str
    label: str
    prefix: str
    created_at: datetime
    last_used_at: Optional[datetime]


@dataclass(frozen=True)
class NewApiKey:
    """A new API key; ``key`` is shown only here."""

    key_id: str
    key: str
    prefix: str
    label: str
    created_at: datetime


@dataclass(frozen=True)
class Export:
    """A file of messages: ``pending``, ``processing``, ``completed``, ``failed`` or ``expired``."""

    id: str
    project_id: str
    status: str
    filter_start_time: datetime
    filter_end_time: datetime
    filter_status: Optional[str]
    filter_endpoint_id: Optional[str]
    row_count: Optional[int]
    file_size_bytes: Optional[int]
    error_message: Optional[str]
    created_at: datetime
    started_at: Optional[datetime]
    completed_at: Optional[datetime]
    expires_at: Optional[datetime]


@dataclass(frozen=True)
class Actors:
    """What those are called that did something, by their ids; unknown ids are missing."""

    api_keys: dict[str, str]
    users: dict[str, str]


@dataclass(frozen=True)
class Deliverer:
    """The process that delivers."""

    pid: int
    this_engine: bool
    since: datetime
    stopped: bool
    """Whether it is stopped, by a signal or with its container, so that it delivers nothing."""


@dataclass(frozen=True)
class Shortage:
    """What a process lacks, so that attempts wait.

    ``kind`` is ``descriptors``, ``memory``, ``local_ports``, ``threads``, ``lookup_places``, ``resolver`` or
    ``trust_store``.
    """

    kind: str
    text: str
    since: datetime


@dataclass(frozen=True)
class Stats:
    """How the outbox stands."""

    queued: int
    in_flight: int
    waiting_for_retry: int
    dead: int
    oldest_due_age_seconds: Optional[float]
    bytes_on_disk: int
    deliverer: Optional[Deliverer]
    not_delivering: Optional[str]
    """Why the process that was asked, which should deliver, cannot."""
    shortage: Optional[Shortage]


@dataclass(frozen=True)
class Event:
    """What happened to a message: ``message_delivered``, ``attempt_failed`` or ``message_dead``.

    Or ``not_delivering``, of no message, where this process should deliver and cannot: ``error_text`` says why.
    """

    kind: str
    message_id: Optional[str]
    endpoint_id: Optional[str]
    attempt_no: Optional[int]
    response_status: Optional[int]
    error_text: Optional[str]
    next_attempt_at: Optional[datetime]
    occurred_at: datetime


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list; ``next_cursor`` is ``None`` on the last."""

    data: list[T]
    has_more: bool
    next_cursor: Optional[str]
