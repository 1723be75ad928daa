"""SQLAlchemy's Connection, over psycopg2."""

import os

from hookbridge import HookBridge, NotFoundError
from sqlalchemy import create_engine, text

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = text("INSERT INTO orders (reference) VALUES (:reference)")
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}

engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:"))
with HookBridge() as client:
    with engine.begin() as connection:
        connection.execute(INSERT, {"reference": f"{ORDER} committed"})
        receipt = client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
    print("committed", receipt.message_id)

    with engine.connect() as connection:
        connection.execute(INSERT, {"reference": f"{ORDER} rolled back"})
        receipt = client.send(ENDPOINT, PAYLOAD, transaction=connection)
        connection.rollback()
    print("rolled back", receipt.message_id)

    try:
        with engine.begin() as connection:
            connection.execute(INSERT, {"reference": f"{ORDER} refused"})
            client.send("ep_unknown", PAYLOAD, transaction=connection)
    except NotFoundError as refusal:
        print("refused", refusal.exact_code, refusal.status_code)
