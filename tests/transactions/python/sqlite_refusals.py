"""What SQLite's table refuses, as errors of the package. A savepoint, and the transaction goes on."""

import os
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from hookbridge import HookBridge, HookBridgeError

ENDPOINT = os.environ["ENDPOINT_ID"]
SOON = datetime.now() + timedelta(days=2)
CASES: list[dict[str, Any]] = [
    {"endpoint_id": "ep_unknown", "payload": None},
    {"endpoint_id": ENDPOINT, "payload": 1, "headers": {"Host": "example.com"}},
    {"endpoint_id": ENDPOINT, "payload": 1, "idempotency_key": "not a key"},
    {"endpoint_id": ENDPOINT, "payload": 1, "deliver_at": "2030-02-31T00:00:00Z"},
    {"endpoint_id": ENDPOINT, "payload": 1, "ordering_key": "a\0b"},
    {"endpoint_id": ENDPOINT, "payload": "x" * 1_048_576},
]

with HookBridge() as client:
    connection = sqlite3.connect(os.environ["SQLITE_FILE"], isolation_level=None)
    # What an application may have set is not what is read here.
    connection.row_factory, connection.text_factory = sqlite3.Row, bytes
    connection.execute("BEGIN IMMEDIATE")
    said: dict[str, Any] = {"deliver_at": SOON, "expires_at": SOON + timedelta(hours=1), "ordering_key": "customer-7"}
    first = client.send(ENDPOINT, 1, idempotency_key="one", retention_hours=1, transaction=connection, **said)
    assert len(first.message_id) == 36, first
    for case in CASES:
        connection.execute("SAVEPOINT before")
        try:
            client.send(**case, transaction=connection)
        except HookBridgeError as refusal:
            assert not str(refusal.message).startswith(refusal.exact_code), refusal
            print("refused", refusal.exact_code, refusal.status_code)
        connection.execute("ROLLBACK TO before")
    connection.execute("ROLLBACK")
    try:
        client.send(ENDPOINT, 1, transaction=connection)
    except HookBridgeError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
