"""From arguments to the engine's requests, and from its answers to results: shared by both clients."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Optional, TypedDict, TypeVar, Union

from . import results
from .errors import ValidationError

T = TypeVar("T")

#: Any JSON-able value, or the bytes of a JSON document, which are sent as they are.
Payload = Any
#: A name, gaps in seconds, or gaps for both kinds of failure.
RetrySchedule = Union[str, Sequence[float], Mapping[str, Sequence[float]]]


class _Required(TypedDict):
    endpoint_id: str
    payload: Payload


class BatchMessage(_Required, total=False):
    """A message of ``send_batch``."""

    headers: Optional[Mapping[str, str]]
    idempotency_key: Optional[str]
    retention_hours: Optional[int]


def payload_bytes(payload: Payload) -> bytes:
    """The bytes that are stored and sent."""
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError(f"the payload is not JSON: {error}", "INVALID_REQUEST", 400) from error


def header_list(headers: Optional[Mapping[str, str]]) -> Optional[list[tuple[str, str]]]:
    """Headers as the engine takes them."""
    if not headers:
        return None
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise ValidationError("header names and values are strings", "INVALID_HEADERS", 400)
    return list(headers.items())


def configuration(settings: Mapping[str, Any]) -> str:
    """The engine's configuration: what was given, without what was not."""
    given = {key: value for key, value in settings.items() if value is not None}
    for key in ("database", "ca_file"):
        if key in given:
            given[key] = os.fspath(given[key])
    return document(given)


def document(request: Mapping[str, Any]) -> str:
    """A request as JSON, without the arguments that were not given."""
    try:
        return json.dumps({key: value for key, value in request.items() if value is not None}, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError(f"an argument is not JSON: {error}", "INVALID_REQUEST", 400) from error


def batch(messages: Iterable[BatchMessage]) -> str:
    """The request of ``send_batch``. Payloads of bytes go in as they are."""
    items = []
    for message in messages:
        rest = {key: value for key, value in message.items() if key != "payload" and value is not None}
        if "payload" not in message:
            raise ValidationError("a message has no payload", "INVALID_REQUEST", 400)
        try:
            payload = payload_bytes(message["payload"]).decode()
        except UnicodeDecodeError as error:
            raise ValidationError("the payload is not UTF-8", "INVALID_REQUEST", 400) from error
        items.append(document(rest)[:-1] + (", " if rest else "") + f'"payload": {payload}}}')
    return '{"messages": [' + ",".join(items) + "]}"


def batch_results(answer: str) -> list[results.BatchResult]:
    """What became of each message."""
    return [
        results.read(results.SendFailure, item["error"]) if "error" in item else results.read(results.SendResult, item)
        for item in json.loads(answer)["results"]
    ]


def page(kind: type[T], answer: str, items_in: str = "data") -> results.Page[T]:
    """A page of results."""
    loaded = json.loads(answer)
    items = [results.read(kind, item) for item in loaded[items_in]]
    return results.Page(items, loaded["has_more"], loaded["next_cursor"])


def one(kind: type[T], answer: str) -> T:
    """A single result."""
    return results.read(kind, json.loads(answer))


def batch_of(kind: type[T], item: type[Any], answer: str) -> T:
    """A result that lists what became of each message."""
    return list_of(kind, "results", item, answer)


def list_of(kind: type[T], name: str, item: type[Any], answer: str) -> T:
    """A result that has a list of items."""
    loaded = json.loads(answer)
    loaded[name] = [results.read(item, one) for one in loaded[name]]
    return results.read(kind, loaded)


def download_url(answer: str) -> str:
    """Where a file is."""
    return str(json.loads(answer)["download_url"])


def actors(answer: str) -> results.Actors:
    """What actors are called."""
    loaded = json.loads(answer)
    labels = {key: actor["label"] for key, actor in (loaded.get("api_keys") or {}).items()}
    emails = {user: actor["email"] for user, actor in (loaded.get("users") or {}).items()}
    return results.Actors(labels, emails)


def time(moment: Optional[datetime]) -> Optional[str]:
    """A moment as the engine takes it; one without an offset is UTC."""
    return None if moment is None else moment.isoformat()


def stats(answer: str) -> results.Stats:
    """How the outbox stands."""
    loaded = json.loads(answer)
    if loaded["deliverer"] is not None:
        loaded["deliverer"] = results.read(results.Deliverer, loaded["deliverer"])
    if loaded.get("shortage") is not None:
        loaded["shortage"] = results.read(results.Shortage, loaded["shortage"])
    return results.read(results.Stats, loaded)
