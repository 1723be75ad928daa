"""What the client for asyncio does beside the operations: sending, events, and its beginning and end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Callable, Optional, TypeVar

from . import _exit
from ._failures import translated
from ._hookbridge import NativeEngine
from ._loop import LoopCompletions
from ._requests import (
    BatchMessage,
    batch,
    batch_results,
    configuration,
    document,
    header_list,
    optional_string,
    order_and_time,
    payload_bytes,
    string,
    whole,
)
from ._result import one
from ._surface import HostedNames
from ._threaded import CLOSE_TIMEOUT
from ._transaction import run_async, send_call, sent
from .events import AsyncEvents
from .types import BatchResult, Moment, Payload, SendWebhookResponse

T = TypeVar("T")
Self = TypeVar("Self", bound="AsyncioClient")


class AsyncioClient(HostedNames):
    """A client whose methods are waited for in an event loop, and never block it."""

    _engine: NativeEngine
    _number: int

    def _open(self, settings: Mapping[str, Any]) -> None:
        text = configuration(settings)
        self._engine = translated(lambda: NativeEngine(text))
        self._number = _exit.expect(self, self._engine)
        self._completions = LoopCompletions()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, lambda: translated(call))

    async def _call(self, operation: str, request: Mapping[str, Any]) -> str:
        text = document(request)
        bridge = self._completions.of_running_loop()
        tag, future = bridge.expect()
        try:
            is_begun = translated(lambda: self._engine.call_to(operation, text, tag, bridge.completions))
        except BaseException:
            bridge.forget(tag)
            raise
        if is_begun:
            return await future
        # It may wait for more than a commit.
        bridge.forget(tag)
        return await self._run(lambda: self._engine.call(operation, text))

    async def send(
        self,
        endpoint_id: str,
        payload: Payload,
        *,
        headers: Optional[Mapping[str, str]] = None,
        idempotency_key: Optional[str] = None,
        retention_hours: Optional[int] = None,
        ordering_key: Optional[str] = None,
        deliver_at: Optional[Moment] = None,
        expires_at: Optional[Moment] = None,
        transaction: Optional[object] = None,
    ) -> SendWebhookResponse:
        """Accepts a message for delivery: returns once it is on disk, and delivery follows in the background.

        Sends that wait together share a commit and wake the loop once. Cancelling the wait does not take the message
        back.

        Args:
            endpoint_id: Where it goes.
            payload: Any JSON-able value. Text becomes a JSON string; :class:`RawJson`, or bytes, are a JSON document
                that is sent as it stands.
            headers: Delivered with this message; they win over the endpoint's.
            idempotency_key: 1 to 255 of letters, digits, ``_`` and ``-``. Sending again with the same key and payload
                answers the first message.
            retention_hours: How long the payload is kept; 0 drops it once it is delivered.
            ordering_key: Messages of the endpoint with this key are delivered one after another, in the order in which
                they were accepted: wait for one before the next.
            deliver_at: Before when it is not delivered; at most a year ahead. A moment without an offset is UTC.
            expires_at: After when it is not tried any more.
            transaction: The application's own connection to a PostgreSQL database with the schema ``hookbridge``, or to
                a SQLite file with the table ``hookbridge_send``: an asynchronous connection of psycopg, asyncpg,
                aiosqlite or SQLAlchemy. The message is there when its transaction commits, and never was when it rolls
                back. This client's own outbox is left alone.
        """
        endpoint, given = string("endpoint_id", endpoint_id), header_list(headers)
        key, hours = optional_string("idempotency_key", idempotency_key), whole("retention_hours", retention_hours)
        said = order_and_time(ordering_key, deliver_at, expires_at)
        if transaction is not None:
            call = send_call(endpoint, payload, given, key, {**said, "retention_hours": hours})
            return sent(await run_async(call, transaction))
        if said:
            request = {
                "endpoint_id": endpoint,
                "payload": payload,
                "headers": None if given is None else dict(given),
                "idempotency_key": key,
                "retention_hours": hours,
                **said,
            }
            return one(SendWebhookResponse, await self._call("messages.send", request))
        body = payload_bytes(payload)
        bridge = self._completions.of_running_loop()
        tag, future = bridge.expect()
        try:
            translated(lambda: self._engine.send_to(endpoint, body, given, key, hours, tag, bridge.completions))
        except BaseException:
            bridge.forget(tag)
            raise
        return SendWebhookResponse(await future, "queued")

    async def send_batch(self, messages: Iterable[BatchMessage]) -> list[BatchResult]:
        """Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order."""
        text = batch(messages)
        return batch_results(await self._run(lambda: self._engine.call("messages.send_batch", text)))

    def events(self) -> AsyncEvents:
        """A queue of what happens to messages from now on, while this process delivers."""
        return AsyncEvents(translated(self._engine.events))

    def watch(self) -> AsyncEvents:
        """A queue of what happens to messages from now on, whichever process accepts and delivers them.

        Beside the kinds of :meth:`events` it has ``message_accepted``, ``attempt_started`` and ``endpoint_changed``.
        """
        return AsyncEvents(translated(self._engine.watch))

    async def flush(self, timeout: float = 30.0) -> bool:
        """Waits until nothing is due, whichever process delivers. False where ``timeout`` seconds passed before."""
        return await self._run(lambda: self._engine.flush(timeout))

    async def close(self, timeout: float = CLOSE_TIMEOUT) -> bool:
        """Takes no more work, lets attempts under way end, stops the threads. False where ``timeout`` passed before."""
        closed = await self._run(lambda: self._engine.close(timeout))
        _exit.forget(self._number)
        self._completions.detach_running_loop()
        return closed

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()
