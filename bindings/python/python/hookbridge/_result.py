"""From the engine's answers to results."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
import typing
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timezone
from typing import Any, ClassVar, Optional, TypeVar, Union, overload

from .errors import HookBridgeError

T = TypeVar("T")
R = TypeVar("R", bound="Result")
P = TypeVar("P", bound="Page[Any]")


def moment(text: str) -> datetime:
    """Reads a timestamp (docs/contract.md#times): RFC 3339 in UTC, with ``Z``."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def _plain(value: Any) -> Any:
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


class Result:
    """What a method returns."""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as ``json.dumps`` takes them: points in time are RFC 3339 text.

        A secret is among them, though it is not printed.
        """
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}  # type: ignore[arg-type]


class Page(Result, Sequence[T]):
    """A page of a list: a sequence of its items, which knows the next page."""

    _ITEMS: ClassVar[str]
    has_more: bool
    next_cursor: Optional[str]

    def _items(self) -> list[T]:
        items: list[T] = getattr(self, self._ITEMS)
        return items

    def __len__(self) -> int:
        return len(self._items())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[T, list[T]]:
        return self._items()[index]

    def next_page(self: P) -> Optional[P]:
        """The page after this one; ``None`` where this is the last."""
        answer = self._next()
        if inspect.iscoroutine(answer):
            answer.close()
            raise TypeError("this page is of an AsyncHookBridge: use `await page.anext_page()`")
        return typing.cast("Optional[P]", answer)

    async def anext_page(self: P) -> Optional[P]:
        """The page after this one, of an :class:`AsyncHookBridge`; ``None`` where this is the last."""
        answer = self._next()
        return typing.cast("Optional[P]", await answer if inspect.isawaitable(answer) else answer)

    def _next(self) -> Union[object, Awaitable[object]]:
        more: Optional[Callable[[str], object]] = self.__dict__.get("_more")
        if not self.has_more or self.next_cursor is None:
            return None
        if more is None:
            raise ValueError("this page is of no client: pass its `next_cursor` as `cursor`")
        return more(self.next_cursor)

    def __getstate__(self) -> dict[str, Any]:
        # Another process has another client.
        return {name: value for name, value in self.__dict__.items() if name != "_more"}


def _reader(kind: Any) -> Optional[Callable[[Any], Any]]:
    """How a value of JSON becomes one of this type; ``None`` where it is one already."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Union:
        inner = [one for one in arguments if one is not type(None)]
        # A choice of several types is JSON as it stands.
        return _reader(inner[0]) if len(inner) == 1 else None
    if origin is list:
        item = _reader(arguments[0])
        return None if item is None else lambda values: [item(value) for value in values]
    if kind is datetime:
        return moment
    if isinstance(kind, type) and issubclass(kind, Result):
        return functools.partial(read, kind)
    return None


#: The fields of each type, and how each is read.
_known: dict[type[Any], list[tuple[str, Optional[Callable[[Any], Any]]]]] = {}


def _fields(kind: type[Any]) -> list[tuple[str, Optional[Callable[[Any], Any]]]]:
    fields = _known.get(kind)
    if fields is None:
        hints = typing.get_type_hints(kind)
        fields = _known[kind] = [(field.name, _reader(hints[field.name])) for field in dataclasses.fields(kind)]
    return fields


def read(kind: type[T], answer: dict[str, Any]) -> T:
    """Makes a result of an answer; what a newer engine adds is passed over."""
    values = {}
    for name, reader in _fields(kind):
        value = answer.get(name)
        values[name] = value if value is None or reader is None else reader(value)
    return kind(**values)


def _loaded(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError as error:
        raise HookBridgeError(f"an answer that is no JSON: {error}", "INTERNAL_ERROR", None, 500) from error


def one(kind: type[T], answer: str) -> T:
    """A single result."""
    return read(kind, _loaded(answer))


def many(kind: type[T], answer: str, name: str) -> list[T]:
    """The results that an answer lists under ``name``."""
    return [read(kind, item) for item in _loaded(answer)[name]]


def text(answer: str, name: str) -> str:
    """The text that an answer has under ``name``."""
    return str(_loaded(answer)[name])


def page(kind: type[P], item: type[Any], answer: str, name: str, more: Optional[Callable[[str], object]] = None) -> P:
    """A page whose items the answer lists under ``name``. ``more`` asks for the page at a cursor."""
    loaded = _loaded(answer)
    items = [read(item, one) for one in loaded[name]]
    made = read(kind, {**loaded, kind._ITEMS: None})
    made.__dict__[kind._ITEMS] = items
    # A frozen dataclass: what is no field is set beside them.
    made.__dict__["_more"] = more
    return made
