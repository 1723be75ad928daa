"""Outbound webhooks from inside your process, durable before ``send()`` returns.

>>> from hookbridge import HookBridge
>>> client = HookBridge(database="outbox.db")  # doctest: +SKIP
>>> result = client.send(endpoint_id, {"event": "order.created"})  # doctest: +SKIP
"""

from . import errors, results
from ._hookbridge import __version__
from .aio import AsyncHookBridge
from .client import HookBridge
from .errors import (
    AuthenticationError,
    HookBridgeError,
    IdempotencyError,
    NetworkError,
    NotFoundError,
    RateLimitError,
    ReplayLimitError,
    TimeoutError,
    ValidationError,
)
from .events import AsyncEvents, Events
from .requests import BatchMessage, RetrySchedule
from .results import SendFailure, SendResult

__all__ = [
    "AsyncEvents",
    "AsyncHookBridge",
    "AuthenticationError",
    "BatchMessage",
    "Events",
    "HookBridge",
    "HookBridgeError",
    "IdempotencyError",
    "NetworkError",
    "NotFoundError",
    "RateLimitError",
    "ReplayLimitError",
    "RetrySchedule",
    "SendFailure",
    "SendResult",
    "TimeoutError",
    "ValidationError",
    "__version__",
    "errors",
    "results",
]
