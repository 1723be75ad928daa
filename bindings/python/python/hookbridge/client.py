"""The clients. Written by `hookbridge-generate`: change the definition, not this file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Literal, Optional, Union

from ._asyncio import AsyncioClient
from ._requests import moment_text, several, texts, words
from ._result import many, one, page, text
from ._threaded import ThreadedClient
from .types import (
    Activity,
    ActivityResponse,
    ActorLookupResult,
    APIKeyInfo,
    APIKeyMode,
    APIKeyScope,
    AttemptRecord,
    AttemptsResponse,
    BatchEvent,
    CancelAllResult,
    CheckedSubscription,
    CreateAPIKeyResponse,
    CreateEndpointResponse,
    CreateLoginCodeResponse,
    DeadLetterGroups,
    DeleteAllResult,
    DeleteBatchResult,
    DeleteMessageResult,
    DLQMessagesResponse,
    Endpoint,
    EndpointHealth,
    EndpointHealthResponse,
    EndpointSummary,
    EventDetails,
    EventRecord,
    EventTypeEntry,
    Explanation,
    ExportRecord,
    ListEndpointsResponse,
    ListEventsResponse,
    ListEventTypesResponse,
    LogsResponse,
    Message,
    MessagePayload,
    MessageStatus,
    MessageSummary,
    Metrics,
    MetricsWindow,
    Moment,
    OnFailure,
    PauseState,
    Payload,
    ReplayableMessageStatus,
    ReplayAllMessagesResponse,
    ReplayBatchMessagesResponse,
    ReplayEventsResult,
    ReplayMessageResponse,
    RetrySchedule,
    RotateSecretResponse,
    SendEventResponse,
    SendEventsResponse,
    SigningKey,
    Stats,
    TestDelivery,
    TimeSeriesMetrics,
    Verification,
    WhoAmI,
)

#: Where the API is, unless ``base_url`` says so: ``None`` is an outbox in this process.
DEFAULT_BASE_URL: Optional[str] = os.environ.get("HOOKBRIDGE_BASE_URL")
#: Where messages are sent to, unless ``send_url`` says so: ``None`` is where the API is.
DEFAULT_SEND_URL: Optional[str] = os.environ.get("HOOKBRIDGE_SEND_URL")
#: The time for one request to a server, in seconds.
DEFAULT_TIMEOUT = 30.0
#: How often a request to a server is made again.
DEFAULT_RETRIES = 3


class HookBridge(ThreadedClient):
    """An outbox in this process, and its delivery in the background.

    With ``base_url`` (and ``api_key``) the same methods work with a server that speaks HookBridge's HTTP API; with
    ``database`` beside it, messages are committed to the file first and forwarded in the background (a relay).

    Use it from any thread, and on both sides of a ``fork()``. ``with`` closes it.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        *,
        base_url: Optional[str] = None,
        send_url: Optional[str] = None,
        timeout: Optional[float] = None,
        retries: Optional[int] = None,
        database: Optional[Union[str, os.PathLike[str]]] = None,
        durability: Optional[Literal["full", "normal"]] = None,
        delivery: Optional[Literal["auto", "off"]] = None,
        allow_local_endpoints: Optional[bool] = None,
        verify_dns: Optional[bool] = None,
        strict_event_types: Optional[bool] = None,
        validate_payloads: Optional[bool] = None,
        max_in_flight: Optional[int] = None,
        max_in_flight_per_endpoint: Optional[int] = None,
        request_timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        retry_schedule: Optional[RetrySchedule] = None,
        max_attempts: Optional[int] = None,
        payload_retention_hours: Optional[int] = None,
        row_retention_days: Optional[int] = None,
        max_payload_bytes: Optional[int] = None,
        memory_budget_bytes: Optional[int] = None,
        exit_timeout: Optional[float] = None,
        ca_file: Optional[Union[str, os.PathLike[str]]] = None,
        insecure_base_url: Optional[bool] = None,
        max_exports: Optional[int] = None,
        max_export_bytes: Optional[int] = None,
    ) -> None:
        """What is not given comes from its ``HOOKBRIDGE_`` variable or its default. A wrong setting raises
        :class:`ValidationError`, which names it.

        Args:
            api_key: What a server at ``base_url`` lets its callers in by. In-process it is not needed: whoever
                can open the file may send.
            base_url: A server that speaks HookBridge's API: ``https://``, or ``http://`` on this machine. With
                ``database`` beside it, messages are committed to the file first and forwarded.
            send_url: Where messages are sent to, if elsewhere. By default ``base_url``.
            timeout: Seconds for one request to the server. By default 30.
            retries: How often a request to the server is made again. By default 3.
            database: The outbox's file, in a folder that exists, or its database, as
                ``postgresql://user@host/name``. By default ``hookbridge.db``.
            durability: ``full``: an accepted message survives a power cut. ``normal``: it survives the process.
                By default ``full``.
            delivery: ``auto`` delivers where no other process on the file does, ``off`` only accepts. By default
                ``auto``.
            allow_local_endpoints: Permits ``http://`` and loopback, private and link-local targets. By default
                false.
            verify_dns: Whether an endpoint's host must resolve when the endpoint is created or its URL changed.
                By default true.
            strict_event_types: Whether events of types that are not in the catalogue are refused. By default
                false.
            validate_payloads: Whether events whose payload does not fit the schema of their type are refused. By
                default false.
            max_in_flight: Attempts under way at once. By default 256.
            max_in_flight_per_endpoint: Attempts under way at once to one endpoint. By default 32.
            request_timeout: Seconds for one attempt. By default 30.
            connect_timeout: Seconds for DNS, TCP and TLS together. By default 10.
            retry_schedule: When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds
                of failure. By default ``hookbridge``.
            max_attempts: Attempts before a message is given up. By default 8.
            payload_retention_hours: Hours that a payload is kept. By default 720.
            row_retention_days: Days that a message's row is kept after it ended. By default 90.
            max_payload_bytes: The largest payload that is taken, in bytes. By default 1048576.
            memory_budget_bytes: Memory for messages that wait, in bytes. By default 67108864.
            exit_timeout: Seconds that a normal exit without a close waits for what this process has accepted to
                be delivered. By default 2.
            ca_file: A PEM file of authorities that are trusted beside the system's.
            insecure_base_url: Permits ``http://`` to a server on another machine, over which the API key travels
                in the clear. By default false.
            max_exports: Exports kept at once. Further ones are refused. By default 100.
            max_export_bytes: Bytes of all files of exports together. By default 10737418240.
        """
        settings = {
            "api_key": api_key,
            "base_url": base_url,
            "send_url": send_url,
            "timeout": timeout,
            "retries": retries,
            "database": database,
            "durability": durability,
            "delivery": delivery,
            "allow_local_endpoints": allow_local_endpoints,
            "verify_dns": verify_dns,
            "strict_event_types": strict_event_types,
            "validate_payloads": validate_payloads,
            "max_in_flight": max_in_flight,
            "max_in_flight_per_endpoint": max_in_flight_per_endpoint,
            "request_timeout": request_timeout,
            "connect_timeout": connect_timeout,
            "retry_schedule": retry_schedule,
            "max_attempts": max_attempts,
            "payload_retention_hours": payload_retention_hours,
            "row_retention_days": row_retention_days,
            "max_payload_bytes": max_payload_bytes,
            "memory_budget_bytes": memory_budget_bytes,
            "exit_timeout": exit_timeout,
            "ca_file": ca_file,
            "insecure_base_url": insecure_base_url,
            "max_exports": max_exports,
            "max_export_bytes": max_export_bytes,
        }
        self._open(settings)

    def send_event(
        self,
        type: str,
        payload: Payload,
        *,
        tenant: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
        ordering_key: Optional[str] = None,
        deliver_at: Optional[Moment] = None,
        expires_at: Optional[Moment] = None,
        retention_hours: Optional[int] = None,
    ) -> SendEventResponse:
        """Accepts an event for every endpoint that wants it.

        Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is
        kept, and ``matched`` is 0. Sending again with the same idempotency key, type and payload answers the first
        event.

        Args:
            type: The name of its type, such as ``order.created``.
            payload: Any JSON value of at most 1,048,576 bytes.
            tenant: The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without
                a tenant.
            headers: Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50
                headers and 8,192 bytes.
            idempotency_key: 1 to 255 of letters, digits, ``_``, ``-``. Within a tenant it names one event.
            ordering_key: Messages of one endpoint with this key are delivered one after another; at most 255
                characters.
            deliver_at: Before when it is not delivered; at most a year ahead.
            expires_at: After when it is not tried any more.
            retention_hours: How long the payload is kept, in hours; 0 drops it once all its messages are
                delivered.
        """
        request = {
            "type": type,
            "payload": payload,
            "tenant": tenant,
            "headers": headers,
            "idempotency_key": idempotency_key,
            "ordering_key": ordering_key,
            "deliver_at": moment_text(deliver_at),
            "expires_at": moment_text(expires_at),
            "retention_hours": retention_hours,
        }
        return one(SendEventResponse, self._call("events.send", request))

    def send_event_batch(self, events: Iterable[BatchEvent]) -> SendEventsResponse:
        """Accepts up to 1,000 events.

        All that are good are committed in one transaction with their messages. Each event has its result or its
        failure, in order; one that is refused touches no other.

        Args:
            events: At most 1,000, each as in ``events.send``.
        """
        request = {"events": several("events", events, BatchEvent)}
        return one(SendEventsResponse, self._call("events.send_batch", request))

    def list_events(
        self,
        *,
        type: Optional[str] = None,
        tenant: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> ListEventsResponse:
        """Lists events, newest first.

        A page of a filter may be short, even empty, and have more behind it: follow ``next_cursor``.

        Args:
            type: Only events of this type.
            tenant: Only events of this tenant.
            start_time: Only events accepted at this moment or later.
            end_time: Only events accepted before this moment.
            limit: 1 to 500, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {
            "type": type,
            "tenant": tenant,
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
            "limit": limit,
            "cursor": cursor,
        }
        return page(
            ListEventsResponse,
            EventRecord,
            self._call("events.list", request),
            "data",
            lambda cursor: self.list_events(
                type=type,
                tenant=tenant,
                start_time=start_time,
                end_time=end_time,
                limit=limit,
                cursor=cursor,
            ),
        )

    def iter_events(
        self,
        *,
        type: Optional[str] = None,
        tenant: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
    ) -> Iterator[EventRecord]:
        """The same as :meth:`list_events`, over all pages: each is asked for when it is reached."""
        page: Optional[ListEventsResponse] = self.list_events(
            type=type,
            tenant=tenant,
            start_time=start_time,
            end_time=end_time,
            limit=limit,
        )
        while page is not None:
            yield from page.events
            page = page.next_page()

    def get_event(self, event_id: str, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> EventDetails:
        """Shows an event with its messages.

        Args:
            event_id: The event's id, ``evt_...``.
            limit: How many of its messages are shown: 1 to 1,000, 100 where absent.
            cursor: The ``next_cursor`` of the answer before, for further messages.
        """
        request = {"event_id": event_id, "limit": limit, "cursor": cursor}
        return one(EventDetails, self._call("events.get", request))

    def replay_events(
        self,
        endpoint_id: str,
        since: Moment,
        *,
        before: Optional[Moment] = None,
        type: Optional[str] = None,
        rate: Optional[int] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        dry_run: Optional[bool] = None,
    ) -> ReplayEventsResult:
        """Makes the messages of events that an endpoint has missed.

        Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each
        call does a bounded part: follow ``next_cursor``.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            since: Only events accepted at this moment or later.
            before: Only events accepted before this moment.
            type: Only events of this type.
            rate: Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at
                once.
            limit: How many events one call replays: 1 to 1,000, 100 where absent.
            cursor: The ``next_cursor`` of the call before.
            dry_run: Only says what would be done.
        """
        request = {
            "endpoint_id": endpoint_id,
            "since": moment_text(since),
            "before": moment_text(before),
            "type": type,
            "rate": rate,
            "limit": limit,
            "cursor": cursor,
            "dry_run": dry_run,
        }
        return one(ReplayEventsResult, self._call("events.replay", request))

    def check_subscription(
        self,
        type: str,
        payload: Payload,
        *,
        endpoint_id: Optional[str] = None,
        event_types: Optional[Iterable[str]] = None,
        filter: Optional[Any] = None,
    ) -> CheckedSubscription:
        """Says whether an endpoint would want an event like a sample.

        With the endpoint's own patterns and filter, or with others before they are written.

        Args:
            type: The type of the sample.
            payload: The payload of the sample.
            endpoint_id: The endpoint whose patterns and filter are tried where none are given here.
            event_types: Patterns of types, in place of the endpoint's.
            filter: Conditions on the payload, in place of the endpoint's.
        """
        request = {
            "type": type,
            "payload": payload,
            "endpoint_id": endpoint_id,
            "event_types": texts("event_types", event_types),
            "filter": filter,
        }
        return one(CheckedSubscription, self._call("subscriptions.check", request))

    def create_event_type(
        self,
        name: str,
        *,
        description: Optional[str] = None,
        schema: Optional[Any] = None,
        example: Optional[Any] = None,
        deprecated: Optional[bool] = None,
    ) -> EventTypeEntry:
        """Adds an event type to the catalogue.

        Args:
            name: The name, such as ``order.created``.
            description: For people; at most 500 characters.
            schema: The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other
                documents are not followed.
            example: A payload that fits the schema, for whoever writes a receiver.
            deprecated: Whether receivers should not rely on it any more.
        """
        request = {
            "name": name,
            "description": description,
            "schema": schema,
            "example": example,
            "deprecated": deprecated,
        }
        return one(EventTypeEntry, self._call("event_types.create", request))

    def list_event_types(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> ListEventTypesResponse:
        """Lists the catalogue, in the order of names.

        Args:
            limit: 1 to 500, 100 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {"limit": limit, "cursor": cursor}
        return page(
            ListEventTypesResponse,
            EventTypeEntry,
            self._call("event_types.list", request),
            "data",
            lambda cursor: self.list_event_types(limit=limit, cursor=cursor),
        )

    def iter_event_types(self, *, limit: Optional[int] = None) -> Iterator[EventTypeEntry]:
        """The same as :meth:`list_event_types`, over all pages: each is asked for when it is reached."""
        page: Optional[ListEventTypesResponse] = self.list_event_types(limit=limit)
        while page is not None:
            yield from page.event_types
            page = page.next_page()

    def get_event_type(self, name: str) -> EventTypeEntry:
        """Shows an event type.

        Args:
            name: The name, such as ``order.created``.
        """
        request = {"name": name}
        return one(EventTypeEntry, self._call("event_types.get", request))

    def update_event_type(
        self,
        name: str,
        *,
        description: Optional[str] = None,
        schema: Optional[Any] = None,
        example: Optional[Any] = None,
        deprecated: Optional[bool] = None,
    ) -> EventTypeEntry:
        """Changes some fields of an event type.

        What is not given stays. An empty description, and null for the schema or the example, clear them.

        Args:
            name: The name, such as ``order.created``.
            description: At most 500 characters; ``""`` is none.
            schema: As for a new type; null is none.
            example: As for a new type; null is none.
            deprecated: Whether receivers should not rely on it any more.
        """
        request = {
            "name": name,
            "description": description,
            "schema": schema,
            "example": example,
            "deprecated": deprecated,
        }
        return one(EventTypeEntry, self._call("event_types.update", request))

    def delete_event_type(self, name: str) -> None:
        """Removes an event type from the catalogue.

        Events of the type that were accepted before stay, and are delivered.

        Args:
            name: The name, such as ``order.created``.
        """
        request = {"name": name}
        self._call("event_types.delete", request)

    def create_endpoint(
        self,
        url: str,
        *,
        description: Optional[str] = None,
        rate_limit_rps: Optional[int] = None,
        burst: Optional[int] = None,
        headers: Optional[Mapping[str, str]] = None,
        retry_schedule: Optional[RetrySchedule] = None,
        max_attempts: Optional[int] = None,
        tenant: Optional[str] = None,
        event_types: Optional[Iterable[str]] = None,
        filter: Optional[Any] = None,
        on_failure: Optional[OnFailure] = None,
    ) -> CreateEndpointResponse:
        """Makes an endpoint and its first signing key.

        The signing secret is shown only in the answer.

        Args:
            url: 12 to 2,048 characters, ``https``; its host resolves, to public addresses only unless
                ``allow_local_endpoints`` is set.
            description: At most 500 characters; ``""`` is none.
            rate_limit_rps: Deliveries a second, 0 to 1,000; 0 is unlimited.
            burst: Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as ``rate_limit_rps``.
            headers: Sent with every delivery. They are replaced whole; ``{}`` is none.
            retry_schedule: Replaces the engine's schedule; an empty list is none.
            max_attempts: Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
            tenant: The customer it belongs to, whose events it gets; at most 128 characters, ``""`` is none.
            event_types: The events that it wants: at most 100 patterns of types, such as ``order.*``. ``[]`` is
                every type.
            filter: Conditions on an event's payload, all of which must hold: at most 20, each with a JSON
                ``pointer`` and one of ``equals``, ``in``, ``exists``, ``starts_with``, ``greater``, ``less``. ``[]``
                is none.
            on_failure: What follows for an ordering key when one of its messages is given up: ``continue`` with
                the next, or ``halt`` until a person replays or deletes it.
        """
        request = {
            "url": url,
            "description": description,
            "rate_limit_rps": rate_limit_rps,
            "burst": burst,
            "headers": headers,
            "retry_schedule": retry_schedule,
            "max_attempts": max_attempts,
            "tenant": tenant,
            "event_types": texts("event_types", event_types),
            "filter": filter,
            "on_failure": on_failure,
        }
        return one(CreateEndpointResponse, self._call("endpoints.create", request))

    def list_endpoints(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        tenant: Optional[str] = None,
    ) -> ListEndpointsResponse:
        """Lists endpoints, newest first.

        Args:
            limit: 1 to 100, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
            tenant: Only endpoints of this tenant.
        """
        request = {"limit": limit, "cursor": cursor, "tenant": tenant}
        return page(
            ListEndpointsResponse,
            EndpointSummary,
            self._call("endpoints.list", request),
            "data",
            lambda cursor: self.list_endpoints(limit=limit, tenant=tenant, cursor=cursor),
        )

    def iter_endpoints(self, *, limit: Optional[int] = None, tenant: Optional[str] = None) -> Iterator[EndpointSummary]:
        """The same as :meth:`list_endpoints`, over all pages: each is asked for when it is reached."""
        page: Optional[ListEndpointsResponse] = self.list_endpoints(limit=limit, tenant=tenant)
        while page is not None:
            yield from page.endpoints
            page = page.next_page()

    def get_endpoint(self, endpoint_id: str) -> Endpoint:
        """Shows an endpoint.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(Endpoint, self._call("endpoints.get", request))

    def update_endpoint(
        self,
        endpoint_id: str,
        *,
        url: Optional[str] = None,
        description: Optional[str] = None,
        rate_limit_rps: Optional[int] = None,
        burst: Optional[int] = None,
        headers: Optional[Mapping[str, str]] = None,
        retry_schedule: Optional[RetrySchedule] = None,
        max_attempts: Optional[int] = None,
        tenant: Optional[str] = None,
        event_types: Optional[Iterable[str]] = None,
        filter: Optional[Any] = None,
        on_failure: Optional[OnFailure] = None,
    ) -> Endpoint:
        """Changes some fields of an endpoint.

        What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers,
        which are replaced whole.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            url: As for a new endpoint.
            description: At most 500 characters; ``""`` is none.
            rate_limit_rps: Deliveries a second, 0 to 1,000; 0 is unlimited.
            burst: Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as ``rate_limit_rps``.
            headers: Sent with every delivery. They are replaced whole; ``{}`` is none.
            retry_schedule: Replaces the engine's schedule; an empty list clears it.
            max_attempts: Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
            tenant: The customer it belongs to, whose events it gets; at most 128 characters, ``""`` is none.
            event_types: The events that it wants: at most 100 patterns of types, such as ``order.*``. ``[]`` is
                every type.
            filter: Conditions on an event's payload, all of which must hold: at most 20, each with a JSON
                ``pointer`` and one of ``equals``, ``in``, ``exists``, ``starts_with``, ``greater``, ``less``. ``[]``
                is none.
            on_failure: What follows for an ordering key when one of its messages is given up: ``continue`` with
                the next, or ``halt`` until a person replays or deletes it.
        """
        request = {
            "endpoint_id": endpoint_id,
            "url": url,
            "description": description,
            "rate_limit_rps": rate_limit_rps,
            "burst": burst,
            "headers": headers,
            "retry_schedule": retry_schedule,
            "max_attempts": max_attempts,
            "tenant": tenant,
            "event_types": texts("event_types", event_types),
            "filter": filter,
            "on_failure": on_failure,
        }
        return one(Endpoint, self._call("endpoints.update", request))

    def delete_endpoint(self, endpoint_id: str) -> None:
        """Deletes an endpoint: it takes no more messages.

        What it accepted before is still delivered, also where it was paused.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        self._call("endpoints.delete", request)

    def pause_endpoint(self, endpoint_id: str) -> PauseState:
        """Holds an endpoint's deliveries.

        It goes on accepting messages; attempts under way end.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(PauseState, self._call("endpoints.pause", request))

    def resume_endpoint(self, endpoint_id: str) -> PauseState:
        """Delivers what a pause has held.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(PauseState, self._call("endpoints.resume", request))

    def get_endpoint_health(
        self,
        endpoint_id: Optional[str] = None,
        *,
        tenant: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> EndpointHealthResponse:
        """Says how endpoints are doing, newest first.

        Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last
        hour are known to every process.

        Args:
            endpoint_id: Only this endpoint.
            tenant: Only endpoints of this tenant.
            limit: 1 to 100, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {"endpoint_id": endpoint_id, "tenant": tenant, "limit": limit, "cursor": cursor}
        return page(
            EndpointHealthResponse,
            EndpointHealth,
            self._call("endpoints.health", request),
            "data",
            lambda cursor: self.get_endpoint_health(endpoint_id=endpoint_id, tenant=tenant, limit=limit, cursor=cursor),
        )

    def iter_endpoint_health(
        self,
        endpoint_id: Optional[str] = None,
        *,
        tenant: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[EndpointHealth]:
        """The same as :meth:`get_endpoint_health`, over all pages: each is asked for when it is reached."""
        page: Optional[EndpointHealthResponse] = self.get_endpoint_health(
            endpoint_id=endpoint_id,
            tenant=tenant,
            limit=limit,
        )
        while page is not None:
            yield from page.endpoints
            page = page.next_page()

    def test_endpoint(self, endpoint_id: str, *, payload: Optional[str] = None) -> TestDelivery:
        """Makes a signed test delivery at once.

        It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
        ``X-Webhook-Test: true``. A pause does not hold it.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            payload: A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where
                absent, a small one that says that it is a test.
        """
        request = {"endpoint_id": endpoint_id, "payload": payload}
        return one(TestDelivery, self._call("endpoints.test", request))

    def verify_endpoint_signature(
        self,
        endpoint_id: str,
        *,
        headers: Mapping[str, str],
        body: str,
        computed: Optional[str] = None,
    ) -> Verification:
        """Checks the signature of a delivery as it was received.

        Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut,
        another endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes
        that.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            headers: The headers of the delivery as they were received. Those of the signatures are looked at,
                whatever their case.
            body: The body as it was received, at most 1,048,576 bytes.
            computed: What the receiver's own code made of it, to be told which mistake makes that.
        """
        request = {"endpoint_id": endpoint_id, "headers": headers, "body": body, "computed": computed}
        return one(Verification, self._call("endpoints.verify", request))

    def list_endpoint_signing_keys(self, endpoint_id: str) -> list[SigningKey]:
        """Lists an endpoint's signing keys, oldest first.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return many(SigningKey, self._call("signing_keys.list", request), "data")

    def create_endpoint_signing_key(self, endpoint_id: str) -> RotateSecretResponse:
        """Adds a second signing key.

        Both keys sign until one is deleted. The signing secret is shown only in the answer.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(RotateSecretResponse, self._call("signing_keys.create", request))

    def rotate_endpoint_secret(self, endpoint_id: str) -> RotateSecretResponse:
        """Adds a second signing key, under an older name.

        Both keys sign until one is deleted. The signing secret is shown only in the answer.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(RotateSecretResponse, self._call("signing_keys.create", request))

    def delete_endpoint_signing_key(self, endpoint_id: str, key_id: str) -> None:
        """Removes one of two signing keys.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            key_id: The signing key's id, ``sk_...``.
        """
        request = {"endpoint_id": endpoint_id, "key_id": key_id}
        self._call("signing_keys.delete", request)

    def get_message(self, message_id: str) -> Message:
        """Shows a message, without its payload.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Message, self._call("messages.get", request))

    def get_message_attempts(self, message_id: str) -> AttemptsResponse:
        """Lists a message's attempts, oldest first.

        At most the last 200. A message that is unknown has none.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return page(AttemptsResponse, AttemptRecord, self._call("messages.attempts", request), "data")

    def get_message_payload(self, message_id: str) -> MessagePayload:
        """Shows a message's payload, byte for byte.

        With the message's own headers. It is there for as long as the payload is kept.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(MessagePayload, self._call("messages.payload", request))

    def explain_message(self, message_id: str) -> Explanation:
        """Says why a message is where it is, and when that changes.

        The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its
        breaker, its limits) is known to that process alone: another one says which process that is.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Explanation, self._call("messages.explain", request))

    def replay(self, message_id: str) -> ReplayMessageResponse:
        """Delivers a message once more.

        A message can be replayed 10 times.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(ReplayMessageResponse, self._call("messages.replay", request))

    def cancel_retry(self, message_id: str) -> Message:
        """Gives up a message that waits for a retry or its time.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Message, self._call("messages.cancel", request))

    def retry_now(self, message_id: str) -> Message:
        """Makes a message that waits for a retry or its time due at once.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Message, self._call("messages.retry_now", request))

    def reschedule_message(self, message_id: str, deliver_at: Moment) -> Message:
        """Moves a scheduled message to another moment.

        A moment that is past is at once.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
            deliver_at: Before when it is not delivered; at most a year ahead. A moment that is past is at once.
        """
        request = {"message_id": message_id, "deliver_at": moment_text(deliver_at)}
        return one(Message, self._call("messages.reschedule", request))

    def replay_all_messages(
        self,
        status: ReplayableMessageStatus,
        *,
        endpoint_id: Optional[str] = None,
        limit: Optional[int] = None,
        created_after: Optional[Moment] = None,
        created_before: Optional[Moment] = None,
        cause: Optional[str] = None,
        dry_run: Optional[bool] = None,
        cursor: Optional[str] = None,
    ) -> ReplayAllMessagesResponse:
        """Replays the messages that a filter finds.

        The oldest first.

        Args:
            status: ``failed_permanent`` or ``pending_retry``.
            endpoint_id: Only messages of this endpoint.
            limit: 1 to 1,000, 100 where absent.
            created_after: Only messages accepted at this moment or later.
            created_before: Only messages accepted before this moment.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            dry_run: Changes nothing, and answers what would happen.
            cursor: The ``next_cursor`` of the call before: goes on behind what that one has looked at.
        """
        request = {
            "status": status,
            "endpoint_id": endpoint_id,
            "limit": limit,
            "created_after": moment_text(created_after),
            "created_before": moment_text(created_before),
            "cause": cause,
            "dry_run": dry_run,
            "cursor": cursor,
        }
        return one(ReplayAllMessagesResponse, self._call("messages.replay_all", request))

    def cancel_all_messages(
        self,
        *,
        endpoint_id: Optional[str] = None,
        created_after: Optional[Moment] = None,
        created_before: Optional[Moment] = None,
        limit: Optional[int] = None,
        cause: Optional[str] = None,
        dry_run: Optional[bool] = None,
        cursor: Optional[str] = None,
    ) -> CancelAllResult:
        """Gives up the messages that wait for a retry and that a filter finds.

        The oldest first. They are in the dead letter queue then.

        Args:
            endpoint_id: Only messages of this endpoint.
            created_after: Only messages accepted at this moment or later.
            created_before: Only messages accepted before this moment.
            limit: 1 to 1,000, 1,000 where absent.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            dry_run: Changes nothing, and answers what would happen.
            cursor: The ``next_cursor`` of the call before: goes on behind what that one has looked at.
        """
        request = {
            "endpoint_id": endpoint_id,
            "created_after": moment_text(created_after),
            "created_before": moment_text(created_before),
            "limit": limit,
            "cause": cause,
            "dry_run": dry_run,
            "cursor": cursor,
        }
        return one(CancelAllResult, self._call("messages.cancel_all", request))

    def replay_batch_messages(self, message_ids: Iterable[str]) -> ReplayBatchMessagesResponse:
        """Replays the messages that are named.

        Each has its result, in order.

        Args:
            message_ids: 1 to 100.
        """
        request = {"message_ids": texts("message_ids", message_ids)}
        return one(ReplayBatchMessagesResponse, self._call("messages.replay_batch", request))

    def delete_message(self, message_id: str) -> DeleteMessageResult:
        """Deletes a message.

        Its payload is gone at once, and its retries with it.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(DeleteMessageResult, self._call("messages.delete", request))

    def delete_messages_batch(self, message_ids: Iterable[str]) -> DeleteBatchResult:
        """Deletes the messages that are named.

        Each has its result, in order.

        Args:
            message_ids: 1 to 100.
        """
        request = {"message_ids": texts("message_ids", message_ids)}
        return one(DeleteBatchResult, self._call("messages.delete_batch", request))

    def delete_messages_all(
        self,
        *,
        status: Optional[Union[str, Iterable[MessageStatus]]] = None,
        endpoint_id: Optional[str] = None,
        created_after: Optional[Moment] = None,
        created_before: Optional[Moment] = None,
        limit: Optional[int] = None,
        cause: Optional[str] = None,
        dry_run: Optional[bool] = None,
        cursor: Optional[str] = None,
    ) -> DeleteAllResult:
        """Deletes the messages that a filter finds.

        The oldest first. Where as many were deleted as the limit says, there may be more.

        Args:
            status: Only messages with one of these statuses; all where empty.
            endpoint_id: Only messages of this endpoint.
            created_after: Only messages accepted at this moment or later.
            created_before: Only messages accepted before this moment.
            limit: 1 to 1,000, 1,000 where absent.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            dry_run: Changes nothing, and answers what would happen.
            cursor: The ``next_cursor`` of the call before: goes on behind what that one has looked at.
        """
        request = {
            "status": words(status),
            "endpoint_id": endpoint_id,
            "created_after": moment_text(created_after),
            "created_before": moment_text(created_before),
            "limit": limit,
            "cause": cause,
            "dry_run": dry_run,
            "cursor": cursor,
        }
        return one(DeleteAllResult, self._call("messages.delete_all", request))

    def get_logs(
        self,
        *,
        status: Optional[Union[str, Iterable[MessageStatus]]] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        endpoint_id: Optional[str] = None,
        q: Optional[str] = None,
        error: Optional[str] = None,
        cause: Optional[str] = None,
        event_type: Optional[str] = None,
        tenant: Optional[str] = None,
        ordering_key: Optional[str] = None,
    ) -> LogsResponse:
        """Lists messages, newest first.

        A page of a filter may be short, even empty, and have more behind it: follow ``next_cursor``.

        Args:
            status: Only messages with one of these statuses.
            start_time: Only messages accepted at this moment or later.
            end_time: Only messages accepted before this moment.
            limit: 1 to 500, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
            endpoint_id: Only messages of this endpoint.
            q: Only the message with this id, or messages with this text in their idempotency key.
            error: Only messages with this text in their last error.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            event_type: Only messages of events of this type.
            tenant: Only messages of events of this tenant.
            ordering_key: Only messages with this ordering key.
        """
        request = {
            "status": words(status),
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
            "limit": limit,
            "cursor": cursor,
            "endpoint_id": endpoint_id,
            "q": q,
            "error": error,
            "cause": cause,
            "event_type": event_type,
            "tenant": tenant,
            "ordering_key": ordering_key,
        }
        return page(
            LogsResponse,
            MessageSummary,
            self._call("logs.list", request),
            "data",
            lambda cursor: self.get_logs(
                status=status,
                start_time=start_time,
                end_time=end_time,
                limit=limit,
                endpoint_id=endpoint_id,
                q=q,
                error=error,
                cause=cause,
                event_type=event_type,
                tenant=tenant,
                ordering_key=ordering_key,
                cursor=cursor,
            ),
        )

    def iter_logs(
        self,
        *,
        status: Optional[Union[str, Iterable[MessageStatus]]] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
        endpoint_id: Optional[str] = None,
        q: Optional[str] = None,
        error: Optional[str] = None,
        cause: Optional[str] = None,
        event_type: Optional[str] = None,
        tenant: Optional[str] = None,
        ordering_key: Optional[str] = None,
    ) -> Iterator[MessageSummary]:
        """The same as :meth:`get_logs`, over all pages: each is asked for when it is reached."""
        page: Optional[LogsResponse] = self.get_logs(
            status=status,
            start_time=start_time,
            end_time=end_time,
            limit=limit,
            endpoint_id=endpoint_id,
            q=q,
            error=error,
            cause=cause,
            event_type=event_type,
            tenant=tenant,
            ordering_key=ordering_key,
        )
        while page is not None:
            yield from page.messages
            page = page.next_page()

    def get_dlq_messages(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        endpoint_id: Optional[str] = None,
        cause: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
    ) -> DLQMessagesResponse:
        """Lists the messages that were given up, newest first.

        Args:
            limit: 1 to 1,000, 100 where absent.
            cursor: The ``next_cursor`` of the page before.
            endpoint_id: Only messages of this endpoint.
            cause: Only messages with this cause, in the words of ``dead_letters.groups``.
            start_time: Only messages accepted at this moment or later.
            end_time: Only messages accepted before this moment.
        """
        request = {
            "limit": limit,
            "cursor": cursor,
            "endpoint_id": endpoint_id,
            "cause": cause,
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
        }
        return page(
            DLQMessagesResponse,
            MessageSummary,
            self._call("dead_letters.list", request),
            "messages",
            lambda cursor: self.get_dlq_messages(
                limit=limit,
                endpoint_id=endpoint_id,
                cause=cause,
                start_time=start_time,
                end_time=end_time,
                cursor=cursor,
            ),
        )

    def iter_dlq_messages(
        self,
        *,
        limit: Optional[int] = None,
        endpoint_id: Optional[str] = None,
        cause: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
    ) -> Iterator[MessageSummary]:
        """The same as :meth:`get_dlq_messages`, over all pages: each is asked for when it is reached."""
        page: Optional[DLQMessagesResponse] = self.get_dlq_messages(
            limit=limit,
            endpoint_id=endpoint_id,
            cause=cause,
            start_time=start_time,
            end_time=end_time,
        )
        while page is not None:
            yield from page.messages
            page = page.next_page()

    def get_dlq_groups(self, *, endpoint_id: Optional[str] = None, cursor: Optional[str] = None) -> DeadLetterGroups:
        """Counts the dead letter queue by cause and endpoint.

        A call reads at most 10,000 messages, newest first; where there are more, follow ``next_cursor`` and add up
        what has the same cause and endpoint. Any filter by cause takes the words of ``cause``.

        Args:
            endpoint_id: Only messages of this endpoint.
            cursor: The ``next_cursor`` of the call before.
        """
        request = {"endpoint_id": endpoint_id, "cursor": cursor}
        return one(DeadLetterGroups, self._call("dead_letters.groups", request))

    def replay_from_dlq(self, message_id: str) -> ReplayMessageResponse:
        """Delivers a message of the dead letter queue once more.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(ReplayMessageResponse, self._call("dead_letters.replay", request))

    def get_metrics(self, window: Optional[MetricsWindow] = None, *, endpoint_id: Optional[str] = None) -> Metrics:
        """Counts what happened in a window of time.

        Args:
            window: ``1h``, ``24h``, ``7d`` or ``30d``; ``24h`` where absent.
            endpoint_id: Only messages and attempts of this endpoint.
        """
        request = {"window": window, "endpoint_id": endpoint_id}
        return one(Metrics, self._call("metrics.get", request))

    def get_timeseries_metrics(
        self,
        window: Optional[MetricsWindow] = None,
        *,
        endpoint_id: Optional[str] = None,
    ) -> TimeSeriesMetrics:
        """Counts what happened in each bucket of a window.

        Args:
            window: ``1h``, ``24h``, ``7d`` or ``30d``; ``24h`` where absent.
            endpoint_id: Only messages and attempts of this endpoint.
        """
        request = {"window": window, "endpoint_id": endpoint_id}
        return one(TimeSeriesMetrics, self._call("metrics.timeseries", request))

    def list_api_keys(self) -> list[APIKeyInfo]:
        """Lists API keys, oldest first."""
        request: dict[str, Any] = {}
        return many(APIKeyInfo, self._call("api_keys.list", request), "data")

    def create_api_key(
        self,
        mode: Optional[APIKeyMode] = None,
        *,
        label: Optional[str] = None,
        scope: Optional[APIKeyScope] = None,
    ) -> CreateAPIKeyResponse:
        """Makes an API key.

        It lets its owner use a sidecar on this outbox. The key is shown only in the answer.

        Args:
            mode: ``live`` where absent.
            label: A label for people, at most 255 characters.
            scope: What the key lets its owner do over HTTP, ``full`` where absent.
        """
        request = {"mode": mode, "label": label, "scope": scope}
        return one(CreateAPIKeyResponse, self._call("api_keys.create", request))

    def delete_api_key(self, key_id: str) -> None:
        """Deletes an API key: it lets nobody in any more.

        Args:
            key_id: The API key's id, ``key_...``.
        """
        request = {"key_id": key_id}
        self._call("api_keys.delete", request)

    def create_login_code(self) -> CreateLoginCodeResponse:
        """Makes a code that signs a browser in to the console once.

        It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a
        process it is that of a key which is made for this, with the label ``hookbridge console``.
        """
        request: dict[str, Any] = {}
        return one(CreateLoginCodeResponse, self._call("login_codes.create", request))

    def create_export(
        self,
        *,
        start_time: Moment,
        end_time: Moment,
        status: Optional[MessageStatus] = None,
        endpoint_id: Optional[str] = None,
    ) -> ExportRecord:
        """Has a CSV file of messages written.

        The file is written in the background; it is kept for seven days.

        Args:
            start_time: Messages accepted at this moment or later.
            end_time: Messages accepted before this moment.
            status: Only messages with this status.
            endpoint_id: Only messages of this endpoint, which may have been deleted.
        """
        request = {
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
            "status": status,
            "endpoint_id": endpoint_id,
        }
        return one(ExportRecord, self._call("exports.create", request))

    def list_exports(self) -> list[ExportRecord]:
        """Lists exports, newest first."""
        request: dict[str, Any] = {}
        return many(ExportRecord, self._call("exports.list", request), "data")

    def get_export(self, export_id: str) -> ExportRecord:
        """Shows an export.

        Args:
            export_id: The export's id, a UUIDv7 with dashes.
        """
        request = {"export_id": export_id}
        return one(ExportRecord, self._call("exports.get", request))

    def download_export(self, export_id: str) -> str:
        """Says where an export's file is.

        Args:
            export_id: The export's id, a UUIDv7 with dashes.
        """
        request = {"export_id": export_id}
        return text(self._call("exports.download", request), "download_url")

    def delete_export(self, export_id: str) -> None:
        """Removes an export and its file.

        Args:
            export_id: The export's id, a UUIDv7 with dashes.
        """
        request = {"export_id": export_id}
        self._call("exports.delete", request)

    def stats(self) -> Stats:
        """Says how the outbox stands."""
        request: dict[str, Any] = {}
        return one(Stats, self._call("stats", request))

    def whoami(self) -> WhoAmI:
        """Says who asks, and what answers.

        The caller's API key with its scope, the version, the file, and the limits in force.
        """
        request: dict[str, Any] = {}
        return one(WhoAmI, self._call("whoami", request))

    def list_activity(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> ActivityResponse:
        """Lists what callers with an API key changed, newest first.

        Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or
        deleted: by which key, and how many. The newest 100,000 are kept.

        Args:
            limit: 1 to 500, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {"limit": limit, "cursor": cursor}
        return page(
            ActivityResponse,
            Activity,
            self._call("activity.list", request),
            "data",
            lambda cursor: self.list_activity(limit=limit, cursor=cursor),
        )

    def iter_activity(self, *, limit: Optional[int] = None) -> Iterator[Activity]:
        """The same as :meth:`list_activity`, over all pages: each is asked for when it is reached."""
        page: Optional[ActivityResponse] = self.list_activity(limit=limit)
        while page is not None:
            yield from page.activities
            page = page.next_page()

    def lookup_actors(
        self,
        *,
        user_ids: Optional[Iterable[str]] = None,
        api_key_ids: Optional[Iterable[str]] = None,
    ) -> ActorLookupResult:
        """Names API keys by their ids.

        1 to 100 ids in all. Ids that are unknown are missing in the answer.

        Args:
            user_ids: Ids of users. An outbox has none, so none is found.
            api_key_ids: Ids of API keys: ``key_...``.
        """
        request = {"user_id": texts("user_ids", user_ids), "api_key_id": texts("api_key_ids", api_key_ids)}
        return one(ActorLookupResult, self._call("actors.lookup", request))


