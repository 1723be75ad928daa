# Written by `hookbridge-generate`: change the definition, not this file.
"""The exceptions of the package.

``code`` is for programs; docs/contract.md#errors has every code with what to do about it.
"""

from __future__ import annotations

import builtins
from typing import Any, Optional

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


class HookBridgeError(Exception):
    """Any failure of HookBridge.

    Attributes:
        message: What went wrong, for people.
        code: Why, for programs. Of some classes it is the same for all: ``NOT_FOUND`` of every :class:`NotFoundError`.
        exact_code: The precise code where ``code`` is that of a whole class, such as ``ENDPOINT_NOT_FOUND``.
        request_id: The id of the call, which a server's log or the log of this process has.
        status_code: The HTTP status that goes with the code.
        is_retryable: Whether the same call may succeed later without being changed.
    """

    exact_code: str
    is_retryable: bool = False

    def __init__(
        self,
        message: str,
        code: str = "UNKNOWN_ERROR",
        request_id: Optional[str] = None,
        status_code: Optional[int] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.exact_code = code
        self.request_id = request_id
        self.status_code = status_code

    def __str__(self) -> str:
        parts = [self.message]
        if self.exact_code:
            parts.append(f"code={self.exact_code}")
        if self.request_id:
            parts.append(f"request_id={self.request_id}")
        return " ".join(parts)

    def __reduce__(self) -> tuple[object, ...]:
        # So that a worker process can hand the exception to its parent: each class has a constructor of its own.
        return (_restored, (type(self), self.message, self.__dict__))


def _restored(kind: type[HookBridgeError], message: str, state: dict[str, Any]) -> HookBridgeError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(state)
    return error


class AuthenticationError(HookBridgeError):
    """The API key is missing or unknown (401)."""

    def __init__(
        self,
        message: str = "Invalid or missing API key",
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message, "UNAUTHORIZED", request_id, 401)


class NotFoundError(HookBridgeError):
    """No such endpoint, message, key or export (404)."""

    def __init__(
        self,
        message: str = "Resource not found",
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message, "NOT_FOUND", request_id, 404)


class ValidationError(HookBridgeError):
    """The request or a setting is wrong (400)."""

    def __init__(
        self,
        message: str,
        code: str = "INVALID_REQUEST",
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message, code, request_id, 400)


class RateLimitError(HookBridgeError):
    """Too much at once (429); ``retry_after`` is in whole seconds where it is known."""

    def __init__(
        self,
        message: str = "Rate limit exceeded",
        request_id: Optional[str] = None,
        retry_after: Optional[int] = None,
    ) -> None:
        super().__init__(message, "RATE_LIMIT_EXCEEDED", request_id, 429)
        self.retry_after = retry_after


class IdempotencyError(HookBridgeError):
    """The idempotency key was used with another payload (409)."""

    def __init__(
        self,
        message: str = "Idempotency key already used with different payload",
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message, "IDEMPOTENCY_MISMATCH", request_id, 409)


class ReplayLimitError(HookBridgeError):
    """The message was replayed as often as is allowed (429)."""

    def __init__(
        self,
        message: str,
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message, "REPLAY_LIMIT_EXCEEDED", request_id, 429)


class NetworkError(HookBridgeError):
    """A server could not be reached, or broke off (502)."""

    def __init__(
        self,
        message: str,
    ) -> None:
        super().__init__(message, "NETWORK_ERROR")


class TimeoutError(HookBridgeError, builtins.TimeoutError):
    """A server did not answer in time (504)."""

    def __init__(
        self,
        message: str = "Request timed out",
    ) -> None:
        super().__init__(message, "TIMEOUT")


#: The class for each code; a code that is missing here has none of its own.
BY_CODE: dict[str, type[HookBridgeError]] = {
    "UNAUTHORIZED": AuthenticationError,
    "NOT_FOUND": NotFoundError,
    "ENDPOINT_NOT_FOUND": NotFoundError,
    "INVALID_CONFIGURATION": ValidationError,
    "RATE_LIMIT_EXCEEDED": RateLimitError,
    "IDEMPOTENCY_MISMATCH": IdempotencyError,
    "REPLAY_LIMIT_EXCEEDED": ReplayLimitError,
    "NETWORK_ERROR": NetworkError,
    "TIMEOUT": TimeoutError,
}

#: The HTTP status that goes with each code.
STATUS_BY_CODE = {
    "INTERNAL_ERROR": 500,
    "INVALID_REQUEST": 400,
    "INVALID_HEADERS": 400,
    "INVALID_ENDPOINT": 400,
    "ENDPOINT_UNREACHABLE": 400,
    "ENDPOINT_BLOCKED": 400,
    "INVALID_STATUS": 400,
    "UNAUTHORIZED": 401,
    "NOT_FOUND": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "IDEMPOTENCY_MISMATCH": 409,
    "DELIVERY_IN_PROGRESS": 409,
    "RETRY_IN_PROGRESS": 409,
    "MAX_SIGNING_KEYS_REACHED": 409,
    "CANNOT_DELETE_LAST_SIGNING_KEY": 409,
    "RETENTION_EXPIRED": 410,
    "PAYLOAD_UNAVAILABLE": 410,
    "PAYLOAD_TOO_LARGE": 413,
    "REPLAY_LIMIT_EXCEEDED": 429,
    "STORAGE_UNAVAILABLE": 503,
    "INVALID_CONFIGURATION": 400,
    "CLOSED": 400,
    "FORKED": 500,
    "SCHEMA_TOO_NEW": 500,
    "EXPORT_NOT_READY": 400,
    "EXPORT_EXPIRED": 410,
    "NETWORK_ERROR": 502,
    "TIMEOUT": 504,
    "RATE_LIMIT_EXCEEDED": 429,
    "NOT_SUPPORTED": 400,
    "FORBIDDEN": 403,
    "ALREADY_EXISTS": 409,
    "UNKNOWN_EVENT_TYPE": 400,
    "INVALID_PAYLOAD": 400,
}

#: The code that every error of a class has, where the published package has no more precise one.
CODE_OF_CLASS: dict[type[HookBridgeError], str] = {
    AuthenticationError: "UNAUTHORIZED",
    NotFoundError: "NOT_FOUND",
    RateLimitError: "RATE_LIMIT_EXCEEDED",
    IdempotencyError: "IDEMPOTENCY_MISMATCH",
    ReplayLimitError: "REPLAY_LIMIT_EXCEEDED",
    NetworkError: "NETWORK_ERROR",
    TimeoutError: "TIMEOUT",
}
