"""The client for asyncio."""

from __future__ import annotations

import asyncio
from typing import Any

import hookbridge
import pytest
from conftest import Receiver
from hookbridge import AsyncHookBridge


def test_a_thousand_sends_share_commits_and_wake_ups(receiver: Receiver, settings: dict[str, Any]) -> None:
    async def run() -> tuple[list[str], int]:
        async with AsyncHookBridge(**settings) as client:
            endpoint = await client.create_endpoint(f"{receiver.url}/hook")
            bridge = client._completions.of_running_loop()
            loop = asyncio.get_running_loop()
            wakes = 0
            complete = bridge._complete

            def counted() -> None:
                nonlocal wakes
                wakes += 1
                complete()

            loop.remove_reader(bridge.completions.fileno())
            loop.add_reader(bridge.completions.fileno(), counted)
            sent = await asyncio.gather(*(client.send(endpoint.id, {"n": n}) for n in range(1000)))
            assert await client.flush(60)
            return [result.message_id for result in sent], wakes

    ids, wakes = asyncio.run(run())
    assert len(set(ids)) == 1000
    assert wakes < 500, "a wake-up completes a group"
    assert set(receiver.counts()) == set(ids)


def test_errors_cancellation_and_a_second_loop(receiver: Receiver, settings: dict[str, Any]) -> None:
    client = AsyncHookBridge(**settings)

    async def first() -> str:
        endpoint = await client.create_endpoint(f"{receiver.url}/hook")
        with pytest.raises(hookbridge.HookBridgeError, match="INVALID_HEADERS"):
            await client.send(endpoint.id, {}, headers={"Host": "x"})
        with pytest.raises(hookbridge.NotFoundError):
            await client.send("ep_" + "0" * 32, {})
        task = asyncio.ensure_future(client.send(endpoint.id, {"cancelled": True}))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return endpoint.id

    async def second(endpoint_id: str) -> None:
        await client.send(endpoint_id, {"loop": 2})
        assert await client.flush(30)
        await client.close()

    endpoint_id = asyncio.run(first())
    asyncio.run(second(endpoint_id))
    assert sum(receiver.counts().values()) == 2, "a cancelled wait does not take the message back"


def test_events_are_awaited_and_end_with_the_client(receiver: Receiver, settings: dict[str, Any]) -> None:
    async def run() -> tuple[str, list[str]]:
        client = AsyncHookBridge(**settings)
        events = client.events()
        endpoint = await client.create_endpoint(f"{receiver.url}/hook")
        assert await events.next(timeout=0.01) is None

        async def collect() -> list[str]:
            return [event.message_id async for event in events]

        collecting = asyncio.ensure_future(collect())
        sent = await client.send(endpoint.id, {})
        assert await client.flush(30)
        await asyncio.sleep(0)
        assert await client.close()
        return sent.message_id, await asyncio.wait_for(collecting, 30)

    message_id, collected = asyncio.run(run())
    assert collected == [message_id]