class AsyncHookBridge(AsyncioClient):
    """The same as :class:`HookBridge` for asyncio: no method ever blocks the event loop.

    Use it from any running loop; ``async with`` closes it.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        *,
        base_url: Optional[str] = None,
        send_url: Optional[str] = None,
        timeout: Optional[float] = None,
        retries: Optional[int] = None,
        database: Optional[Union[str, os.PathLike[str]]] = None,
        durability: Optional[Literal["full", "normal"]] = None,
        delivery: Optional[Literal["auto", "off"]] = None,
        allow_local_endpoints: Optional[bool] = None,
        verify_dns: Optional[bool] = None,
        strict_event_types: Optional[bool] = None,
        validate_payloads: Optional[bool] = None,
        max_in_flight: Optional[int] = None,
        max_in_flight_per_endpoint: Optional[int] = None,
        request_timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        retry_schedule: Optional[RetrySchedule] = None,
        max_attempts: Optional[int] = None,
        payload_retention_hours: Optional[int] = None,
        row_retention_days: Optional[int] = None,
        max_payload_bytes: Optional[int] = None,
        memory_budget_bytes: Optional[int] = None,
        exit_timeout: Optional[float] = None,
        ca_file: Optional[Union[str, os.PathLike[str]]] = None,
        insecure_base_url: Optional[bool] = None,
        max_exports: Optional[int] = None,
        max_export_bytes: Optional[int] = None,
    ) -> None:
        """What is not given comes from its ``HOOKBRIDGE_`` variable or its default. A wrong setting raises
        :class:`ValidationError`, which names it.

        Args:
            api_key: What a server at ``base_url`` lets its callers in by. In-process it is not needed: whoever
                can open the file may send.
            base_url: A server that speaks HookBridge's API: ``https://``, or ``http://`` on this machine. With
                ``database`` beside it, messages are committed to the file first and forwarded.
            send_url: Where messages are sent to, if elsewhere. By default ``base_url``.
            timeout: Seconds for one request to the server. By default 30.
            retries: How often a request to the server is made again. By default 3.
            database: The outbox's file, in a folder that exists, or its database, as
                ``postgresql://user@host/name``. By default ``hookbridge.db``.
            durability: ``full``: an accepted message survives a power cut. ``normal``: it survives the process.
                By default ``full``.
            delivery: ``auto`` delivers where no other process on the file does, ``off`` only accepts. By default
                ``auto``.
            allow_local_endpoints: Permits ``http://`` and loopback, private and link-local targets. By default
                false.
            verify_dns: Whether an endpoint's host must resolve when the endpoint is created or its URL changed.
                By default true.
            strict_event_types: Whether events of types that are not in the catalogue are refused. By default
                false.
            validate_payloads: Whether events whose payload does not fit the schema of their type are refused. By
                default false.
            max_in_flight: Attempts under way at once. By default 256.
            max_in_flight_per_endpoint: Attempts under way at once to one endpoint. By default 32.
            request_timeout: Seconds for one attempt. By default 30.
            connect_timeout: Seconds for DNS, TCP and TLS together. By default 10.
            retry_schedule: When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds
                of failure. By default ``hookbridge``.
            max_attempts: Attempts before a message is given up. By default 8.
            payload_retention_hours: Hours that a payload is kept. By default 720.
            row_retention_days: Days that a message's row is kept after it ended. By default 90.
            max_payload_bytes: The largest payload that is taken, in bytes. By default 1048576.
            memory_budget_bytes: Memory for messages that wait, in bytes. By default 67108864.
            exit_timeout: Seconds that a normal exit without a close waits for what this process has accepted to
                be delivered. By default 2.
            ca_file: A PEM file of authorities that are trusted beside the system's.
            insecure_base_url: Permits ``http://`` to a server on another machine, over which the API key travels
                in the clear. By default false.
            max_exports: Exports kept at once. Further ones are refused. By default 100.
            max_export_bytes: Bytes of all files of exports together. By default 10737418240.
        """
        settings = {
            "api_key": api_key,
            "base_url": base_url,
            "send_url": send_url,
            "timeout": timeout,
            "retries": retries,
            "database": database,
            "durability": durability,
            "delivery": delivery,
            "allow_local_endpoints": allow_local_endpoints,
            "verify_dns": verify_dns,
            "strict_event_types": strict_event_types,
            "validate_payloads": validate_payloads,
            "max_in_flight": max_in_flight,
            "max_in_flight_per_endpoint": max_in_flight_per_endpoint,
            "request_timeout": request_timeout,
            "connect_timeout": connect_timeout,
            "retry_schedule": retry_schedule,
            "max_attempts": max_attempts,
            "payload_retention_hours": payload_retention_hours,
            "row_retention_days": row_retention_days,
            "max_payload_bytes": max_payload_bytes,
            "memory_budget_bytes": memory_budget_bytes,
            "exit_timeout": exit_timeout,
            "ca_file": ca_file,
            "insecure_base_url": insecure_base_url,
            "max_exports": max_exports,
            "max_export_bytes": max_export_bytes,
        }
        self._open(settings)

    async def send_event(
        self,
        type: str,
        payload: Payload,
        *,
        tenant: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
        ordering_key: Optional[str] = None,
        deliver_at: Optional[Moment] = None,
        expires_at: Optional[Moment] = None,
        retention_hours: Optional[int] = None,
    ) -> SendEventResponse:
        """Accepts an event for every endpoint that wants it.

        Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is
        kept, and ``matched`` is 0. Sending again with the same idempotency key, type and payload answers the first
        event.

        Args:
            type: The name of its type, such as ``order.created``.
            payload: Any JSON value of at most 1,048,576 bytes.
            tenant: The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without
                a tenant.
            headers: Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50
                headers and 8,192 bytes.
            idempotency_key: 1 to 255 of letters, digits, ``_``, ``-``. Within a tenant it names one event.
            ordering_key: Messages of one endpoint with this key are delivered one after another; at most 255
                characters.
            deliver_at: Before when it is not delivered; at most a year ahead.
            expires_at: After when it is not tried any more.
            retention_hours: How long the payload is kept, in hours; 0 drops it once all its messages are
                delivered.
        """
        request = {
            "type": type,
            "payload": payload,
            "tenant": tenant,
            "headers": headers,
            "idempotency_key": idempotency_key,
            "ordering_key": ordering_key,
            "deliver_at": moment_text(deliver_at),
            "expires_at": moment_text(expires_at),
            "retention_hours": retention_hours,
        }
        return one(SendEventResponse, await self._call("events.send", request))

    async def send_event_batch(self, events: Iterable[BatchEvent]) -> SendEventsResponse:
        """Accepts up to 1,000 events.

        All that are good are committed in one transaction with their messages. Each event has its result or its
        failure, in order; one that is refused touches no other.

        Args:
            events: At most 1,000, each as in ``events.send``.
        """
        request = {"events": several("events", events, BatchEvent)}
        return one(SendEventsResponse, await self._call("events.send_batch", request))

    async def list_events(
        self,
        *,
        type: Optional[str] = None,
        tenant: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> ListEventsResponse:
        """Lists events, newest first.

        A page of a filter may be short, even empty, and have more behind it: follow ``next_cursor``.

        Args:
            type: Only events of this type.
            tenant: Only events of this tenant.
            start_time: Only events accepted at this moment or later.
            end_time: Only events accepted before this moment.
            limit: 1 to 500, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {
            "type": type,
            "tenant": tenant,
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
            "limit": limit,
            "cursor": cursor,
        }
        return page(
            ListEventsResponse,
            EventRecord,
            await self._call("events.list", request),
            "data",
            lambda cursor: self.list_events(
                type=type,
                tenant=tenant,
                start_time=start_time,
                end_time=end_time,
                limit=limit,
                cursor=cursor,
            ),
        )

    async def iter_events(
        self,
        *,
        type: Optional[str] = None,
        tenant: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
    ) -> AsyncIterator[EventRecord]:
        """The same as :meth:`list_events`, over all pages: each is asked for when it is reached."""
        page: Optional[ListEventsResponse] = await self.list_events(
            type=type,
            tenant=tenant,
            start_time=start_time,
            end_time=end_time,
            limit=limit,
        )
        while page is not None:
            for item in page.events:
                yield item
            page = await page.anext_page()

    async def get_event(
        self,
        event_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> EventDetails:
        """Shows an event with its messages.

        Args:
            event_id: The event's id, ``evt_...``.
            limit: How many of its messages are shown: 1 to 1,000, 100 where absent.
            cursor: The ``next_cursor`` of the answer before, for further messages.
        """
        request = {"event_id": event_id, "limit": limit, "cursor": cursor}
        return one(EventDetails, await self._call("events.get", request))

    async def replay_events(
        self,
        endpoint_id: str,
        since: Moment,
        *,
        before: Optional[Moment] = None,
        type: Optional[str] = None,
        rate: Optional[int] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        dry_run: Optional[bool] = None,
    ) -> ReplayEventsResult:
        """Makes the messages of events that an endpoint has missed.

        Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each
        call does a bounded part: follow ``next_cursor``.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            since: Only events accepted at this moment or later.
            before: Only events accepted before this moment.
            type: Only events of this type.
            rate: Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at
                once.
            limit: How many events one call replays: 1 to 1,000, 100 where absent.
            cursor: The ``next_cursor`` of the call before.
            dry_run: Only says what would be done.
        """
        request = {
            "endpoint_id": endpoint_id,
            "since": moment_text(since),
            "before": moment_text(before),
            "type": type,
            "rate": rate,
            "limit": limit,
            "cursor": cursor,
            "dry_run": dry_run,
        }
        return one(ReplayEventsResult, await self._call("events.replay", request))

    async def check_subscription(
        self,
        type: str,
        payload: Payload,
        *,
        endpoint_id: Optional[str] = None,
        event_types: Optional[Iterable[str]] = None,
        filter: Optional[Any] = None,
    ) -> CheckedSubscription:
        """Says whether an endpoint would want an event like a sample.

        With the endpoint's own patterns and filter, or with others before they are written.

        Args:
            type: The type of the sample.
            payload: The payload of the sample.
            endpoint_id: The endpoint whose patterns and filter are tried where none are given here.
            event_types: Patterns of types, in place of the endpoint's.
            filter: Conditions on the payload, in place of the endpoint's.
        """
        request = {
            "type": type,
            "payload": payload,
            "endpoint_id": endpoint_id,
            "event_types": texts("event_types", event_types),
            "filter": filter,
        }
        return one(CheckedSubscription, await self._call("subscriptions.check", request))

    async def create_event_type(
        self,
        name: str,
        *,
        description: Optional[str] = None,
        schema: Optional[Any] = None,
        example: Optional[Any] = None,
        deprecated: Optional[bool] = None,
    ) -> EventTypeEntry:
        """Adds an event type to the catalogue.

        Args:
            name: The name, such as ``order.created``.
            description: For people; at most 500 characters.
            schema: The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other
                documents are not followed.
            example: A payload that fits the schema, for whoever writes a receiver.
            deprecated: Whether receivers should not rely on it any more.
        """
        request = {
            "name": name,
            "description": description,
            "schema": schema,
            "example": example,
            "deprecated": deprecated,
        }
        return one(EventTypeEntry, await self._call("event_types.create", request))

    async def list_event_types(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> ListEventTypesResponse:
        """Lists the catalogue, in the order of names.

        Args:
            limit: 1 to 500, 100 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {"limit": limit, "cursor": cursor}
        return page(
            ListEventTypesResponse,
            EventTypeEntry,
            await self._call("event_types.list", request),
            "data",
            lambda cursor: self.list_event_types(limit=limit, cursor=cursor),
        )

    async def iter_event_types(self, *, limit: Optional[int] = None) -> AsyncIterator[EventTypeEntry]:
        """The same as :meth:`list_event_types`, over all pages: each is asked for when it is reached."""
        page: Optional[ListEventTypesResponse] = await self.list_event_types(limit=limit)
        while page is not None:
            for item in page.event_types:
                yield item
            page = await page.anext_page()

    async def get_event_type(self, name: str) -> EventTypeEntry:
        """Shows an event type.

        Args:
            name: The name, such as ``order.created``.
        """
        request = {"name": name}
        return one(EventTypeEntry, await self._call("event_types.get", request))

    async def update_event_type(
        self,
        name: str,
        *,
        description: Optional[str] = None,
        schema: Optional[Any] = None,
        example: Optional[Any] = None,
        deprecated: Optional[bool] = None,
    ) -> EventTypeEntry:
        """Changes some fields of an event type.

        What is not given stays. An empty description, and null for the schema or the example, clear them.

        Args:
            name: The name, such as ``order.created``.
            description: At most 500 characters; ``""`` is none.
            schema: As for a new type; null is none.
            example: As for a new type; null is none.
            deprecated: Whether receivers should not rely on it any more.
        """
        request = {
            "name": name,
            "description": description,
            "schema": schema,
            "example": example,
            "deprecated": deprecated,
        }
        return one(EventTypeEntry, await self._call("event_types.update", request))

    async def delete_event_type(self, name: str) -> None:
        """Removes an event type from the catalogue.

        Events of the type that were accepted before stay, and are delivered.

        Args:
            name: The name, such as ``order.created``.
        """
        request = {"name": name}
        await self._call("event_types.delete", request)

    async def create_endpoint(
        self,
        url: str,
        *,
        description: Optional[str] = None,
        rate_limit_rps: Optional[int] = None,
        burst: Optional[int] = None,
        headers: Optional[Mapping[str, str]] = None,
        retry_schedule: Optional[RetrySchedule] = None,
        max_attempts: Optional[int] = None,
        tenant: Optional[str] = None,
        event_types: Optional[Iterable[str]] = None,
        filter: Optional[Any] = None,
        on_failure: Optional[OnFailure] = None,
    ) -> CreateEndpointResponse:
        """Makes an endpoint and its first signing key.

        The signing secret is shown only in the answer.

        Args:
            url: 12 to 2,048 characters, ``https``; its host resolves, to public addresses only unless
                ``allow_local_endpoints`` is set.
            description: At most 500 characters; ``""`` is none.
            rate_limit_rps: Deliveries a second, 0 to 1,000; 0 is unlimited.
            burst: Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as ``rate_limit_rps``.
            headers: Sent with every delivery. They are replaced whole; ``{}`` is none.
            retry_schedule: Replaces the engine's schedule; an empty list is none.
            max_attempts: Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
            tenant: The customer it belongs to, whose events it gets; at most 128 characters, ``""`` is none.
            event_types: The events that it wants: at most 100 patterns of types, such as ``order.*``. ``[]`` is
                every type.
            filter: Conditions on an event's payload, all of which must hold: at most 20, each with a JSON
                ``pointer`` and one of ``equals``, ``in``, ``exists``, ``starts_with``, ``greater``, ``less``. ``[]``
                is none.
            on_failure: What follows for an ordering key when one of its messages is given up: ``continue`` with
                the next, or ``halt`` until a person replays or deletes it.
        """
        request = {
            "url": url,
            "description": description,
            "rate_limit_rps": rate_limit_rps,
            "burst": burst,
            "headers": headers,
            "retry_schedule": retry_schedule,
            "max_attempts": max_attempts,
            "tenant": tenant,
            "event_types": texts("event_types", event_types),
            "filter": filter,
            "on_failure": on_failure,
        }
        return one(CreateEndpointResponse, await self._call("endpoints.create", request))

    async def list_endpoints(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        tenant: Optional[str] = None,
    ) -> ListEndpointsResponse:
        """Lists endpoints, newest first.

        Args:
            limit: 1 to 100, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
            tenant: Only endpoints of this tenant.
        """
        request = {"limit": limit, "cursor": cursor, "tenant": tenant}
        return page(
            ListEndpointsResponse,
            EndpointSummary,
            await self._call("endpoints.list", request),
            "data",
            lambda cursor: self.list_endpoints(limit=limit, tenant=tenant, cursor=cursor),
        )

    async def iter_endpoints(
        self,
        *,
        limit: Optional[int] = None,
        tenant: Optional[str] = None,
    ) -> AsyncIterator[EndpointSummary]:
        """The same as :meth:`list_endpoints`, over all pages: each is asked for when it is reached."""
        page: Optional[ListEndpointsResponse] = await self.list_endpoints(limit=limit, tenant=tenant)
        while page is not None:
            for item in page.endpoints:
                yield item
            page = await page.anext_page()

    async def get_endpoint(self, endpoint_id: str) -> Endpoint:
        """Shows an endpoint.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(Endpoint, await self._call("endpoints.get", request))

    async def update_endpoint(
        self,
        endpoint_id: str,
        *,
        url: Optional[str] = None,
        description: Optional[str] = None,
        rate_limit_rps: Optional[int] = None,
        burst: Optional[int] = None,
        headers: Optional[Mapping[str, str]] = None,
        retry_schedule: Optional[RetrySchedule] = None,
        max_attempts: Optional[int] = None,
        tenant: Optional[str] = None,
        event_types: Optional[Iterable[str]] = None,
        filter: Optional[Any] = None,
        on_failure: Optional[OnFailure] = None,
    ) -> Endpoint:
        """Changes some fields of an endpoint.

        What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers,
        which are replaced whole.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            url: As for a new endpoint.
            description: At most 500 characters; ``""`` is none.
            rate_limit_rps: Deliveries a second, 0 to 1,000; 0 is unlimited.
            burst: Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as ``rate_limit_rps``.
            headers: Sent with every delivery. They are replaced whole; ``{}`` is none.
            retry_schedule: Replaces the engine's schedule; an empty list clears it.
            max_attempts: Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
            tenant: The customer it belongs to, whose events it gets; at most 128 characters, ``""`` is none.
            event_types: The events that it wants: at most 100 patterns of types, such as ``order.*``. ``[]`` is
                every type.
            filter: Conditions on an event's payload, all of which must hold: at most 20, each with a JSON
                ``pointer`` and one of ``equals``, ``in``, ``exists``, ``starts_with``, ``greater``, ``less``. ``[]``
                is none.
            on_failure: What follows for an ordering key when one of its messages is given up: ``continue`` with
                the next, or ``halt`` until a person replays or deletes it.
        """
        request = {
            "endpoint_id": endpoint_id,
            "url": url,
            "description": description,
            "rate_limit_rps": rate_limit_rps,
            "burst": burst,
            "headers": headers,
            "retry_schedule": retry_schedule,
            "max_attempts": max_attempts,
            "tenant": tenant,
            "event_types": texts("event_types", event_types),
            "filter": filter,
            "on_failure": on_failure,
        }
        return one(Endpoint, await self._call("endpoints.update", request))

    async def delete_endpoint(self, endpoint_id: str) -> None:
        """Deletes an endpoint: it takes no more messages.

        What it accepted before is still delivered, also where it was paused.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        await self._call("endpoints.delete", request)

    async def pause_endpoint(self, endpoint_id: str) -> PauseState:
        """Holds an endpoint's deliveries.

        It goes on accepting messages; attempts under way end.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(PauseState, await self._call("endpoints.pause", request))

    async def resume_endpoint(self, endpoint_id: str) -> PauseState:
        """Delivers what a pause has held.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(PauseState, await self._call("endpoints.resume", request))

    async def get_endpoint_health(
        self,
        endpoint_id: Optional[str] = None,
        *,
        tenant: Optional[str] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> EndpointHealthResponse:
        """Says how endpoints are doing, newest first.

        Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last
        hour are known to every process.

        Args:
            endpoint_id: Only this endpoint.
            tenant: Only endpoints of this tenant.
            limit: 1 to 100, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {"endpoint_id": endpoint_id, "tenant": tenant, "limit": limit, "cursor": cursor}
        return page(
            EndpointHealthResponse,
            EndpointHealth,
            await self._call("endpoints.health", request),
            "data",
            lambda cursor: self.get_endpoint_health(endpoint_id=endpoint_id, tenant=tenant, limit=limit, cursor=cursor),
        )

    async def iter_endpoint_health(
        self,
        endpoint_id: Optional[str] = None,
        *,
        tenant: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> AsyncIterator[EndpointHealth]:
        """The same as :meth:`get_endpoint_health`, over all pages: each is asked for when it is reached."""
        page: Optional[EndpointHealthResponse] = await self.get_endpoint_health(
            endpoint_id=endpoint_id,
            tenant=tenant,
            limit=limit,
        )
        while page is not None:
            for item in page.endpoints:
                yield item
            page = await page.anext_page()

    async def test_endpoint(self, endpoint_id: str, *, payload: Optional[str] = None) -> TestDelivery:
        """Makes a signed test delivery at once.

        It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
        ``X-Webhook-Test: true``. A pause does not hold it.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            payload: A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte; where
                absent, a small one that says that it is a test.
        """
        request = {"endpoint_id": endpoint_id, "payload": payload}
        return one(TestDelivery, await self._call("endpoints.test", request))

    async def verify_endpoint_signature(
        self,
        endpoint_id: str,
        *,
        headers: Mapping[str, str],
        body: str,
        computed: Optional[str] = None,
    ) -> Verification:
        """Checks the signature of a delivery as it was received.

        Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut,
        another endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes
        that.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            headers: The headers of the delivery as they were received. Those of the signatures are looked at,
                whatever their case.
            body: The body as it was received, at most 1,048,576 bytes.
            computed: What the receiver's own code made of it, to be told which mistake makes that.
        """
        request = {"endpoint_id": endpoint_id, "headers": headers, "body": body, "computed": computed}
        return one(Verification, await self._call("endpoints.verify", request))

    async def list_endpoint_signing_keys(self, endpoint_id: str) -> list[SigningKey]:
        """Lists an endpoint's signing keys, oldest first.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return many(SigningKey, await self._call("signing_keys.list", request), "data")

    async def create_endpoint_signing_key(self, endpoint_id: str) -> RotateSecretResponse:
        """Adds a second signing key.

        Both keys sign until one is deleted. The signing secret is shown only in the answer.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(RotateSecretResponse, await self._call("signing_keys.create", request))

    async def rotate_endpoint_secret(self, endpoint_id: str) -> RotateSecretResponse:
        """Adds a second signing key, under an older name.

        Both keys sign until one is deleted. The signing secret is shown only in the answer.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
        """
        request = {"endpoint_id": endpoint_id}
        return one(RotateSecretResponse, await self._call("signing_keys.create", request))

    async def delete_endpoint_signing_key(self, endpoint_id: str, key_id: str) -> None:
        """Removes one of two signing keys.

        Args:
            endpoint_id: The endpoint's id, ``ep_...``.
            key_id: The signing key's id, ``sk_...``.
        """
        request = {"endpoint_id": endpoint_id, "key_id": key_id}
        await self._call("signing_keys.delete", request)

    async def get_message(self, message_id: str) -> Message:
        """Shows a message, without its payload.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Message, await self._call("messages.get", request))

    async def get_message_attempts(self, message_id: str) -> AttemptsResponse:
        """Lists a message's attempts, oldest first.

        At most the last 200. A message that is unknown has none.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return page(AttemptsResponse, AttemptRecord, await self._call("messages.attempts", request), "data")

    async def get_message_payload(self, message_id: str) -> MessagePayload:
        """Shows a message's payload, byte for byte.

        With the message's own headers. It is there for as long as the payload is kept.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(MessagePayload, await self._call("messages.payload", request))

    async def explain_message(self, message_id: str) -> Explanation:
        """Says why a message is where it is, and when that changes.

        The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its
        breaker, its limits) is known to that process alone: another one says which process that is.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Explanation, await self._call("messages.explain", request))

    async def replay(self, message_id: str) -> ReplayMessageResponse:
        """Delivers a message once more.

        A message can be replayed 10 times.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(ReplayMessageResponse, await self._call("messages.replay", request))

    async def cancel_retry(self, message_id: str) -> Message:
        """Gives up a message that waits for a retry or its time.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Message, await self._call("messages.cancel", request))

    async def retry_now(self, message_id: str) -> Message:
        """Makes a message that waits for a retry or its time due at once.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(Message, await self._call("messages.retry_now", request))

    async def reschedule_message(self, message_id: str, deliver_at: Moment) -> Message:
        """Moves a scheduled message to another moment.

        A moment that is past is at once.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
            deliver_at: Before when it is not delivered; at most a year ahead. A moment that is past is at once.
        """
        request = {"message_id": message_id, "deliver_at": moment_text(deliver_at)}
        return one(Message, await self._call("messages.reschedule", request))

    async def replay_all_messages(
        self,
        status: ReplayableMessageStatus,
        *,
        endpoint_id: Optional[str] = None,
        limit: Optional[int] = None,
        created_after: Optional[Moment] = None,
        created_before: Optional[Moment] = None,
        cause: Optional[str] = None,
        dry_run: Optional[bool] = None,
        cursor: Optional[str] = None,
    ) -> ReplayAllMessagesResponse:
        """Replays the messages that a filter finds.

        The oldest first.

        Args:
            status: ``failed_permanent`` or ``pending_retry``.
            endpoint_id: Only messages of this endpoint.
            limit: 1 to 1,000, 100 where absent.
            created_after: Only messages accepted at this moment or later.
            created_before: Only messages accepted before this moment.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            dry_run: Changes nothing, and answers what would happen.
            cursor: The ``next_cursor`` of the call before: goes on behind what that one has looked at.
        """
        request = {
            "status": status,
            "endpoint_id": endpoint_id,
            "limit": limit,
            "created_after": moment_text(created_after),
            "created_before": moment_text(created_before),
            "cause": cause,
            "dry_run": dry_run,
            "cursor": cursor,
        }
        return one(ReplayAllMessagesResponse, await self._call("messages.replay_all", request))

    async def cancel_all_messages(
        self,
        *,
        endpoint_id: Optional[str] = None,
        created_after: Optional[Moment] = None,
        created_before: Optional[Moment] = None,
        limit: Optional[int] = None,
        cause: Optional[str] = None,
        dry_run: Optional[bool] = None,
        cursor: Optional[str] = None,
    ) -> CancelAllResult:
        """Gives up the messages that wait for a retry and that a filter finds.

        The oldest first. They are in the dead letter queue then.

        Args:
            endpoint_id: Only messages of this endpoint.
            created_after: Only messages accepted at this moment or later.
            created_before: Only messages accepted before this moment.
            limit: 1 to 1,000, 1,000 where absent.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            dry_run: Changes nothing, and answers what would happen.
            cursor: The ``next_cursor`` of the call before: goes on behind what that one has looked at.
        """
        request = {
            "endpoint_id": endpoint_id,
            "created_after": moment_text(created_after),
            "created_before": moment_text(created_before),
            "limit": limit,
            "cause": cause,
            "dry_run": dry_run,
            "cursor": cursor,
        }
        return one(CancelAllResult, await self._call("messages.cancel_all", request))

    async def replay_batch_messages(self, message_ids: Iterable[str]) -> ReplayBatchMessagesResponse:
        """Replays the messages that are named.

        Each has its result, in order.

        Args:
            message_ids: 1 to 100.
        """
        request = {"message_ids": texts("message_ids", message_ids)}
        return one(ReplayBatchMessagesResponse, await self._call("messages.replay_batch", request))

    async def delete_message(self, message_id: str) -> DeleteMessageResult:
        """Deletes a message.

        Its payload is gone at once, and its retries with it.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(DeleteMessageResult, await self._call("messages.delete", request))

    async def delete_messages_batch(self, message_ids: Iterable[str]) -> DeleteBatchResult:
        """Deletes the messages that are named.

        Each has its result, in order.

        Args:
            message_ids: 1 to 100.
        """
        request = {"message_ids": texts("message_ids", message_ids)}
        return one(DeleteBatchResult, await self._call("messages.delete_batch", request))

    async def delete_messages_all(
        self,
        *,
        status: Optional[Union[str, Iterable[MessageStatus]]] = None,
        endpoint_id: Optional[str] = None,
        created_after: Optional[Moment] = None,
        created_before: Optional[Moment] = None,
        limit: Optional[int] = None,
        cause: Optional[str] = None,
        dry_run: Optional[bool] = None,
        cursor: Optional[str] = None,
    ) -> DeleteAllResult:
        """Deletes the messages that a filter finds.

        The oldest first. Where as many were deleted as the limit says, there may be more.

        Args:
            status: Only messages with one of these statuses; all where empty.
            endpoint_id: Only messages of this endpoint.
            created_after: Only messages accepted at this moment or later.
            created_before: Only messages accepted before this moment.
            limit: 1 to 1,000, 1,000 where absent.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            dry_run: Changes nothing, and answers what would happen.
            cursor: The ``next_cursor`` of the call before: goes on behind what that one has looked at.
        """
        request = {
            "status": words(status),
            "endpoint_id": endpoint_id,
            "created_after": moment_text(created_after),
            "created_before": moment_text(created_before),
            "limit": limit,
            "cause": cause,
            "dry_run": dry_run,
            "cursor": cursor,
        }
        return one(DeleteAllResult, await self._call("messages.delete_all", request))

    async def get_logs(
        self,
        *,
        status: Optional[Union[str, Iterable[MessageStatus]]] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        endpoint_id: Optional[str] = None,
        q: Optional[str] = None,
        error: Optional[str] = None,
        cause: Optional[str] = None,
        event_type: Optional[str] = None,
        tenant: Optional[str] = None,
        ordering_key: Optional[str] = None,
    ) -> LogsResponse:
        """Lists messages, newest first.

        A page of a filter may be short, even empty, and have more behind it: follow ``next_cursor``.

        Args:
            status: Only messages with one of these statuses.
            start_time: Only messages accepted at this moment or later.
            end_time: Only messages accepted before this moment.
            limit: 1 to 500, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
            endpoint_id: Only messages of this endpoint.
            q: Only the message with this id, or messages with this text in their idempotency key.
            error: Only messages with this text in their last error.
            cause: Only messages whose last failure has this cause, in the words of ``dead_letters.groups``.
            event_type: Only messages of events of this type.
            tenant: Only messages of events of this tenant.
            ordering_key: Only messages with this ordering key.
        """
        request = {
            "status": words(status),
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
            "limit": limit,
            "cursor": cursor,
            "endpoint_id": endpoint_id,
            "q": q,
            "error": error,
            "cause": cause,
            "event_type": event_type,
            "tenant": tenant,
            "ordering_key": ordering_key,
        }
        return page(
            LogsResponse,
            MessageSummary,
            await self._call("logs.list", request),
            "data",
            lambda cursor: self.get_logs(
                status=status,
                start_time=start_time,
                end_time=end_time,
                limit=limit,
                endpoint_id=endpoint_id,
                q=q,
                error=error,
                cause=cause,
                event_type=event_type,
                tenant=tenant,
                ordering_key=ordering_key,
                cursor=cursor,
            ),
        )

    async def iter_logs(
        self,
        *,
        status: Optional[Union[str, Iterable[MessageStatus]]] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
        limit: Optional[int] = None,
        endpoint_id: Optional[str] = None,
        q: Optional[str] = None,
        error: Optional[str] = None,
        cause: Optional[str] = None,
        event_type: Optional[str] = None,
        tenant: Optional[str] = None,
        ordering_key: Optional[str] = None,
    ) -> AsyncIterator[MessageSummary]:
        """The same as :meth:`get_logs`, over all pages: each is asked for when it is reached."""
        page: Optional[LogsResponse] = await self.get_logs(
            status=status,
            start_time=start_time,
            end_time=end_time,
            limit=limit,
            endpoint_id=endpoint_id,
            q=q,
            error=error,
            cause=cause,
            event_type=event_type,
            tenant=tenant,
            ordering_key=ordering_key,
        )
        while page is not None:
            for item in page.messages:
                yield item
            page = await page.anext_page()

    async def get_dlq_messages(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        endpoint_id: Optional[str] = None,
        cause: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
    ) -> DLQMessagesResponse:
        """Lists the messages that were given up, newest first.

        Args:
            limit: 1 to 1,000, 100 where absent.
            cursor: The ``next_cursor`` of the page before.
            endpoint_id: Only messages of this endpoint.
            cause: Only messages with this cause, in the words of ``dead_letters.groups``.
            start_time: Only messages accepted at this moment or later.
            end_time: Only messages accepted before this moment.
        """
        request = {
            "limit": limit,
            "cursor": cursor,
            "endpoint_id": endpoint_id,
            "cause": cause,
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
        }
        return page(
            DLQMessagesResponse,
            MessageSummary,
            await self._call("dead_letters.list", request),
            "messages",
            lambda cursor: self.get_dlq_messages(
                limit=limit,
                endpoint_id=endpoint_id,
                cause=cause,
                start_time=start_time,
                end_time=end_time,
                cursor=cursor,
            ),
        )

    async def iter_dlq_messages(
        self,
        *,
        limit: Optional[int] = None,
        endpoint_id: Optional[str] = None,
        cause: Optional[str] = None,
        start_time: Optional[Moment] = None,
        end_time: Optional[Moment] = None,
    ) -> AsyncIterator[MessageSummary]:
        """The same as :meth:`get_dlq_messages`, over all pages: each is asked for when it is reached."""
        page: Optional[DLQMessagesResponse] = await self.get_dlq_messages(
            limit=limit,
            endpoint_id=endpoint_id,
            cause=cause,
            start_time=start_time,
            end_time=end_time,
        )
        while page is not None:
            for item in page.messages:
                yield item
            page = await page.anext_page()

    async def get_dlq_groups(
        self,
        *,
        endpoint_id: Optional[str] = None,
        cursor: Optional[str] = None,
    ) -> DeadLetterGroups:
        """Counts the dead letter queue by cause and endpoint.

        A call reads at most 10,000 messages, newest first; where there are more, follow ``next_cursor`` and add up
        what has the same cause and endpoint. Any filter by cause takes the words of ``cause``.

        Args:
            endpoint_id: Only messages of this endpoint.
            cursor: The ``next_cursor`` of the call before.
        """
        request = {"endpoint_id": endpoint_id, "cursor": cursor}
        return one(DeadLetterGroups, await self._call("dead_letters.groups", request))

    async def replay_from_dlq(self, message_id: str) -> ReplayMessageResponse:
        """Delivers a message of the dead letter queue once more.

        Args:
            message_id: The message's id, a UUIDv7 with dashes.
        """
        request = {"message_id": message_id}
        return one(ReplayMessageResponse, await self._call("dead_letters.replay", request))

    async def get_metrics(
        self,
        window: Optional[MetricsWindow] = None,
        *,
        endpoint_id: Optional[str] = None,
    ) -> Metrics:
        """Counts what happened in a window of time.

        Args:
            window: ``1h``, ``24h``, ``7d`` or ``30d``; ``24h`` where absent.
            endpoint_id: Only messages and attempts of this endpoint.
        """
        request = {"window": window, "endpoint_id": endpoint_id}
        return one(Metrics, await self._call("metrics.get", request))

    async def get_timeseries_metrics(
        self,
        window: Optional[MetricsWindow] = None,
        *,
        endpoint_id: Optional[str] = None,
    ) -> TimeSeriesMetrics:
        """Counts what happened in each bucket of a window.

        Args:
            window: ``1h``, ``24h``, ``7d`` or ``30d``; ``24h`` where absent.
            endpoint_id: Only messages and attempts of this endpoint.
        """
        request = {"window": window, "endpoint_id": endpoint_id}
        return one(TimeSeriesMetrics, await self._call("metrics.timeseries", request))

    async def list_api_keys(self) -> list[APIKeyInfo]:
        """Lists API keys, oldest first."""
        request: dict[str, Any] = {}
        return many(APIKeyInfo, await self._call("api_keys.list", request), "data")

    async def create_api_key(
        self,
        mode: Optional[APIKeyMode] = None,
        *,
        label: Optional[str] = None,
        scope: Optional[APIKeyScope] = None,
    ) -> CreateAPIKeyResponse:
        """Makes an API key.

        It lets its owner use a sidecar on this outbox. The key is shown only in the answer.

        Args:
            mode: ``live`` where absent.
            label: A label for people, at most 255 characters.
            scope: What the key lets its owner do over HTTP, ``full`` where absent.
        """
        request = {"mode": mode, "label": label, "scope": scope}
        return one(CreateAPIKeyResponse, await self._call("api_keys.create", request))

    async def delete_api_key(self, key_id: str) -> None:
        """Deletes an API key: it lets nobody in any more.

        Args:
            key_id: The API key's id, ``key_...``.
        """
        request = {"key_id": key_id}
        await self._call("api_keys.delete", request)

    async def create_login_code(self) -> CreateLoginCodeResponse:
        """Makes a code that signs a browser in to the console once.

        It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a
        process it is that of a key which is made for this, with the label ``hookbridge console``.
        """
        request: dict[str, Any] = {}
        return one(CreateLoginCodeResponse, await self._call("login_codes.create", request))

    async def create_export(
        self,
        *,
        start_time: Moment,
        end_time: Moment,
        status: Optional[MessageStatus] = None,
        endpoint_id: Optional[str] = None,
    ) -> ExportRecord:
        """Has a CSV file of messages written.

        The file is written in the background; it is kept for seven days.

        Args:
            start_time: Messages accepted at this moment or later.
            end_time: Messages accepted before this moment.
            status: Only messages with this status.
            endpoint_id: Only messages of this endpoint, which may have been deleted.
        """
        request = {
            "start_time": moment_text(start_time),
            "end_time": moment_text(end_time),
            "status": status,
            "endpoint_id": endpoint_id,
        }
        return one(ExportRecord, await self._call("exports.create", request))

    async def list_exports(self) -> list[ExportRecord]:
        """Lists exports, newest first."""
        request: dict[str, Any] = {}
        return many(ExportRecord, await self._call("exports.list", request), "data")

    async def get_export(self, export_id: str) -> ExportRecord:
        """Shows an export.

        Args:
            export_id: The export's id, a UUIDv7 with dashes.
        """
        request = {"export_id": export_id}
        return one(ExportRecord, await self._call("exports.get", request))

    async def download_export(self, export_id: str) -> str:
        """Says where an export's file is.

        Args:
            export_id: The export's id, a UUIDv7 with dashes.
        """
        request = {"export_id": export_id}
        return text(await self._call("exports.download", request), "download_url")

    async def delete_export(self, export_id: str) -> None:
        """Removes an export and its file.

        Args:
            export_id: The export's id, a UUIDv7 with dashes.
        """
        request = {"export_id": export_id}
        await self._call("exports.delete", request)

    async def stats(self) -> Stats:
        """Says how the outbox stands."""
        request: dict[str, Any] = {}
        return one(Stats, await self._call("stats", request))

    async def whoami(self) -> WhoAmI:
        """Says who asks, and what answers.

        The caller's API key with its scope, the version, the file, and the limits in force.
        """
        request: dict[str, Any] = {}
        return one(WhoAmI, await self._call("whoami", request))

    async def list_activity(self, *, limit: Optional[int] = None, cursor: Optional[str] = None) -> ActivityResponse:
        """Lists what callers with an API key changed, newest first.

        Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or
        deleted: by which key, and how many. The newest 100,000 are kept.

        Args:
            limit: 1 to 500, 50 where absent.
            cursor: The ``next_cursor`` of the page before.
        """
        request = {"limit": limit, "cursor": cursor}
        return page(
            ActivityResponse,
            Activity,
            await self._call("activity.list", request),
            "data",
            lambda cursor: self.list_activity(limit=limit, cursor=cursor),
        )

    async def iter_activity(self, *, limit: Optional[int] = None) -> AsyncIterator[Activity]:
        """The same as :meth:`list_activity`, over all pages: each is asked for when it is reached."""
        page: Optional[ActivityResponse] = await self.list_activity(limit=limit)
        while page is not None:
            for item in page.activities:
                yield item
            page = await page.anext_page()

    async def lookup_actors(
        self,
        *,
        user_ids: Optional[Iterable[str]] = None,
        api_key_ids: Optional[Iterable[str]] = None,
    ) -> ActorLookupResult:
        """Names API keys by their ids.

        1 to 100 ids in all. Ids that are unknown are missing in the answer.

        Args:
            user_ids: Ids of users. An outbox has none, so none is found.
            api_key_ids: Ids of API keys: ``key_...``.
        """
        request = {"user_id": texts("user_ids", user_ids), "api_key_id": texts("api_key_ids", api_key_ids)}
        return one(ActorLookupResult, await self._call("actors.lookup", request))
