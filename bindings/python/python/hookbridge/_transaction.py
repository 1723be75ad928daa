"""A message in the application's own transaction, on its own connection: a function of PostgreSQL's schema
``hookbridge`` (docs/postgresql.md), or a row of SQLite's table ``hookbridge_send`` (docs/sqlite-outbox.md). No driver
is needed to import this: the connection brings its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple, Optional, Union

from ._failures import from_parts, refused
from ._requests import payload_bytes
from .errors import STATUS_BY_CODE, HookBridgeError
from .types import Payload, SendWebhookResponse


class Argument(NamedTuple):
    """An argument of a function. It goes to the server as text, whatever a driver makes of other types."""

    value: Optional[str]
    is_json: bool = False


#: How a trigger of SQLite refuses.
REFUSED = re.compile(r"([A-Z]+(?:_[A-Z]+)+): (.*)", re.DOTALL)


class Call(NamedTuple):
    """A message to be sent: what answers its id."""

    function: str
    arguments: tuple[Argument, ...]
    #: The same as a row of SQLite's table.
    row: dict[str, Union[str, int]]

    def insert(self, placeholder: Callable[[int], str]) -> str:
        """The statement of SQLite, with placeholders as a driver has them, from 1."""
        places = ", ".join(placeholder(at) for at in range(1, len(self.row) + 1))
        return f"INSERT INTO hookbridge_send ({', '.join(self.row)}) VALUES ({places}) RETURNING id"

    def sql(self, placeholder: Callable[[int], str]) -> str:
        """The statement, with placeholders as a driver has them, from 1."""
        casts = []
        for at, argument in enumerate(self.arguments, 1):
            text = f"CAST({placeholder(at)} AS text)"
            casts.append(f"CAST({text} AS jsonb)" if argument.is_json else text)
        return f"SELECT CAST(hookbridge.{self.function}({', '.join(casts)}) AS text)"

    def values(self) -> list[Optional[str]]:
        """What the placeholders stand for."""
        return [argument.value for argument in self.arguments]


def text(name: str, value: Optional[str]) -> Argument:
    """An argument that is text. Some drivers would cut it at U+0000, which PostgreSQL cannot hold."""
    if value is not None and "\0" in value:
        raise refused(f"`{name}` has the character U+0000")
    return Argument(value)


def document(name: str, value: Mapping[str, Any]) -> Argument:
    """An argument that is a JSON object; nothing where it is empty."""
    given = {key: one for key, one in value.items() if one is not None}
    try:
        return Argument(json.dumps(given, ensure_ascii=False) if given else None, is_json=True)
    except (TypeError, ValueError) as error:
        raise refused(f"`{name}` cannot be written as JSON: {error}") from error


def payload_argument(payload: Payload) -> Argument:
    """The payload, by the encoder of every other send."""
    try:
        return text("payload", payload_bytes(payload).decode())
    except UnicodeDecodeError as error:
        raise refused("`payload` is not UTF-8") from error


def send_call(
    endpoint_id: str,
    payload: Payload,
    headers: Optional[list[tuple[str, str]]],
    idempotency_key: Optional[str],
    options: Mapping[str, Any],
) -> Call:
    """The call of a ``send``. Its rules are the function's own."""
    arguments = {
        "endpoint_id": text("endpoint_id", endpoint_id),
        "payload": payload_argument(payload),
        "headers": document("headers", dict(headers or ())),
        "idempotency_key": text("idempotency_key", idempotency_key),
    }
    columns = {**{name: argument.value for name, argument in arguments.items()}, **options}
    row = {name: value for name, value in columns.items() if value is not None}
    return Call("send", (*arguments.values(), document("options", options)), row)


def sent(message_id: str) -> SendWebhookResponse:
    """The answer to a ``send``."""
    return SendWebhookResponse(message_id, "queued")


def _format(at: int) -> str:
    return "%s"


def _mark(at: int) -> str:
    return "?"


def _dollar(at: int) -> str:
    return f"${at}"


def _psycopg(call: Call, connection: Any) -> Any:
    _begins(connection.autocommit, connection.info.transaction_status)
    # Whatever cursors and rows the application has its connection make.
    with import_module("psycopg").Cursor(connection, row_factory=import_module("psycopg.rows").tuple_row) as cursor:
        return cursor.execute(call.sql(_format), call.values()).fetchone()[0]


