"""What happens to messages, as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Optional

from ._failures import translated
from ._hookbridge import NativeEvents
from ._result import read
from .types import Event


def event_of(text: Optional[str]) -> Optional[Event]:
    """The event that the engine handed over, if it did."""
    return None if text is None else read(Event, json.loads(text))


class Events:
    """A queue of events, at most 10,000; past that the oldest are dropped and counted.

    Iterate over it, call :meth:`next`, or watch :meth:`fileno` in an event loop.
    """

    def __init__(self, native: NativeEvents) -> None:
        self._native = native

    def fileno(self) -> int:
        """A descriptor that is readable while events wait. Only watch it."""
        return self._native.fileno()

    def next(self, timeout: float = 0.0) -> Optional[Event]:
        """The next event, or ``None`` where none came within ``timeout`` seconds or the client was closed."""
        return event_of(translated(lambda: self._native.next(timeout)))

    @property
    def dropped(self) -> int:
        """How many were dropped because nobody took them."""
        return self._native.dropped()

    def __iter__(self) -> Iterator[Event]:
        """What waits now."""
        while (event := self.next()) is not None:
            yield event


class AsyncEvents:
    """The same queue for one event loop: ``async for`` waits for each event as it happens."""

    def __init__(self, native: NativeEvents) -> None:
        self._native = native

    async def next(self, timeout: Optional[float] = None) -> Optional[Event]:
        """The next event, or ``None`` where the client was closed or none came within ``timeout`` seconds.

        Without a ``timeout`` it waits as long as it takes.
        """
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        while True:
            event = event_of(translated(lambda: self._native.next(0.0)))
            if event is not None or self._native.is_closed() or (deadline is not None and loop.time() >= deadline):
                return event
            await self._readable(None if deadline is None else deadline - loop.time())

    async def _readable(self, timeout: Optional[float]) -> None:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._native.fileno(), readable.set)
        try:
            await asyncio.wait_for(readable.wait(), timeout)
        except asyncio.TimeoutError:
            pass
        finally:
            loop.remove_reader(self._native.fileno())

    @property
    def dropped(self) -> int:
        """How many were dropped because nobody took them."""
        return self._native.dropped()

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Every event from now on, until the client is closed."""
        while (event := await self.next()) is not None:
            yield event
