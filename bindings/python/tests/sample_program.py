"""A program as a user writes it, for the type checkers."""

import asyncio
from datetime import datetime
from typing import Optional

from hookbridge import AsyncHookBridge, HookBridge, NotFoundError, SendFailure


def deliver(endpoint_id: str) -> Optional[datetime]:
    with HookBridge(database="orders.db", durability="normal", max_in_flight=64) as client:
        result = client.send(endpoint_id, {"event": "order.created"}, headers={"X-Source": "billing"})
        for item in client.send_batch([{"endpoint_id": endpoint_id, "payload": [1, 2, 3]}]):
            if isinstance(item, SendFailure):
                print(item.code)
            else:
                print(item.message_id)
        try:
            message = client.get_message(result.message_id)
        except NotFoundError as error:
            print(error.code, error.status_code)
            return None
        return message.delivered_at


async def deliver_async(endpoint_id: str) -> str:
    async with AsyncHookBridge() as client:
        return (await client.send(endpoint_id, b"{}")).message_id


if __name__ == "__main__":
    deliver("ep_00000000000000000000000000000000")
    asyncio.run(deliver_async("ep_00000000000000000000000000000000"))
