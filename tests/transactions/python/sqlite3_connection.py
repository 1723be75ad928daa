"""SQLite by Python's own module. The application's file has the table of `hookbridge sqlite-outbox --print`."""

import os
import sqlite3

from hookbridge import HookBridge, NotFoundError

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = "INSERT INTO orders (reference) VALUES (?)"
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}

with HookBridge() as client:
    connection = sqlite3.connect(os.environ["SQLITE_FILE"])
    with connection:
        connection.execute(INSERT, [f"{ORDER} committed"])
        receipt = client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
    print("committed", receipt.message_id)

    connection.execute(INSERT, [f"{ORDER} rolled back"])
    receipt = client.send(ENDPOINT, PAYLOAD, transaction=connection)
    connection.rollback()
    print("rolled back", receipt.message_id)

    try:
        with connection:
            connection.execute(INSERT, [f"{ORDER} refused"])
            client.send("ep_unknown", PAYLOAD, transaction=connection)
    except NotFoundError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
    connection.close()
