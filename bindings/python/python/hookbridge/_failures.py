"""From what the engine says to the exceptions of the package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional, TypeVar

from ._hookbridge import NativeError
from .errors import BY_CODE, CODE_OF_CLASS, HookBridgeError, RateLimitError, ValidationError

T = TypeVar("T")

#: Code, message, HTTP status, retryable, request id, seconds to wait.
Parts = tuple[str, str, int, bool, Optional[str], Optional[float]]


def from_parts(parts: Parts) -> HookBridgeError:
    """The exception for what the engine said."""
    code, message, status, is_retryable, request_id, wait = parts
    kind = BY_CODE.get(code, HookBridgeError)
    # Each class has a constructor of its own, as it was published; what it is made of is the same.
    error = kind.__new__(kind, message)
    HookBridgeError.__init__(error, message, CODE_OF_CLASS.get(kind, code), request_id, status)
    error.exact_code = code
    error.is_retryable = is_retryable
    if isinstance(error, RateLimitError):
        error.retry_after = None if wait is None else round(wait)
    return error


def refused(message: str, code: str = "INVALID_REQUEST") -> ValidationError:
    """The exception for an argument that is refused before the engine sees it."""
    return ValidationError(message, code)


def translated(call: Callable[[], T]) -> T:
    """Runs ``call`` and raises the package's own exceptions."""
    try:
        return call()
    except NativeError as error:
        raise from_parts(error.args) from None
