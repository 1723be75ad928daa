"""psycopg 3 with asyncio."""

import asyncio
import os

import psycopg
from hookbridge import AsyncHookBridge, NotFoundError

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = "INSERT INTO orders (reference) VALUES (%s)"
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}


async def main() -> None:
    connection = await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"])
    async with AsyncHookBridge() as client, connection:
        async with connection.transaction():
            await connection.execute(INSERT, [f"{ORDER} committed"])
            receipt = await client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
        print("committed", receipt.message_id)

        async with connection.transaction() as transaction:
            await connection.execute(INSERT, [f"{ORDER} rolled back"])
            receipt = await client.send(ENDPOINT, PAYLOAD, transaction=connection)
            print("rolled back", receipt.message_id)
            raise psycopg.Rollback(transaction)

        try:
            async with connection.transaction():
                await connection.execute(INSERT, [f"{ORDER} refused"])
                await client.send("ep_unknown", PAYLOAD, transaction=connection)
        except NotFoundError as refusal:
            print("refused", refusal.exact_code, refusal.status_code)


asyncio.run(main())
