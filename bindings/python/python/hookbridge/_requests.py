"""From arguments to the engine's requests: shared by both clients."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, Optional, TypedDict, Union

from ._failures import refused
from ._result import _loaded, read
from .errors import ValidationError
from .types import BatchResult, Moment, Payload, SendFailure, SendWebhookResponse


class RawJson:
    """A payload that is a JSON document already, as text or bytes. It is sent as it stands."""

    __slots__ = ("document",)

    def __init__(self, document: Union[str, bytes, bytearray, memoryview]) -> None:
        self.document = document.encode() if isinstance(document, str) else bytes(document)


class _Required(TypedDict):
    endpoint_id: str
    payload: Payload


class BatchMessage(_Required, total=False):
    """A message of ``send_batch``."""

    headers: Optional[Mapping[str, str]]
    idempotency_key: Optional[str]
    retention_hours: Optional[int]
    ordering_key: Optional[str]
    deliver_at: Optional[Moment]
    expires_at: Optional[Moment]


_MESSAGE_FIELDS = frozenset({*_Required.__annotations__, *BatchMessage.__annotations__})


def payload_bytes(payload: Payload) -> bytes:
    """The bytes that are stored and sent."""
    if isinstance(payload, RawJson):
        return payload.document
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise refused(f"`payload` cannot be written as JSON: {error}") from error


def payload_text(payload: Payload, named: str) -> str:
    """A payload as part of a larger document. ``named`` is what it is called where it is refused."""
    try:
        text = payload_bytes(payload).decode()
    except UnicodeDecodeError as error:
        raise refused(f"{named} is not UTF-8") from error
    # It is laid in as it stands: half a document would end what it is part of.
    if isinstance(payload, (RawJson, bytes, bytearray, memoryview)) and not is_document(text):
        raise refused(f"{named} is not one JSON document")
    return text


def is_document(text: str) -> bool:
    """Whether a text is one JSON document. Its numbers are not looked at: they may have any size."""

    def no_number(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_int=len, parse_float=len, parse_constant=no_number)
    except (ValueError, RecursionError):
        return False
    return True


def header_list(headers: Optional[Mapping[str, str]]) -> Optional[list[tuple[str, str]]]:
    """Headers as the engine takes them."""
    if not headers:
        return None
    if not isinstance(headers, Mapping):
        raise refused("`headers` must be a mapping of names to values", "INVALID_HEADERS")
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise refused("`headers` must have strings as names and as values", "INVALID_HEADERS")
    return list(headers.items())


def string(name: str, value: object) -> str:
    """An argument that must be a string."""
    if not isinstance(value, str):
        raise refused(f"`{name}` must be a string, not {type(value).__name__}")
    return value


def optional_string(name: str, value: object) -> Optional[str]:
    """An argument that is a string where it is given."""
    return None if value is None else string(name, value)


def whole(name: str, value: object) -> Optional[int]:
    """An argument that is a whole number, 0 or more, where it is given."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**32:
        raise refused(f"`{name}` must be a whole number, 0 or more")
    return value


def texts(name: str, values: Optional[Iterable[str]]) -> Optional[list[str]]:
    """An argument that is several strings."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise refused(f"`{name}` must be a list of strings")
    listed = list(values)
    return [string(f"{name}[{at}]", value) for at, value in enumerate(listed)]


def words(values: Union[str, Iterable[str], None]) -> Optional[list[str]]:
    """One word, several with commas between them, or a list."""
    if values is None:
        return None
    if isinstance(values, str):
        return [word.strip() for word in values.split(",") if word.strip()]
    return list(values)


def moment_text(moment: Union[datetime, str, None]) -> Optional[str]:
    """A moment as the engine takes it; one without an offset is UTC."""
    if not isinstance(moment, datetime):
        return moment
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).isoformat()


def configuration(settings: Mapping[str, Any]) -> str:
    """The engine's configuration: what was given, without what was not."""
    given = {key: value for key, value in settings.items() if value is not None}
    for key in ("database", "ca_file"):
        if key in given:
            given[key] = os.fspath(given[key])
    if "api_key" in given and (not isinstance(given["api_key"], str) or not given["api_key"]):
        raise ValidationError("API key is required: `api_key` must be a string that is not empty, or None")
    return document(given)


def document(request: Mapping[str, Any]) -> str:
    """A request as JSON, without the arguments that were not given. A payload of ``None`` is given: it is null."""
    given = {name: value for name, value in request.items() if value is not None or name == "payload"}
    return "{" + ", ".join(f"{json.dumps(name)}: {_value(name, value)}" for name, value in given.items()) + "}"


def _value(name: str, value: Any) -> str:
    if name == "payload" or isinstance(value, RawJson):
        return payload_text(value, f"`{name}`")
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise refused(f"`{name}` cannot be written as JSON: {error}") from error


def order_and_time(
    ordering_key: Optional[str], deliver_at: Optional[Moment], expires_at: Optional[Moment]
) -> dict[str, Any]:
    """What a message says of its order and its time; empty where it says nothing."""
    said = {
        "ordering_key": optional_string("ordering_key", ordering_key),
        "deliver_at": moment_text(deliver_at),
        "expires_at": moment_text(expires_at),
    }
    return {name: value for name, value in said.items() if value is not None}


def _items(name: str, given: Iterable[Any], fields: frozenset[str]) -> str:
    """Several requests as a JSON array. Payloads of bytes go in as they are."""
    items = []
    for at, item in enumerate(given):
        if not isinstance(item, Mapping):
            raise refused(f"`{name}[{at}]` must be a dictionary, not {type(item).__name__}")
        unknown = [str(field) for field in item if field not in fields]
        if unknown:
            raise refused(f"`{name}[{at}]` has no field `{unknown[0]}`; it has: {', '.join(sorted(fields))}")
        if "payload" not in item:
            raise refused(f"`{name}[{at}]` has no `payload`")
        rest: dict[str, Any] = {
            key: moment_text(value) if isinstance(value, datetime) else value
            for key, value in item.items()
            if key != "payload" and value is not None
        }
        payload = payload_text(item["payload"], f"the `payload` of `{name}[{at}]`")
        items.append(document(rest)[:-1] + (", " if rest else "") + f'"payload": {payload}}}')
    return "[" + ",".join(items) + "]"


def batch(messages: Iterable[BatchMessage]) -> str:
    """The request of ``send_batch``."""
    return '{"messages": ' + _items("messages", messages, _MESSAGE_FIELDS) + "}"


def several(name: str, given: Iterable[Any], kind: type[Any]) -> RawJson:
    """Several requests with the fields of ``kind``, a ``TypedDict``."""
    return RawJson(_items(name, given, frozenset(kind.__required_keys__ | kind.__optional_keys__)))


def batch_results(answer: str) -> list[BatchResult]:
    """What became of each message."""
    return [
        read(SendFailure, item["error"]) if "error" in item else read(SendWebhookResponse, item)
        for item in _loaded(answer)["results"]
    ]
