"""What methods return: pages, secrets, and the way to JSON."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from typing import Any

import hookbridge
import pytest
from conftest import Receiver
from hookbridge import AsyncHookBridge, HookBridge, RawJson


def test_a_page_is_a_sequence_and_knows_the_next(client: HookBridge, receiver: Receiver) -> None:
    made = [client.create_endpoint(f"{receiver.url}/{number}").id for number in range(5)]
    page = client.list_endpoints(limit=2)
    assert len(page) == 2 and page[0].id == made[4] and [item.id for item in page] == [made[4], made[3]]
    assert page[-1] in page and page[:1] == page.endpoints[:1] and bool(page)
    second = page.next_page()
    assert second is not None and [item.id for item in second] == [made[2], made[1]]
    third = second.next_page()
    assert third is not None and not third.has_more and third.next_page() is None
    assert [item.id for item in client.iter_endpoints(limit=2)] == made[::-1]
    assert not client.get_dlq_messages() and list(client.iter_dlq_messages()) == []
    # Another process, or a copy, has the items and no client.
    moved = pickle.loads(pickle.dumps(page))
    assert moved == page and copy.deepcopy(page) == page
    with pytest.raises(ValueError, match="next_cursor"):
        moved.next_page()


async def pages_of(client: AsyncHookBridge) -> tuple[list[str], list[str]]:
    page = await client.get_logs(limit=2)
    with pytest.raises(TypeError, match="anext_page"):
        page.next_page()
    following = await page.anext_page()
    assert following is not None
    walked = [line.message_id async for line in client.iter_logs(limit=2)]
    return [line.message_id for line in [*page, *following]], walked


def test_pages_of_the_client_for_asyncio(client: HookBridge, receiver: Receiver, settings: dict[str, Any]) -> None:
    import asyncio

    endpoint = client.create_endpoint(f"{receiver.url}/")
    sent = [client.send(endpoint.id, number).message_id for number in range(5)]
    assert client.flush(30)

    async def main() -> tuple[list[str], list[str]]:
        async with AsyncHookBridge(**settings, delivery="off") as second:
            return await pages_of(second)

    first_four, walked = asyncio.run(main())
    assert (first_four, walked) == (sent[:0:-1], sent[::-1])


def test_a_secret_is_never_printed_and_never_lost(client: HookBridge, caplog: pytest.LogCaptureFixture) -> None:
    endpoint = client.create_endpoint("http://127.0.0.1:1/hook")
    second = client.create_endpoint_signing_key(endpoint.id)
    key = client.create_api_key("test", label="billing")
    for result, secret in ((endpoint, endpoint.signing_secret), (second, second.signing_secret), (key, key.key)):
        with caplog.at_level(logging.INFO):
            logging.getLogger().info("made %s %r", result, [result])
        assert secret not in f"{result} {result!r} {[result]} {caplog.text}"
        assert secret in json.dumps(result.to_dict())


def test_results_turn_into_json(client: HookBridge, receiver: Receiver) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/")
    message = client.get_message(client.send(endpoint.id, {"n": 1}).message_id)
    as_dictionary = json.loads(json.dumps(message.to_dict()))
    assert as_dictionary["id"] == message.id and as_dictionary["created_at"].endswith("Z")
    page = json.loads(json.dumps(client.list_endpoints().to_dict()))
    assert page["endpoints"][0]["id"] == endpoint.id and page["has_more"] is False


def test_text_is_a_json_string_and_raw_json_is_sent_as_it_stands(client: HookBridge, receiver: Receiver) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/")
    document = '{ "n": 9007199254740993, "x": 1.10 }'
    for payload in (document, RawJson(document), RawJson(document.encode())):
        client.send(endpoint.id, payload)
    client.send_batch([{"endpoint_id": endpoint.id, "payload": RawJson(document)}])
    assert client.flush(30)
    bodies = [delivery.body.decode() for delivery in receiver.deliveries]
    assert sorted(bodies) == sorted([json.dumps(document), document, document, document])


def test_a_raw_payload_of_a_batch_cannot_begin_another_message(client: HookBridge, receiver: Receiver) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/").id
    smuggled = f'1}}, {{"endpoint_id": "{endpoint}", "payload": 2'
    for payload in (RawJson(smuggled), smuggled.encode(), RawJson("1,2"), RawJson(""), RawJson("NaN")):
        with pytest.raises(hookbridge.ValidationError, match=r"`payload` of `messages\[1\]`"):
            client.send_batch([{"endpoint_id": endpoint, "payload": 0}, {"endpoint_id": endpoint, "payload": payload}])
    digits = RawJson("9" * 5000)
    assert len(client.send_batch([{"endpoint_id": endpoint, "payload": digits}])) == 1
    assert client.flush(30)
    assert [delivery.body for delivery in receiver.deliveries] == [digits.document]


def test_a_refusal_names_the_argument_as_it_was_written(client: HookBridge) -> None:
    endpoint = client.create_endpoint("http://127.0.0.1:1/hook").id
    refusals: list[tuple[Any, str]] = [
        (lambda: client.send(None, 1), "`endpoint_id` must be a string, not NoneType"),  # type: ignore[arg-type]
        (lambda: client.send(endpoint, 1, retention_hours="x"), "`retention_hours` must be a whole number"),  # type: ignore[arg-type]
        (lambda: client.send(endpoint, object()), "`payload` cannot be written as JSON"),
        (lambda: client.list_endpoints(limit="x"), "`limit` must be a whole number"),  # type: ignore[arg-type]
        (lambda: client.get_logs(status="faild"), "`status` must be one of `queued`"),  # type: ignore[arg-type]
        (lambda: client.get_metrics("2h"), "`window` must be one of `1h`"),  # type: ignore[arg-type]
        (lambda: client.create_endpoint("ftp://example.com/"), "`url`|URL"),
        (lambda: client.send_batch([{"endpoint_id": endpoint, "paylaod": 1}]), r"has no field `paylaod`"),  # type: ignore[typeddict-unknown-key, typeddict-item]
        (lambda: client.replay_batch_messages("abc"), "`message_ids` must be a list of strings"),
    ]
    for call, expected in refusals:
        with pytest.raises(hookbridge.HookBridgeError, match=expected) as refused:
            call()
        assert "column" not in str(refused.value), refused.value
    with pytest.raises(TypeError, match="idempotencykey"):
        client.send(endpoint, 1, idempotencykey="x")  # type: ignore[call-arg]
    with pytest.raises(hookbridge.NotFoundError, match="belongs to the hosted service"):
        client.get_subscription()