async def _async_psycopg(call: Call, connection: Any) -> Any:
    _begins(connection.autocommit, connection.info.transaction_status)
    rows = import_module("psycopg.rows")
    async with import_module("psycopg").AsyncCursor(connection, row_factory=rows.tuple_row) as cursor:
        await cursor.execute(call.sql(_format), call.values())
        return (await cursor.fetchone())[0]


def _psycopg2(call: Call, connection: Any) -> Any:
    with connection.cursor(cursor_factory=import_module("psycopg2.extensions").cursor) as cursor:
        if connection.autocommit:
            # In a `with` of the connection any first statement begins a transaction, and nothing tells before.
            cursor.execute("SELECT")
            _begins(True, connection.info.transaction_status)
        cursor.execute(call.sql(_format), call.values())
        return cursor.fetchone()[0]


def _sqlite3(call: Call, connection: Any) -> Any:
    _begins_in_sqlite(connection)
    # Whatever cursors and rows the application has its connection make.
    cursor = connection.cursor(import_module("sqlite3").Cursor)
    cursor.row_factory = None
    return _told(cursor.execute(call.insert(_mark), list(call.row.values())).fetchall()[0][0])


async def _aiosqlite(call: Call, connection: Any) -> Any:
    _begins_in_sqlite(connection)
    [row] = await connection.execute_fetchall(call.insert(_mark), list(call.row.values()))
    return _told(row[0])


def _told(message_id: Any) -> Any:
    # Whatever the application has its connection make of texts.
    return message_id.decode() if isinstance(message_id, bytes) else message_id


def _django(call: Call, connection: Any) -> Any:
    if isinstance(connection, str):
        connection = import_module("django.db").connections[connection]
    _known_database(connection.vendor)
    if connection.get_autocommit():
        raise _no_transaction()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(call.insert(_format), list(call.row.values()))
        else:
            cursor.execute(call.sql(_format), call.values())
        return cursor.fetchall()[0][0]


async def _asyncpg(call: Call, connection: Any) -> Any:
    if not connection.is_in_transaction():
        raise _no_transaction()
    return await connection.fetchval(call.sql(_dollar), *call.values())


def _named(call: Call, dialect: str) -> tuple[Any, dict[str, Any]]:
    _known_database(dialect)
    values: list[Any] = list(call.row.values()) if dialect == "sqlite" else call.values()
    written = (call.insert if dialect == "sqlite" else call.sql)(lambda at: f":a{at}")
    return import_module("sqlalchemy").text(written), {f"a{at}": value for at, value in enumerate(values, 1)}


def _sqlalchemy(call: Call, connection: Any) -> Any:
    return connection.execute(*_named(call, connection.dialect.name)).scalar_one()


def _sqlalchemy_session(call: Call, session: Any) -> Any:
    return _sqlalchemy(call, session.connection())


async def _async_sqlalchemy(call: Call, connection: Any) -> Any:
    return (await connection.execute(*_named(call, connection.dialect.name))).scalar_one()


async def _async_sqlalchemy_session(call: Call, session: Any) -> Any:
    return await _async_sqlalchemy(call, await session.connection())


def _of_cursor(run: Callable[[Call, Any], Any]) -> Callable[[Call, Any], Any]:
    return lambda call, cursor: run(call, cursor.connection)


Runner = Callable[[Call, Any], Any]

#: What runs a call, by the package and the class of a connection or of what it descends from.
RUNNERS: dict[str, Runner] = {
    "psycopg.Connection": _psycopg,
    "psycopg.Cursor": _of_cursor(_psycopg),
    "psycopg2.connection": _psycopg2,
    "psycopg2.cursor": _of_cursor(_psycopg2),
    "sqlite3.Connection": _sqlite3,
    "sqlite3.Cursor": _of_cursor(_sqlite3),
    "sqlalchemy.Connection": _sqlalchemy,
    "sqlalchemy.Session": _sqlalchemy_session,
    "sqlalchemy.scoped_session": _sqlalchemy_session,
    "django.BaseDatabaseWrapper": _django,
    "django.ConnectionProxy": _django,
    # An alias of Django's settings.
    "builtins.str": _django,
}
ASYNC_RUNNERS: dict[str, Runner] = {
    "psycopg.AsyncConnection": _async_psycopg,
    "psycopg.AsyncCursor": _of_cursor(_async_psycopg),
    "asyncpg.Connection": _asyncpg,
    "asyncpg.PoolConnectionProxy": _asyncpg,
    "aiosqlite.Connection": _aiosqlite,
    "sqlalchemy.AsyncConnection": _async_sqlalchemy,
    "sqlalchemy.AsyncSession": _async_sqlalchemy_session,
    "sqlalchemy.async_scoped_session": _async_sqlalchemy_session,
}
TAKEN = "a connection of psycopg, psycopg2, sqlite3, SQLAlchemy or Django, or an alias of Django"
ASYNC_TAKEN = "an asynchronous connection of psycopg, asyncpg, aiosqlite or SQLAlchemy"


