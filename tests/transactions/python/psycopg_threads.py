"""psycopg 3."""

import os

import psycopg
from hookbridge import HookBridge, NotFoundError

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = "INSERT INTO orders (reference) VALUES (%s)"
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}

with HookBridge() as client, psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    with connection.transaction():
        connection.execute(INSERT, [f"{ORDER} committed"])
        receipt = client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
    print("committed", receipt.message_id)

    with connection.transaction() as transaction:
        connection.execute(INSERT, [f"{ORDER} rolled back"])
        receipt = client.send(ENDPOINT, PAYLOAD, transaction=connection)
        print("rolled back", receipt.message_id)
        raise psycopg.Rollback(transaction)

    try:
        with connection.transaction():
            connection.execute(INSERT, [f"{ORDER} refused"])
            client.send("ep_unknown", PAYLOAD, transaction=connection)
    except NotFoundError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
