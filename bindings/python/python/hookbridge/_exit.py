"""What a client that nobody closed does when it is dropped, or when the program ends."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import threading
import weakref

from ._hookbridge import NativeEngine

#: The engines that were not closed, and the process that opened each.
_open: dict[int, tuple[int, NativeEngine]] = {}
_numbers = itertools.count()


def _finish(engine: NativeEngine) -> None:
    # Whatever is undelivered is in the file: there is nobody left to tell.
    with contextlib.suppress(Exception):
        engine.finish()


def _dropped(number: int) -> None:
    process, engine = _open.pop(number, (0, None))
    if engine is None or process != os.getpid():
        return
    try:
        # Not a daemon: the interpreter waits for it. Whoever drops a client does not.
        threading.Thread(target=_finish, args=(engine,), name="hookbridge-finish").start()
    except RuntimeError:
        # The interpreter takes no more threads.
        _finish(engine)


def expect(client: object, engine: NativeEngine) -> int:
    """Has ``engine`` finish at exit, or once ``client`` is dropped. Answers what :func:`forget` takes."""
    number = next(_numbers)
    _open[number] = (os.getpid(), engine)
    weakref.finalize(client, _dropped, number).atexit = False
    return number


def forget(number: int) -> None:
    """The engine was closed."""
    _open.pop(number, None)


@atexit.register
def _at_exit() -> None:
    # A forked child has the clients of its parent and ends without them.
    ending = [engine for process, engine in _open.values() if process == os.getpid()]
    _open.clear()
    threads = [threading.Thread(target=_finish, args=(engine,)) for engine in ending[1:]]
    with contextlib.suppress(RuntimeError):
        for thread in threads:
            thread.start()
    for engine in ending[:1]:
        _finish(engine)
    for thread in threads:
        if thread.ident is not None:
            thread.join()
