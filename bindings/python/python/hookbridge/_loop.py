"""Between the writer's thread and an event loop: one wake-up completes a whole commit group."""

from __future__ import annotations

import asyncio
import itertools
import os
from weakref import WeakKeyDictionary

from ._failures import from_parts
from ._hookbridge import Completions


class LoopBridge:
    """The futures of one loop that wait for a commit."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.completions = Completions()
        self.process = os.getpid()
        self._tags = itertools.count()
        self._futures: dict[int, asyncio.Future[str]] = {}
        loop.add_reader(self.completions.fileno(), self._complete)

    def expect(self) -> tuple[int, asyncio.Future[str]]:
        """A tag, and the future that its outcome will complete."""
        # The bridge must not keep the loop alive, whose end is its own.
        tag, future = next(self._tags), asyncio.get_running_loop().create_future()
        self._futures[tag] = future
        return tag, future

    def forget(self, tag: int) -> None:
        """The send was refused before it was queued."""
        self._futures.pop(tag, None)

    def detach(self) -> None:
        """Stops watching, unless somebody still waits."""
        if not self._futures:
            asyncio.get_running_loop().remove_reader(self.completions.fileno())

    def _complete(self) -> None:
        for tag, message_id, failure in self.completions.take():
            future = self._futures.pop(tag, None)
            # A cancelled wait is done already; the message is accepted all the same.
            if future is None or future.done():
                continue
            if failure is not None:
                future.set_exception(from_parts(failure))
            else:
                future.set_result(message_id or "")


class LoopCompletions:
    """A bridge for each loop that uses a client, made anew in a forked child."""

    def __init__(self) -> None:
        self._bridges: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopBridge] = WeakKeyDictionary()

    def of_running_loop(self) -> LoopBridge:
        """The bridge of the loop that is running."""
        loop = asyncio.get_running_loop()
        bridge = self._bridges.get(loop)
        if bridge is None or bridge.process != os.getpid():
            bridge = self._bridges[loop] = LoopBridge(loop)
        return bridge

    def detach_running_loop(self) -> None:
        """Nothing more will come: the loop need not watch."""
        bridge = self._bridges.pop(asyncio.get_running_loop(), None)
        if bridge is not None:
            bridge.detach()
