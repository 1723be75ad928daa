"""What the function refuses, as errors of the package. A savepoint, and the transaction goes on."""

import os
from datetime import datetime, timedelta
from typing import Any

import psycopg
from hookbridge import HookBridge, HookBridgeError, IdempotencyError

ENDPOINT = os.environ["ENDPOINT_ID"]
SOON = datetime.now() + timedelta(days=2)
CASES: list[dict[str, Any]] = [
    {"endpoint_id": "ep_unknown", "payload": None},
    {"endpoint_id": ENDPOINT, "payload": 1, "headers": {"Host": "example.com"}},
    {"endpoint_id": ENDPOINT, "payload": 1, "idempotency_key": "not a key"},
    {"endpoint_id": ENDPOINT, "payload": 1, "deliver_at": "2030-02-31T00:00:00Z"},
    {"endpoint_id": ENDPOINT, "payload": 1, "ordering_key": "a\0b"},
    {"endpoint_id": ENDPOINT, "payload": 2, "idempotency_key": "one"},
    {"endpoint_id": ENDPOINT, "payload": "x" * 1_048_576},
]

with HookBridge() as client, psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    said: dict[str, Any] = {"deliver_at": SOON, "expires_at": SOON + timedelta(hours=1), "ordering_key": "customer-7"}
    first = client.send(ENDPOINT, 1, idempotency_key="one", retention_hours=1, transaction=connection, **said)
    again = client.send(ENDPOINT, 1, idempotency_key="one", transaction=connection)
    assert again == first, (again, first)
    for case in CASES:
        try:
            with connection.transaction():
                client.send(**case, transaction=connection)
        except HookBridgeError as refusal:
            assert refusal.code != "IDEMPOTENCY_MISMATCH" or isinstance(refusal, IdempotencyError)
            assert not str(refusal.message).startswith(refusal.exact_code), refusal
            print("refused", refusal.exact_code, refusal.status_code)
    connection.rollback()
    connection.autocommit = True
    try:
        client.send(ENDPOINT, 1, transaction=connection)
    except HookBridgeError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
