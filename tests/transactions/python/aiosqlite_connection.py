"""SQLite by aiosqlite."""

import asyncio
import os

import aiosqlite
from hookbridge import AsyncHookBridge, NotFoundError

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = "INSERT INTO orders (reference) VALUES (?)"
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}


async def main() -> None:
    async with AsyncHookBridge() as client, aiosqlite.connect(os.environ["SQLITE_FILE"]) as connection:
        await connection.execute(INSERT, [f"{ORDER} committed"])
        receipt = await client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
        await connection.commit()
        print("committed", receipt.message_id)

        await connection.execute(INSERT, [f"{ORDER} rolled back"])
        receipt = await client.send(ENDPOINT, PAYLOAD, transaction=connection)
        await connection.rollback()
        print("rolled back", receipt.message_id)

        await connection.execute(INSERT, [f"{ORDER} refused"])
        try:
            await client.send("ep_unknown", PAYLOAD, transaction=connection)
        except NotFoundError as refusal:
            print("refused", refusal.exact_code, refusal.status_code)
        await connection.rollback()


asyncio.run(main())
