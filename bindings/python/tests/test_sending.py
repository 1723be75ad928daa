"""Order, time and events: what says when a message goes, and to whom."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import hookbridge
import pytest
from conftest import Delivery, Receiver
from hookbridge import AsyncHookBridge, HookBridge, RawJson


def test_an_ordering_key_keeps_the_order(client: HookBridge, receiver: Receiver) -> None:
    def fails_once(delivery: Delivery) -> int:
        return 500 if len(receiver.deliveries) == 1 else 200

    receiver.answer = fails_once
    endpoint = client.create_endpoint(f"{receiver.url}/hook", retry_schedule=[0.05]).id
    # Bytes stay as they are, also beside an ordering key.
    payloads = [b'{"n": 1.10}', RawJson('{"n": 2.20}'), "three"]
    sent = [client.send(endpoint, payload, ordering_key="order-1", headers={"X-A": "b"}) for payload in payloads]
    batch = client.send_batch([{"endpoint_id": endpoint, "payload": None, "ordering_key": "order-1"}])
    assert {one.status for one in sent} == {"queued"} and isinstance(batch[0], hookbridge.SendWebhookResponse)
    deadline = time.monotonic() + 30
    while len(receiver.deliveries) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    bodies = [delivery.body for delivery in receiver.deliveries]
    assert bodies == [b'{"n": 1.10}', b'{"n": 1.10}', b'{"n": 2.20}', b'"three"', b"null"]
    assert receiver.deliveries[0].headers["x-a"] == "b"
    assert client.get_message(sent[1].message_id).ordering_key == "order-1"
    for payload in (b'{"n": 1}, "endpoint_id": "x"', b"\xff", object()):
        with pytest.raises(hookbridge.ValidationError, match="`payload`"):
            client.send(endpoint, payload, ordering_key="order-1")
    with pytest.raises(hookbridge.ValidationError, match="`ordering_key` must be a string"):
        client.send(endpoint, 1, ordering_key=5)  # type: ignore[arg-type]


def test_a_message_waits_for_its_time(client: HookBridge, receiver: Receiver) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    at = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=1)
    sent = client.send(endpoint, 1, deliver_at=at, expires_at=at + timedelta(hours=1), idempotency_key="k")
    assert client.send(endpoint, 1, deliver_at=at, idempotency_key="k").message_id == sent.message_id
    naive = at.replace(tzinfo=None)
    [batched] = client.send_batch([{"endpoint_id": endpoint, "payload": 2, "deliver_at": naive}])
    assert isinstance(batched, hookbridge.SendWebhookResponse)
    for message_id in (sent.message_id, batched.message_id):
        message = client.get_message(message_id)
        assert (message.status, message.next_attempt_at, message.deliver_at) == ("queued", at, at)
    assert client.get_message(sent.message_id).expires_at == at + timedelta(hours=1)
    with pytest.raises(hookbridge.HookBridgeError, match="`expires_at`"):
        client.send(endpoint, 1, expires_at="2001-01-01T00:00:00Z")


def test_an_event_goes_to_all_that_want_it(client: HookBridge, receiver: Receiver) -> None:
    for path in ("one", "two"):
        client.create_endpoint(f"{receiver.url}/{path}", event_types=["order.*"])
    above = client.create_endpoint(
        f"{receiver.url}/big", event_types=["order.*"], filter=[{"pointer": "/total", "greater": 100}]
    )
    assert above.id
    sent = client.send_event("order.created", {"total": 5}, headers={"X-A": "b"})
    assert sent.matched == 2 and len(sent.messages or []) == 2
    assert client.send_event("user.created", None).matched == 0
    assert client.send_event("order.created", RawJson('{"total": 101.0}')).matched == 3
    assert client.send_event("order.created", '{"total": 101}').matched == 2, "a text is a text"
    soon = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(minutes=1)
    paid: hookbridge.BatchEvent = {"type": "order.paid", "payload": {"total": 1}, "expires_at": soon}
    batch = client.send_event_batch([paid, {"type": "", "payload": 1}])
    assert batch.results[0].matched == 2 and batch.results[1].error is not None
    assert client.get_event(batch.results[0].event_id or "").expires_at == soon
    with pytest.raises(hookbridge.ValidationError, match=r"`events\[1\]` has no field `key`"):
        client.send_event_batch([paid, {"type": "order.paid", "payload": 1, "key": "k"}])  # type: ignore[typeddict-unknown-key]
    assert client.flush(30)
    first = [delivery for delivery in receiver.deliveries if delivery.body == b'{"total":5}']
    assert sorted(delivery.path for delivery in first) == ["/one", "/two"]
    assert {delivery.headers["x-webhook-event"] for delivery in first} == {"order.created"}
    assert [delivery.body for delivery in receiver.deliveries if delivery.path == "/big"] == [b'{"total": 101.0}']
    checked = client.check_subscription("order.created", {"total": 101}, endpoint_id=above.id)
    assert checked.wanted and checked.conditions[0].holds
    schema = {"type": "object", "required": ["total"]}
    made = client.create_event_type("order.created", schema=schema, example={"total": 1})
    assert client.get_event_type(made.name).schema == schema
    assert client.update_event_type(made.name, example=RawJson("null")).example is None


def test_the_client_for_asyncio_does_the_same(receiver: Receiver, settings: dict[str, Any]) -> None:
    async def run() -> hookbridge.Message:
        async with AsyncHookBridge(**settings) as client:
            endpoint = (await client.create_endpoint(f"{receiver.url}/hook", event_types=["order.*"])).id
            for n in range(3):
                await client.send(endpoint, n, ordering_key="k")
            assert (await client.send_event("order.created", 3, ordering_key="k")).matched == 1
            later = datetime.now(timezone.utc) + timedelta(hours=1)
            waiting = await client.send(endpoint, 4, deliver_at=later)
            assert await client.flush(30)
            return await client.get_message(waiting.message_id)

    message = asyncio.run(run())
    assert message.status == "queued" and message.next_attempt_at is not None
    assert [delivery.body for delivery in receiver.deliveries] == [b"0", b"1", b"2", b"3"]
