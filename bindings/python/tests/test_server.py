"""The same class over HTTP and as a relay, against a real sidecar."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import socket
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

import hookbridge
import pytest
from conftest import Receiver
from hookbridge import AsyncHookBridge, HookBridge
from sidecar import KEY, ROOT, Sidecar, until


def test_every_operation_works_over_http(sidecar: Sidecar, receiver: Receiver) -> None:
    with HookBridge(KEY, base_url=sidecar.url) as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook", headers={"X-Own": "1"})
        assert client.get_endpoint(endpoint.id).headers == {"X-Own": "1"}
        assert client.update_endpoint(endpoint.id, description="orders").description == "orders"
        assert [found.id for found in client.list_endpoints(limit=5)] == [endpoint.id]
        assert client.pause_endpoint(endpoint.id).paused
        body = b'{ "n": 9007199254740993, "x": 1.10 }'
        sent = client.send(endpoint.id, body, headers={"X-Source": "py"}, idempotency_key="k1")
        assert client.send(endpoint.id, body, idempotency_key="k1").message_id == sent.message_id
        assert client.resume_endpoint(endpoint.id).messages_requeued == 1
        until(lambda: client.get_message(sent.message_id).status == "succeeded")
        [delivery] = receiver.deliveries
        assert (delivery.body, delivery.headers["x-source"]) == (body, "py")
        [attempt] = client.get_message_attempts(sent.message_id).attempts
        assert attempt.response_status == 200
        batch = client.send_batch([{"endpoint_id": endpoint.id, "payload": 1}, {"endpoint_id": "ep_no", "payload": 2}])
        assert isinstance(batch[0], hookbridge.SendWebhookResponse)
        assert isinstance(batch[1], hookbridge.SendFailure) and batch[1].code == "ENDPOINT_NOT_FOUND"
        until(lambda: client.get_message(batch[0].message_id).status == "succeeded")
        assert client.replay(sent.message_id).message_id == sent.message_id
        until(lambda: client.get_message(sent.message_id).attempt_count == 2)
        assert {found.message_id for found in client.get_logs()} >= {sent.message_id}
        assert client.get_dlq_messages().messages == []
        assert client.get_metrics("1h").total_messages == 2
        assert len(client.get_timeseries_metrics("1h").buckets) == 60
        key = client.create_endpoint_signing_key(endpoint.id)
        assert len(client.list_endpoint_signing_keys(endpoint.id)) == 2
        client.delete_endpoint_signing_key(endpoint.id, key.id)
        new = client.create_api_key("test", label="billing")
        assert {known.label for known in client.list_api_keys()} == {"billing", "HOOKBRIDGE_API_KEY"}
        assert client.delete_message(sent.message_id).already_deleted is False
        by = json.loads(client._call("messages.get", {"message_id": sent.message_id}))["deleted_by_api_key_id"]
        assert client.lookup_actors(api_key_ids=[by]).api_keys == {by: {"label": "HOOKBRIDGE_API_KEY"}}
        client.delete_api_key(new.key_id)
        export = client.create_export(
            start_time=datetime(2020, 1, 1), end_time=datetime(2100, 1, 1, tzinfo=timezone.utc)
        )
        until(lambda: client.get_export(export.id).status == "completed")
        with urllib.request.urlopen(client.download_export(export.id), timeout=30) as file:
            lines = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
        assert {line["message_id"] for line in lines} == {sent.message_id, batch[0].message_id}
        assert [found.id for found in client.list_exports()] == [export.id]
        client.delete_export(export.id)
        stats = client.stats()
        assert stats.deliverer is not None and stats.deliverer.pid == sidecar.process.pid
        assert client.flush(1)
        with pytest.raises(hookbridge.HookBridgeError) as refused:
            client.events()
        assert refused.value.code == "NOT_SUPPORTED"
        client.delete_endpoint(endpoint.id)


def test_errors_over_http_are_the_same_and_name_the_request(sidecar: Sidecar) -> None:
    with HookBridge(KEY, base_url=sidecar.url, retries=0) as client:
        with pytest.raises(hookbridge.NotFoundError) as unknown:
            client.get_endpoint("ep_" + "0" * 32)
        assert (unknown.value.exact_code, unknown.value.status_code) == ("ENDPOINT_NOT_FOUND", 404)
        assert re.fullmatch("req_[0-9a-f]{32}", unknown.value.request_id or "")
        with pytest.raises(hookbridge.HookBridgeError, match="INVALID_ENDPOINT"):
            client.create_endpoint("ftp://example.com/hook")
        sidecar.stop()
        with pytest.raises(hookbridge.NetworkError) as gone:
            client.list_endpoints()
        assert gone.value.is_retryable
    sidecar.start()
    wrong = "hb_test_" + "wrong".ljust(32, "0")
    with HookBridge(wrong, base_url=sidecar.url) as client, pytest.raises(hookbridge.AuthenticationError):
        client.list_endpoints()
    for settings in ({"base_url": "http://example.com"}, {"send_url": "https://example.com"}):
        with pytest.raises(hookbridge.ValidationError):
            HookBridge(KEY, **settings)  # type: ignore[arg-type]
    with pytest.raises(hookbridge.ValidationError):
        HookBridge(base_url=sidecar.url)


def test_a_server_that_does_not_answer_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = HookBridge(KEY, base_url=url, timeout=0.2, retries=0)
        with client, pytest.raises(hookbridge.TimeoutError):
            client.list_endpoints()


def test_a_relay_takes_messages_while_the_server_is_away(sidecar: Sidecar, receiver: Receiver, tmp_path: Path) -> None:
    with HookBridge(KEY, base_url=sidecar.url, database=tmp_path / "relay.db") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook")
        sidecar.stop()
        sent = [client.send(endpoint.id, {"n": number}).message_id for number in range(50)]
        assert len(set(sent)) == 50 and receiver.deliveries == []
        sidecar.start()
        assert client.flush(60)
        until(lambda: len(receiver.deliveries) == 50)
        assert sorted(json.loads(delivery.body)["n"] for delivery in receiver.deliveries) == list(range(50))
        until(lambda: client.get_message(sent[0]).status == "succeeded")
        # The server knows it under an id of its own, and by the relay's id as idempotency key.
        assert client.get_message(sent[0]).idempotency_key == sent[0]


def test_asyncio_works_over_http(sidecar: Sidecar, receiver: Receiver) -> None:
    async def main() -> None:
        async with AsyncHookBridge(KEY, base_url=sidecar.url) as client:
            endpoint = await client.create_endpoint(f"{receiver.url}/hook")
            sends = (client.send(endpoint.id, {"n": number}) for number in range(100))
            sent = await asyncio.gather(*sends)
            assert len({result.message_id for result in sent}) == 100
            with pytest.raises(hookbridge.NotFoundError):
                await client.send("ep_" + "0" * 32, {})

    asyncio.run(main())
    until(lambda: len(receiver.deliveries) == 100)


def test_a_client_over_http_works_on_both_sides_of_a_fork(sidecar: Sidecar, receiver: Receiver) -> None:
    with HookBridge(KEY, base_url=sidecar.url) as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook")
        client.send(endpoint.id, "before")
        child = os.fork()
        if child == 0:
            try:
                client.send(endpoint.id, "child")
                client.close()
                os._exit(0)
            except BaseException:
                os._exit(1)
        client.send(endpoint.id, "parent")
        assert os.waitpid(child, 0)[1] == 0
    until(lambda: len(receiver.deliveries) == 3)
    assert {json.loads(delivery.body) for delivery in receiver.deliveries} == {"before", "child", "parent"}


def test_no_operation_lacks_its_methods() -> None:
    operations = json.loads((ROOT / "tests" / "conformance" / "operations.json").read_text())
    for operation in operations:
        for kind in (HookBridge, AsyncHookBridge):
            assert callable(getattr(kind, operation["method"], None)), (kind, operation)
