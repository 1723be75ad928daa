"""What goes wrong, as exceptions."""

from __future__ import annotations

import builtins
from typing import Callable, Optional, TypeVar

from ._hookbridge import NativeError

__all__ = [
    "AuthenticationError",
    "HookBridgeError",
    "IdempotencyError",
    "NetworkError",
    "NotFoundError",
    "RateLimitError",
    "ReplayLimitError",
    "TimeoutError",
    "ValidationError",
]

T = TypeVar("T")


class HookBridgeError(Exception):
    """Any failure of HookBridge.

    ``code`` is for programs (``ENDPOINT_NOT_FOUND``), ``message`` for people, ``status_code`` the HTTP status that goes
    with the code, ``is_retryable`` whether the same call may succeed later. ``request_id`` is set where a server
    answered, and ``None`` in-process.
    """

    def __init__(
        self,
        message: str,
        code: str = "INTERNAL_ERROR",
        status_code: Optional[int] = None,
        request_id: Optional[str] = None,
        is_retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status_code = status_code
        self.request_id = request_id
        self.is_retryable = is_retryable

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        # So that a worker process can hand the exception to its parent.
        arguments = (self.message, self.code, self.status_code, self.request_id, self.is_retryable)
        return (type(self), arguments)


class AuthenticationError(HookBridgeError):
    """The API key is missing or unknown (401)."""


class NotFoundError(HookBridgeError):
    """No such endpoint, message or key (404)."""


class ValidationError(HookBridgeError):
    """The request or a setting is wrong (400, 413)."""


class RateLimitError(HookBridgeError):
    """Too much at once (429); ``retry_after`` is in seconds where it is known."""

    retry_after: Optional[float] = None


class IdempotencyError(HookBridgeError):
    """The idempotency key was used with another payload (409)."""


class ReplayLimitError(HookBridgeError):
    """The message was replayed as often as is allowed (429)."""


class NetworkError(HookBridgeError):
    """A server could not be reached."""


class TimeoutError(HookBridgeError, builtins.TimeoutError):
    """A server did not answer in time."""


_BY_CODE: dict[str, type[HookBridgeError]] = {
    "IDEMPOTENCY_MISMATCH": IdempotencyError,
    "REPLAY_LIMIT_EXCEEDED": ReplayLimitError,
    "NETWORK_ERROR": NetworkError,
    "TIMEOUT": TimeoutError,
}
_BY_STATUS: dict[int, type[HookBridgeError]] = {
    400: ValidationError,
    401: AuthenticationError,
    404: NotFoundError,
    413: ValidationError,
    429: RateLimitError,
}


#: Code, message, HTTP status, retryable, request id, seconds to wait.
Parts = tuple[str, str, int, bool, Optional[str], Optional[float]]


def from_parts(parts: Parts) -> HookBridgeError:
    """The exception for what the engine said."""
    code, message, status, is_retryable, request_id, retry_after = parts
    kind = HookBridgeError if code == "CLOSED" else _BY_CODE.get(code) or _BY_STATUS.get(status, HookBridgeError)
    error = kind(message, code, status, request_id, is_retryable)
    if isinstance(error, RateLimitError):
        error.retry_after = retry_after
    return error


def translated(call: Callable[[], T]) -> T:
    """Runs ``call`` and raises the package's own exceptions."""
    try:
        return call()
    except NativeError as error:
        raise from_parts(error.args) from None
