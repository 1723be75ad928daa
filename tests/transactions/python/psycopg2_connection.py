"""psycopg2, whose connection begins a transaction by itself."""

import os

import psycopg2
from hookbridge import HookBridge, NotFoundError

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = "INSERT INTO orders (reference) VALUES (%s)"
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}

connection = psycopg2.connect(os.environ["DATABASE_URL"])
with HookBridge() as client:
    with connection, connection.cursor() as cursor:
        cursor.execute(INSERT, [f"{ORDER} committed"])
        receipt = client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=cursor)
    print("committed", receipt.message_id)

    with connection.cursor() as cursor:
        cursor.execute(INSERT, [f"{ORDER} rolled back"])
        receipt = client.send(ENDPOINT, PAYLOAD, transaction=connection)
    connection.rollback()
    print("rolled back", receipt.message_id)

    # A `with` begins a transaction in this mode too.
    connection.autocommit = True
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(INSERT, [f"{ORDER} refused"])
            client.send("ep_unknown", PAYLOAD, transaction=connection)
    except NotFoundError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
connection.close()
