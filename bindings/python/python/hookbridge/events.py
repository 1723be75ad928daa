"""What happens to messages, as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from . import results
from ._hookbridge import NativeEvents
from .errors import translated


class Events:
    """A queue of events, at most 10,000; past that the oldest are dropped and counted.

    Iterate over it, call :meth:`next`, or watch :meth:`fileno` in an event loop.
    """

    def __init__(self, native: NativeEvents) -> None:
        self._native = native

    def fileno(self) -> int:
        """A descriptor that is readable while events wait. Only watch it."""
        return self._native.fileno()

    def next(self, timeout: float = 0.0) -> Optional[results.Event]:
        """The next event, or ``None`` where none came within ``timeout`` seconds or the client was closed."""
        found = translated(lambda: self._native.next(timeout))
        if found is None:
            return None
        kind, message_id, endpoint_id, attempt_no, status, error, next_attempt, occurred = found
        return results.Event(
            kind,
            message_id,
            endpoint_id,
            attempt_no,
            status,
            error,
            None if next_attempt is None else results.moment(next_attempt),
            results.moment(occurred),
        )

    @property
    def dropped(self) -> int:
        """How many were dropped because nobody took them."""
        return self._native.dropped()

    def __iter__(self) -> Iterator[results.Event]:
        """What waits now."""
        while (event := self.next()) is not None:
            yield event
