from typing import Optional, final

__all__ = ["Completions", "NativeEngine", "NativeError", "NativeEvents", "__version__"]

__version__: str

_Parts = tuple[str, str, int, bool, Optional[str], Optional[float]]

class NativeError(Exception):
    args: _Parts

@final
class Completions:
    def __new__(cls) -> Completions: ...
    def fileno(self) -> int: ...
    def take(self) -> list[tuple[int, Optional[str], Optional[_Parts]]]: ...

@final
class NativeEvents:
    def fileno(self) -> int: ...
    def next(
        self, timeout: float
    ) -> Optional[
        tuple[str, Optional[str], Optional[str], Optional[int], Optional[int], Optional[str], Optional[str], str]
    ]: ...
    def is_closed(self) -> bool: ...
    def dropped(self) -> int: ...

@final
class NativeEngine:
    def __new__(cls, configuration: str) -> NativeEngine: ...
    def send(
        self,
        endpoint_id: str,
        payload: bytes,
        headers: Optional[list[tuple[str, str]]],
        idempotency_key: Optional[str],
        retention_hours: Optional[int],
    ) -> str: ...
    def send_to(
        self,
        endpoint_id: str,
        payload: bytes,
        headers: Optional[list[tuple[str, str]]],
        idempotency_key: Optional[str],
        retention_hours: Optional[int],
        tag: int,
        completions: Completions,
    ) -> None: ...
    def call(self, operation: str, request: str) -> str: ...
    def flush(self, timeout: float) -> bool: ...
    def close(self, timeout: float) -> bool: ...
    def finish(self) -> bool: ...
    def events(self) -> NativeEvents: ...
    def watch(self) -> NativeEvents: ...
