"""SQLAlchemy's AsyncSession and AsyncConnection, over asyncpg."""

import asyncio
import os

from hookbridge import AsyncHookBridge, NotFoundError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

ENDPOINT, ORDER = os.environ["ENDPOINT_ID"], os.environ["ORDER"]
INSERT = text("INSERT INTO orders (reference) VALUES (:reference)")
PAYLOAD = {"order": ORDER, "to": "Zoë / Øre", "paid": True}


async def main() -> None:
    engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"))
    async with AsyncHookBridge() as client:
        async with AsyncSession(engine) as session, session.begin():
            await session.execute(INSERT, {"reference": f"{ORDER} committed"})
            receipt = await client.send(ENDPOINT, PAYLOAD, headers={"X-Source": "orders"}, transaction=session)
        print("committed", receipt.message_id)

        async with engine.connect() as connection:
            await connection.execute(INSERT, {"reference": f"{ORDER} rolled back"})
            receipt = await client.send(ENDPOINT, PAYLOAD, transaction=connection)
            await connection.rollback()
        print("rolled back", receipt.message_id)

        try:
            async with AsyncSession(engine) as session, session.begin():
                await session.execute(INSERT, {"reference": f"{ORDER} refused"})
                await client.send("ep_unknown", PAYLOAD, transaction=session)
        except NotFoundError as refusal:
            print("refused", refusal.exact_code, refusal.status_code)
    await engine.dispose()


asyncio.run(main())
