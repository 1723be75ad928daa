"""The client for threads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Optional, Union

from . import results
from ._hookbridge import NativeEngine
from .errors import translated
from .events import Events
from .requests import (
    BatchMessage,
    Payload,
    RetrySchedule,
    actors,
    batch,
    batch_of,
    batch_results,
    configuration,
    document,
    download_url,
    header_list,
    list_of,
    one,
    page,
    payload_bytes,
    stats,
    time,
)

#: How long ``with`` lets attempts under way end, in seconds.
CLOSE_TIMEOUT = 5.0


class HookBridge:
    """An outbox in this process, and its delivery in the background.

    With ``base_url`` (and ``api_key``) the same methods work with a server that speaks HookBridge's HTTP API; with
    ``database`` beside it, messages are committed to the file first and forwarded in the background (a relay).

    ``api_key`` is optional in-process: whoever can open the file may send. Every other argument is a setting, and
    what is not given comes from its ``HOOKBRIDGE_`` variable or its default: ``database`` (``hookbridge.db``),
    ``durability`` (``"full"`` or ``"normal"``), ``delivery`` (``"auto"`` or ``"off"``), timeouts in seconds, and the
    rest as the README's table says. A wrong one raises :class:`ValidationError` that names it.

    Use it from any thread, and on both sides of a ``fork()``. ``with`` closes it; without a close a program ends
    at once and what is undelivered is delivered by the next run.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        *,
        database: Optional[Union[str, os.PathLike[str]]] = None,
        durability: Optional[str] = None,
        delivery: Optional[str] = None,
        allow_local_endpoints: Optional[bool] = None,
        verify_dns: Optional[bool] = None,
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
        max_exports: Optional[int] = None,
        max_export_bytes: Optional[int] = None,
        ca_file: Optional[Union[str, os.PathLike[str]]] = None,
        base_url: Optional[str] = None,
        send_url: Optional[str] = None,
        timeout: Optional[float] = None,
        retries: Optional[int] = None,
        insecure_base_url: Optional[bool] = None,
    ) -> None:
        settings = configuration(
            {
                "api_key": api_key,
                "database": database,
                "durability": durability,
                "delivery": delivery,
                "allow_local_endpoints": allow_local_endpoints,
                "verify_dns": verify_dns,
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
                "max_exports": max_exports,
                "max_export_bytes": max_export_bytes,
                "ca_file": ca_file,
                "base_url": base_url,
                "send_url": send_url,
                "timeout": timeout,
                "retries": retries,
                "insecure_base_url": insecure_base_url,
            }
        )
        self._engine = translated(lambda: NativeEngine(settings))

    def _call(self, operation: str, request: Mapping[str, Any]) -> str:
        text = document(request)
        return translated(lambda: self._engine.call(operation, text))

    def send(
        self,
        endpoint_id: str,
        payload: Payload,
        *,
        headers: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
        retention_hours: Optional[int] = None,
    ) -> results.SendResult:
        """Accepts a message: returns once it is on disk.

        ``payload`` is any JSON-able value, or the bytes of a JSON document, which are sent as they are.
        """
        body, given = payload_bytes(payload), header_list(headers)
        message_id = translated(lambda: self._engine.send(endpoint_id, body, given, idempotency_key, retention_hours))
        return results.SendResult(message_id, "queued")

    def send_batch(self, messages: Iterable[BatchMessage]) -> list[results.BatchResult]:
        """Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order."""
        text = batch(messages)
        return batch_results(translated(lambda: self._engine.call("messages.send_batch", text)))

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
    ) -> results.CreatedEndpoint:
        """Creates an endpoint; its signing secret is shown only in the answer."""
        return one(
            results.CreatedEndpoint,
            self._call(
                "endpoints.create",
                {
                    "url": url,
                    "description": description,
                    "rate_limit_rps": rate_limit_rps,
                    "burst": burst,
                    "headers": headers,
                    "retry_schedule": retry_schedule,
                    "max_attempts": max_attempts,
                },
            ),
        )

    def get_endpoint(self, endpoint_id: str) -> results.Endpoint:
        """An endpoint."""
        return one(results.Endpoint, self._call("endpoints.get", {"endpoint_id": endpoint_id}))

    def list_endpoints(
        self, *, limit: Optional[int] = None, cursor: Optional[str] = None
    ) -> results.Page[results.EndpointSummary]:
        """Endpoints, newest first, 1 to 100 (50) a page."""
        return page(results.EndpointSummary, self._call("endpoints.list", {"limit": limit, "cursor": cursor}))

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
    ) -> results.Endpoint:
        """Changes what is given; 0 clears a number, an empty string a description, an empty dict the headers."""
        return one(
            results.Endpoint,
            self._call(
                "endpoints.update",
                {
                    "endpoint_id": endpoint_id,
                    "url": url,
                    "description": description,
                    "rate_limit_rps": rate_limit_rps,
                    "burst": burst,
                    "headers": headers,
                    "retry_schedule": retry_schedule,
                    "max_attempts": max_attempts,
                },
            ),
        )

    def delete_endpoint(self, endpoint_id: str) -> None:
        """Deletes an endpoint; what it accepted is still delivered."""
        self._call("endpoints.delete", {"endpoint_id": endpoint_id})

    def pause_endpoint(self, endpoint_id: str) -> results.PausedEndpoint:
        """Holds an endpoint's deliveries."""
        return one(results.PausedEndpoint, self._call("endpoints.pause", {"endpoint_id": endpoint_id}))

    def resume_endpoint(self, endpoint_id: str) -> results.PausedEndpoint:
        """Delivers what was held, at once."""
        return one(results.PausedEndpoint, self._call("endpoints.resume", {"endpoint_id": endpoint_id}))

    def create_endpoint_signing_key(self, endpoint_id: str) -> results.NewSigningKey:
        """Adds a second signing key; both sign until one is deleted."""
        return one(results.NewSigningKey, self._call("signing_keys.create", {"endpoint_id": endpoint_id}))

    def rotate_endpoint_secret(self, endpoint_id: str) -> results.NewSigningKey:
        """The same as :meth:`create_endpoint_signing_key`."""
        return one(results.NewSigningKey, self._call("signing_keys.create", {"endpoint_id": endpoint_id}))

    def list_endpoint_signing_keys(self, endpoint_id: str) -> results.Page[results.SigningKey]:
        """The signing keys of an endpoint, oldest first."""
        return page(results.SigningKey, self._call("signing_keys.list", {"endpoint_id": endpoint_id}))

    def delete_endpoint_signing_key(self, endpoint_id: str, key_id: str) -> None:
        """Deletes a signing key, unless it is the only one."""
        self._call("signing_keys.delete", {"endpoint_id": endpoint_id, "key_id": key_id})

    def get_message(self, message_id: str) -> results.Message:
        """A message."""
        return one(results.Message, self._call("messages.get", {"message_id": message_id}))

    def get_message_attempts(self, message_id: str) -> results.Page[results.Attempt]:
        """The attempts of a message, at most 200; an unknown message has none."""
        return page(results.Attempt, self._call("messages.attempts", {"message_id": message_id}))

    def replay(self, message_id: str) -> results.SendResult:
        """Queues a message again, at most 10 times."""
        return one(results.SendResult, self._call("messages.replay", {"message_id": message_id}))

    def cancel_retry(self, message_id: str) -> results.Message:
        """Gives up a message that waits for a retry."""
        return one(results.Message, self._call("messages.cancel", {"message_id": message_id}))

    def retry_now(self, message_id: str) -> results.Message:
        """Makes a waiting retry due."""
        return one(results.Message, self._call("messages.retry_now", {"message_id": message_id}))

    def delete_message(self, message_id: str) -> results.DeletedMessage:
        """Deletes a message: its payload at once, its retries with it."""
        return one(results.DeletedMessage, self._call("messages.delete", {"message_id": message_id}))

    def replay_all_messages(
        self, status: str, *, endpoint_id: Optional[str] = None, limit: Optional[int] = None
    ) -> results.ReplayAllResult:
        """Queues again what is ``failed_permanent`` or ``pending_retry``, oldest first, 1 to 1,000 (100) of them."""
        request = {"status": status, "endpoint_id": endpoint_id, "limit": limit}
        return one(results.ReplayAllResult, self._call("messages.replay_all", request))

    def replay_batch_messages(self, message_ids: Iterable[str]) -> results.ReplayBatchResult:
        """Queues 1 to 100 messages again; each has its outcome, in order."""
        answer = self._call("messages.replay_batch", {"message_ids": list(message_ids)})
        return batch_of(results.ReplayBatchResult, results.ReplayItem, answer)

    def delete_messages_batch(self, message_ids: Iterable[str]) -> results.DeleteBatchResult:
        """Deletes 1 to 100 messages; each has its outcome, in order."""
        answer = self._call("messages.delete_batch", {"message_ids": list(message_ids)})
        return batch_of(results.DeleteBatchResult, results.DeleteItem, answer)

    def delete_messages_all(
        self,
        *,
        status: Iterable[str] = (),
        endpoint_id: Optional[str] = None,
        created_after: Optional[datetime] = None,
        created_before: Optional[datetime] = None,
        limit: Optional[int] = None,
    ) -> results.DeleteAllResult:
        """Deletes what the filter finds, oldest first, at most 1,000.

        ``created_after`` is part of the range, ``created_before`` is not.
        """
        request = {
            "status": list(status),
            "endpoint_id": endpoint_id,
            "created_after": time(created_after),
            "created_before": time(created_before),
            "limit": limit,
        }
        return one(results.DeleteAllResult, self._call("messages.delete_all", request))

    def get_logs(
        self,
        *,
        endpoint_id: Optional[str] = None,
        status: Optional[str] = None,
        start_time: Optional[datetime] = None,
        end_time: Optional[datetime] = None,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> results.Page[results.MessageSummary]:
        """Messages, newest first, 1 to 500 (50) a page. A filtered page may be short and still have more."""
        request = {
            "endpoint_id": endpoint_id,
            "status": status,
            "start_time": time(start_time),
            "end_time": time(end_time),
            "limit": limit,
            "cursor": cursor,
        }
        return page(results.MessageSummary, self._call("logs.list", request))

    def get_dlq_messages(
        self, *, limit: Optional[int] = None, cursor: Optional[str] = None
    ) -> results.Page[results.MessageSummary]:
        """The dead letter queue, newest first, 1 to 1,000 (100) a page."""
        answer = self._call("dead_letters.list", {"limit": limit, "cursor": cursor})
        return page(results.MessageSummary, answer, items_in="messages")

    def replay_from_dlq(self, message_id: str) -> results.SendResult:
        """Queues a message of the dead letter queue again, as often as is wanted."""
        return one(results.SendResult, self._call("dead_letters.replay", {"message_id": message_id}))

    def get_metrics(self, window: Optional[str] = None, *, endpoint_id: Optional[str] = None) -> results.Metrics:
        """What happened in the last ``"1h"``, ``"24h"`` (the default), ``"7d"`` or ``"30d"``."""
        return one(results.Metrics, self._call("metrics.get", {"window": window, "endpoint_id": endpoint_id}))

    def get_timeseries_metrics(
        self, window: Optional[str] = None, *, endpoint_id: Optional[str] = None
    ) -> results.Timeseries:
        """The same by the minute, the hour, 6 hours or the day, oldest first, without gaps."""
        answer = self._call("metrics.timeseries", {"window": window, "endpoint_id": endpoint_id})
        return list_of(results.Timeseries, "buckets", results.Bucket, answer)

    def create_api_key(self, mode: Optional[str] = None, label: Optional[str] = None) -> results.NewApiKey:
        """Creates an API key for a server on this outbox, ``"live"`` or ``"test"``; it is shown only in the answer."""
        return one(results.NewApiKey, self._call("api_keys.create", {"mode": mode, "label": label}))

    def list_api_keys(self) -> results.Page[results.ApiKey]:
        """API keys, oldest first, without the keys themselves."""
        return page(results.ApiKey, self._call("api_keys.list", {}))

    def delete_api_key(self, key_id: str) -> None:
        """Deletes an API key: nobody is let in with it from now on."""
        self._call("api_keys.delete", {"key_id": key_id})

    def create_export(
        self,
        start_time: datetime,
        end_time: datetime,
        *,
        status: Optional[str] = None,
        endpoint_id: Optional[str] = None,
    ) -> results.Export:
        """Has a CSV file written of the messages accepted from ``start_time`` on and before ``end_time``."""
        request = {
            "start_time": time(start_time),
            "end_time": time(end_time),
            "status": status,
            "endpoint_id": endpoint_id,
        }
        return one(results.Export, self._call("exports.create", request))

    def list_exports(self) -> results.Page[results.Export]:
        """Exports, newest first."""
        return page(results.Export, self._call("exports.list", {}))

    def get_export(self, export_id: str) -> results.Export:
        """An export; its file is there once ``status`` is ``"completed"``."""
        return one(results.Export, self._call("exports.get", {"export_id": export_id}))

    def download_export(self, export_id: str) -> str:
        """Where the file is: a ``file://`` URL in-process, a link that needs no key where a server was asked."""
        return download_url(self._call("exports.download", {"export_id": export_id}))

    def delete_export(self, export_id: str) -> None:
        """Deletes an export and its file."""
        self._call("exports.delete", {"export_id": export_id})

    def lookup_actors(self, *, api_key_ids: Iterable[str] = (), user_ids: Iterable[str] = ()) -> results.Actors:
        """What the API keys are called that deleted something, at most 100."""
        request = {"api_key_id": ",".join(api_key_ids) or None, "user_id": ",".join(user_ids) or None}
        return actors(self._call("actors.lookup", request))

    def stats(self) -> results.Stats:
        """How the outbox stands."""
        return stats(self._call("stats", {}))

    def events(self) -> Events:
        """A queue of what happens to messages from now on, while this process delivers."""
        return Events(translated(self._engine.events))

    def flush(self, timeout: float = 30.0) -> bool:
        """Waits until nothing is due, whichever process delivers. False where ``timeout`` seconds passed before."""
        return translated(lambda: self._engine.flush(timeout))

    def close(self, timeout: float = CLOSE_TIMEOUT) -> bool:
        """Takes no more work, lets attempts under way end, stops the threads. False where ``timeout`` passed before."""
        return translated(lambda: self._engine.close(timeout))

    def __enter__(self) -> HookBridge:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()
