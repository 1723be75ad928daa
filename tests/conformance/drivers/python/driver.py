"""The driver of Python. See ``tests/conformance/README.md``."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import itertools
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import hookbridge
from hookbridge import AsyncHookBridge, HookBridge
from hookbridge.types import Page

clients: dict[str, HookBridge] = {}
events: dict[str, Any] = {}
options: dict[str, dict[str, Any]] = {}


def plain(value: Any) -> Any:
    """A result as the suite compares it."""
    if isinstance(value, Page):
        return {"data": plain(list(value)), "has_more": value.has_more, "next_cursor": value.next_cursor}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def failed(error: BaseException) -> dict[str, Any]:
    if isinstance(error, hookbridge.HookBridgeError):
        return {
            "class": type(error).__name__,
            "code": error.exact_code,
            "message": error.message,
            "status": error.status_code,
            "retryable": error.is_retryable,
            "request_id": error.request_id,
            "retry_after": getattr(error, "retry_after", None),
        }
    return {"class": "TypeError", "message": repr(error)}


def payload(args: dict[str, Any]) -> Any:
    if "payload_text" in args:
        return args.pop("payload_text").encode()
    if "payload_base64" in args:
        return base64.b64decode(args.pop("payload_base64"))
    return args.pop("payload", None)


def arguments(method: str, given: dict[str, Any]) -> dict[str, Any]:
    args = dict(given)
    if method == "send":
        args["payload"] = payload(args)
    if method == "send_batch":
        args["messages"] = [{"payload": payload(item), **item} for item in map(dict, args["messages"])]
    for name in ("start_time", "end_time", "created_after", "created_before"):
        if name in args:
            args[name] = datetime.fromisoformat(args[name].replace("Z", "+00:00"))
    if method == "lookup_actors":
        ids = {"api_key_ids": args.pop("api_key_id", ""), "user_ids": args.pop("user_id", "")}
        args = {name: text.split(",") for name, text in ids.items() if text}
    return args


def result(method: str, found: Any) -> Any:
    if method == "send_batch":
        failed = hookbridge.SendFailure
        return {"results": [{"error": plain(item)} if isinstance(item, failed) else plain(item) for item in found]}
    if method == "download_export":
        return {"download_url": found}
    if method == "lookup_actors":
        return {"api_keys": found.api_keys or {}}
    if isinstance(found, list):
        return {"data": plain(found), "has_more": False, "next_cursor": None}
    return {} if found is None else plain(found)


def numbered(value: Any, number: int) -> Any:
    """``%i`` in every string is the call's number."""
    return json.loads(json.dumps(value).replace("%i", str(number)))


def call(command: dict[str, Any], number: int = 0) -> Any:
    method = command["method"]
    args = arguments(method, numbered(command.get("args", {}), number))
    return result(method, getattr(clients[command["on"]], method)(**args))


def many(command: dict[str, Any]) -> Any:
    def one(number: int) -> Any:
        try:
            return {"ok": call(command, number)}
        except Exception as error:
            return {"error": failed(error)}

    with ThreadPoolExecutor(command["threads"]) as pool:
        return {"results": list(pool.map(one, range(command["times"])))}


def asynchronous(command: dict[str, Any]) -> Any:
    async def main() -> Any:
        async with AsyncHookBridge(**options[command["on"]]) as client:
            method = command["method"]
            return result(method, await getattr(client, method)(**arguments(method, command.get("args", {}))))

    return asyncio.run(main())


def gather(command: dict[str, Any]) -> Any:
    name = command["on"]
    if name not in events:
        events[name] = clients[name].watch() if command.get("watch") else clients[name].events()
    found: list[Any] = []
    deadline = time.monotonic() + command.get("timeout", 30.0)
    while len(found) < command.get("count", 0):
        event = events[name].next(max(0.0, deadline - time.monotonic()))
        if event is None:
            break
        found.append(plain(event))
    return found


def page(command: dict[str, Any]) -> Any:
    method = command["method"]
    found = getattr(clients[command["on"]], method)(**arguments(method, command.get("args", {})))
    last = plain(found[-1]) if found else None
    items = [plain(item) for item in found]
    return {
        "items": items,
        "length": len(found),
        "last": last,
        "has_more": found.has_more,
        "next_cursor": found.next_cursor,
    }


def walk(command: dict[str, Any]) -> Any:
    method = command["method"]
    items = getattr(clients[command["on"]], method)(**arguments(method, command.get("args", {})))
    return [plain(item) for item in itertools.islice(items, command.get("count"))]


def forked(command: dict[str, Any]) -> Any:
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writable, "w") as output:
            json.dump([reply(inner) for inner in command["commands"]], output)
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as replies:
        found = json.load(replies)
    return {"replies": found, "status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}


def carried_out(command: dict[str, Any]) -> Any:
    action = command["do"]
    if action == "hello":
        return {"language": "python", "can": ["fork", "async", "pages", "request_id", "published_classes"]}
    if action == "open":
        clients[command["as"]] = HookBridge(**command["options"])
        options[command["as"]] = command["options"]
        return {}
    if action == "flush":
        return clients[command["on"]].flush(command.get("timeout", 30.0))
    if action == "close":
        clients[command["on"]].close(*([command["timeout"]] if "timeout" in command else []))
        return {}
    if action == "exit":
        return {}
    return ACTIONS[action](command)


ACTIONS = {
    "call": call,
    "many": many,
    "async": asynchronous,
    "events": gather,
    "fork": forked,
    "page": page,
    "walk": walk,
}


def reply(command: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"id": command["id"], "ok": carried_out(command)}
    except Exception as error:
        return {"id": command["id"], "error": failed(error)}


for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(reply(command)), flush=True)
    if command["do"] == "exit":
        sys.exit()
# Without closing what is open, and without waiting for it.
sys.stdout.flush()
os._exit(0)