def _runner(transaction: object, mine: dict[str, Runner], others: dict[str, Runner], taken: str, client: str) -> Runner:
    kinds = [f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(transaction).__mro__]
    for kind in kinds:
        if kind in mine:
            return mine[kind]
    if any(kind in others for kind in kinds):
        raise refused(f"`transaction` is for `{client}`: here it must be {taken}")
    raise refused(f"`transaction` must be {taken}, not {kinds[0]}")


def run(call: Call, transaction: object) -> str:
    """Runs a call on a connection that waits in the calling thread; the id that it answers."""
    runner = _runner(transaction, RUNNERS, ASYNC_RUNNERS, TAKEN, "AsyncHookBridge")
    with _translated():
        return str(runner(call, transaction))


async def run_async(call: Call, transaction: object) -> str:
    """Runs a call on a connection that is waited for in an event loop; the id that it answers."""
    runner = _runner(transaction, ASYNC_RUNNERS, RUNNERS, ASYNC_TAKEN, "HookBridge")
    with _translated():
        return str(await runner(call, transaction))


def _begins(autocommit: bool, status: int) -> None:
    # libpq's PQTRANS_IDLE: nothing is begun, and in this mode nothing will be.
    if autocommit and status == 0:
        raise _no_transaction()


def _begins_in_sqlite(connection: Any) -> None:
    # From Python 3.12 on; before it, and where it says so, the driver begins a transaction unless it has no level.
    autocommit = getattr(connection, "autocommit", -1)
    never = connection.isolation_level is None if autocommit == -1 else autocommit
    if never and not connection.in_transaction:
        raise _no_transaction()


def _known_database(name: str) -> None:
    if name not in ("postgresql", "sqlite"):
        raise refused(f"`transaction` must be of PostgreSQL or SQLite, not of {name}")


def _no_transaction() -> HookBridgeError:
    return refused("`transaction` has no transaction open: the message would be there at once")


@contextmanager
def _translated() -> Iterator[None]:
    """Raises what the function refused as an exception of the package. All else is the driver's, and so is the state of
    the transaction."""
    try:
        yield
    except HookBridgeError:
        raise
    except Exception as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: Exception) -> Optional[HookBridgeError]:
    found: Optional[tuple[str, str, Optional[str]]] = None
    seen: Optional[BaseException] = error
    # What a package laid around the driver's own exception knows less.
    while seen is not None:
        if type(seen).__module__ == "sqlite3":
            return _refusal_of_trigger(seen)
        diagnosis = getattr(seen, "diag", None)
        state = getattr(diagnosis, "sqlstate", None) or getattr(seen, "sqlstate", None)
        if state:
            primary = getattr(diagnosis, "message_primary", None) or getattr(seen, "message", None) or str(seen)
            detail = getattr(diagnosis, "message_detail", None) or getattr(seen, "detail", None)
            found = str(state), str(primary), detail
        seen = getattr(seen, "orig", None) or seen.__cause__
    if found is None:
        return None
    state, message, detail = found
    if state.startswith("HB"):
        code = detail or message.partition(":")[0]
        return from_parts((code, message.removeprefix(f"{code}: "), int(state[2:]), False, None, None))
    # Data that a type of PostgreSQL does not take, before the function could say so.
    return refused(message) if state.startswith("22") else None


def _refusal_of_trigger(error: BaseException) -> Optional[HookBridgeError]:
    said = REFUSED.fullmatch(str(error))
    if said is None or said[1] not in STATUS_BY_CODE:
        return None
    return from_parts((said[1], said[2], STATUS_BY_CODE[said[1]], False, None, None))
