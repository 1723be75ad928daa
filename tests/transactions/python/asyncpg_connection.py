"""asyncpg, with a connection of a pool."""

import asyncio
import json
import os

import asyncpg
from hookbridge import AsyncHookBridge, NotFoundError

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = "INSERT INTO orders (reference) VALUES ($1)"
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}


async def main() -> None:
    pool = asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=1)
    async with AsyncHookBridge() as client, pool, pool.acquire() as connection:
        # As many have it; it must not touch what is sent.
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        async with connection.transaction():
            await connection.execute(INSERT, f"{ORDER} committed")
            receipt = await client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=connection)
        print("committed", receipt.message_id)

        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(INSERT, f"{ORDER} rolled back")
        receipt = await client.send(ENDPOINT, PAYLOAD, transaction=connection)
        await transaction.rollback()
        print("rolled back", receipt.message_id)

        try:
            async with connection.transaction():
                await connection.execute(INSERT, f"{ORDER} refused")
                await client.send("ep_unknown", PAYLOAD, transaction=connection)
        except NotFoundError as refusal:
            print("refused", refusal.exact_code, refusal.status_code)


asyncio.run(main())
