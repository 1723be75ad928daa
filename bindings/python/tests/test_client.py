"""The client for threads."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import hookbridge
import pytest
from conftest import Receiver
from hookbridge import HookBridge
from sidecar import ROOT
from standardwebhooks import Webhook


def test_a_message_is_delivered_and_both_signatures_verify(client: HookBridge, receiver: Receiver) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/hook", description="orders")
    result = client.send(
        endpoint_id=endpoint.id,
        payload={"event": "order.created", "order_id": "ord_123", "name": "café"},
        headers={"X-Source": "billing-service"},
        idempotency_key="order-123-created-v1",
    )
    assert result.status == "queued"
    assert client.flush(30)
    [delivery] = receiver.deliveries
    assert delivery.message_id == result.message_id
    assert delivery.headers["x-source"] == "billing-service"
    assert json.loads(delivery.body)["name"] == "café"
    assert Webhook(endpoint.signing_secret).verify(delivery.body, delivery.headers) == json.loads(delivery.body)
    signed = delivery.headers["x-webhook-timestamp"].encode() + b"." + delivery.body
    expected = hmac.new(endpoint.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    assert delivery.headers["x-webhook-signature"] == f"sha256={expected}"

    again = client.send(
        endpoint.id,
        {"event": "order.created", "order_id": "ord_123", "name": "café"},
        idempotency_key="order-123-created-v1",
    )
    assert again.message_id == result.message_id
    with pytest.raises(hookbridge.IdempotencyError) as refused:
        client.send(endpoint.id, {"other": True}, idempotency_key="order-123-created-v1")
    assert (refused.value.code, refused.value.status_code) == ("IDEMPOTENCY_MISMATCH", 409)


def test_the_signatures_of_every_suite_come_out_here_too() -> None:
    vectors = json.loads((ROOT / "tests" / "conformance" / "signatures.json").read_text())
    assert vectors
    for vector in vectors:
        timestamp, body = vector["timestamp"], vector["body"].encode()
        at = datetime.fromtimestamp(timestamp, timezone.utc)
        keys = [secret.encode() for secret in vector["secrets"]]
        signed = [hmac.new(key, b"%d." % timestamp + body, hashlib.sha256).hexdigest() for key in keys]
        assert vector["webhook"] == ",".join(f"sha256={hexadecimal}" for hexadecimal in signed)
        made = [Webhook(secret).sign(vector["message_id"], at, body.decode()) for secret in vector["secrets"]]
        assert vector["standard"] == " ".join(made)


def test_bytes_are_sent_as_they_are(client: HookBridge, receiver: Receiver) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/hook")
    body = b'{ "n": 9007199254740993, "x": 1.10, "big": 1e400 }'
    for payload in (body, bytearray(body), memoryview(body)):
        client.send(endpoint.id, payload)
    assert client.flush(30)
    assert [delivery.body for delivery in receiver.deliveries] == [body] * 3


def test_every_operation(client: HookBridge, receiver: Receiver) -> None:
    receiver.answer = lambda delivery: 500 if delivery.path == "/dead" else 200
    endpoint = client.create_endpoint(f"{receiver.url}/ok", rate_limit_rps=500, headers={"Authorization": "Bearer x"})
    assert client.get_endpoint(endpoint.id).rate_limit_rps == 500
    assert client.update_endpoint(endpoint.id, description="new", rate_limit_rps=0).description == "new"
    assert client.get_endpoint(endpoint.id).rate_limit_rps is None
    page = client.list_endpoints(limit=1)
    assert [item.id for item in page.endpoints] == [endpoint.id] and not page.has_more and page.next_cursor is None

    key = client.create_endpoint_signing_key(endpoint.id)
    assert key.signing_secret.endswith(key.key_hint)
    with pytest.raises(hookbridge.HookBridgeError) as refused:
        client.rotate_endpoint_secret(endpoint.id)
    assert refused.value.code == "MAX_SIGNING_KEYS_REACHED"
    assert [item.id for item in client.list_endpoint_signing_keys(endpoint.id)] == [
        endpoint.signing_key_id,
        key.id,
    ]
    client.delete_endpoint_signing_key(endpoint.id, endpoint.signing_key_id)

    assert client.pause_endpoint(endpoint.id).paused
    held = client.send(endpoint.id, [1, 2])
    assert client.get_message(held.message_id).status == "queued"
    assert client.resume_endpoint(endpoint.id).messages_requeued == 1
    assert client.flush(30)
    message = client.get_message(held.message_id)
    assert message.status == "succeeded" and message.delivered_at is not None
    assert message.delivered_at.utcoffset() is not None
    [attempt] = client.get_message_attempts(held.message_id)
    assert attempt.response_status == 200 and attempt.resolved_ip == "127.0.0.1"
    assert client.replay(held.message_id).message_id == held.message_id
    assert client.flush(30)
    assert client.get_message(held.message_id).replay_count == 1

    slow = client.create_endpoint(f"{receiver.url}/dead", retry_schedule=[3600], max_attempts=2)
    waiting = [client.send(slow.id, n).message_id for n in range(3)]
    assert client.flush(30)
    assert client.get_message(waiting[0]).status == "pending_retry"
    assert client.retry_now(waiting[0]).id == waiting[0]
    assert client.flush(30)
    assert client.get_message(waiting[0]).status == "failed_permanent"
    assert client.cancel_retry(waiting[1]).status == "failed_permanent"
    assert not client.delete_message(waiting[2]).already_deleted
    assert client.delete_message(waiting[2]).already_deleted

    accepted, failed = client.send_batch(
        [{"endpoint_id": endpoint.id, "payload": b'{"a":1.0}'}, {"endpoint_id": "ep_no", "payload": 1}]
    )
    assert isinstance(accepted, hookbridge.SendWebhookResponse)
    assert isinstance(failed, hookbridge.SendFailure) and failed.code == "ENDPOINT_NOT_FOUND"
    assert client.flush(30)
    stats = client.stats()
    assert stats.dead == 2 and stats.queued == 0 and stats.bytes_on_disk > 0
    assert stats.deliverer is not None and stats.deliverer.this_engine
    client.delete_endpoint(endpoint.id)
    with pytest.raises(hookbridge.NotFoundError):
        client.get_endpoint(endpoint.id)


def test_logs_dead_letters_and_many_at_once(client: HookBridge, receiver: Receiver) -> None:
    receiver.answer = lambda delivery: 422 if delivery.path == "/dead" else 200
    well, dead = (client.create_endpoint(f"{receiver.url}/{path}").id for path in ("well", "dead"))
    delivered = [client.send(well, n).message_id for n in range(3)]
    failed = [client.send(dead, n).message_id for n in range(2)]
    time.sleep(0.01)
    failed.append(client.send(dead, 2).message_id)
    assert client.flush(30)

    logs = client.get_logs(limit=4)
    assert [line.message_id for line in logs.messages] == [*reversed(failed), delivered[-1]] and logs.has_more
    rest = client.get_logs(limit=4, cursor=logs.next_cursor)
    assert [line.message_id for line in rest.messages] == [delivered[1], delivered[0]] and rest.next_cursor is None
    assert logs.messages[0].endpoint == f"{receiver.url}/dead" and logs.messages[0].failed_at is not None
    assert len(client.get_logs(endpoint_id=well, status="succeeded").messages) == 3
    moment = logs.messages[0].created_at
    assert client.get_logs(start_time=moment).messages[0].message_id == failed[-1]
    naive = moment.astimezone(timezone.utc).replace(tzinfo=None)
    assert failed[-1] not in [line.message_id for line in client.get_logs(end_time=naive).messages]

    assert {item.message_id for item in client.get_dlq_messages()} == set(failed)
    assert client.replay_from_dlq(failed[0]).status == "queued"
    assert client.flush(30)
    replayed = client.replay_all_messages("failed_permanent", endpoint_id=dead, limit=2)
    assert (replayed.replayed, replayed.failed, replayed.replayed_message_ids) == (2, 0, failed[:2])
    named = client.replay_batch_messages([delivered[0], "no id"])
    assert (named.replayed, named.failed) == (1, 1) and named.results[1].error == "there is no such message"
    assert client.flush(30)
    deleted = client.delete_messages_batch([delivered[0], delivered[0], "no id"])
    assert [item.outcome for item in deleted.results] == ["deleted", "already_deleted", "not_found"]
    assert client.delete_messages_all(status=["failed_permanent"], created_before=moment).deleted == 2
    assert client.delete_messages_all(endpoint_id=dead).deleted_message_ids == [failed[-1]]


def test_events(client: HookBridge, receiver: Receiver) -> None:
    events = client.events()
    result = client.send(client.create_endpoint(f"{receiver.url}/").id, {})
    event = events.next(timeout=30)
    assert event is not None
    assert (event.kind, event.message_id, event.response_status) == ("message_delivered", result.message_id, 200)
    assert list(events) == [] and events.dropped == 0


def test_wrong_input_raises_and_names_what_is_wrong(client: HookBridge, settings: dict[str, Any]) -> None:
    endpoint = client.create_endpoint("http://127.0.0.1:1/hook").id
    for payload in (object(), float("nan"), b"\xff", b"{", {"x": {1, 2}}):
        with pytest.raises(hookbridge.HookBridgeError, match="payload"):
            client.send(endpoint, payload)
    with pytest.raises(hookbridge.HookBridgeError, match="PAYLOAD_TOO_LARGE"):
        client.send(endpoint, "x" * 1_048_576)
    with pytest.raises(hookbridge.HookBridgeError, match="Host"):
        client.send(endpoint, {}, headers={"Host": "x"})
    with pytest.raises(hookbridge.NotFoundError):
        client.send("ep_nonexistent_12345", {})
    with pytest.raises(hookbridge.ValidationError, match="max_in_flight"):
        HookBridge(**{**settings, "max_in_flight": 0})
    error = pickle.loads(pickle.dumps(hookbridge.NotFoundError("no", "req_1")))
    assert isinstance(error, hookbridge.NotFoundError)
    assert (error.status_code, error.request_id, str(error)) == (404, "req_1", "no code=NOT_FOUND request_id=req_1")


def test_a_closed_client_says_so(settings: dict[str, Any]) -> None:
    client = HookBridge(**settings)
    assert client.close() and client.close()
    with pytest.raises(hookbridge.HookBridgeError) as refused:
        client.stats()
    assert refused.value.code == "CLOSED"


def test_waiting_releases_the_interpreter_and_ctrl_c_ends_it(client: HookBridge) -> None:
    client.send(client.create_endpoint("http://127.0.0.1:1/").id, {})
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.01):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    timer = threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT))
    client.pause_endpoint(client.list_endpoints()[0].id)
    client.update_endpoint(client.list_endpoints()[0].id, retry_schedule=[0.01], max_attempts=100)
    client.resume_endpoint(client.list_endpoints()[0].id)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        while True:
            client.flush(60)
    stop.set()
    thread.join()
    assert ticks > 5


def test_ctrl_c_ends_a_call_that_waits_for_another_programs_lock(client: HookBridge, settings: dict[str, Any]) -> None:
    endpoint = client.create_endpoint("http://127.0.0.1:1/")
    holder = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); " + (
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder, str(settings["database"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        for waiting in (
            lambda: client.update_endpoint(endpoint.id, description="x"),
            lambda: client.send(endpoint.id, {}),
        ):
            timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                waiting()
    # The work went on behind the interrupted waits.
    assert client.get_endpoint(endpoint.id).id == endpoint.id


def _refusal(settings: dict[str, Any], database: Path) -> str:
    """What a user without rights is told, tried in a child that gives up root."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            HookBridge(**{**settings, "database": database}).list_endpoints()
            os.write(writer, b"no error")
        except hookbridge.HookBridgeError as error:
            os.write(writer, f"{error.exact_code} {error}".encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    with open(reader) as answer:
        return answer.read()


def test_a_read_only_file_or_folder_is_a_clear_error(settings: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "outbox.db"
        HookBridge(**{**settings, "database": database}).close()
        os.chmod(folder, 0o755)
        os.chmod(database, 0o444)
        refused = _refusal(settings, database)
        assert refused.startswith("STORAGE_UNAVAILABLE") and "read-only" in refused and "outbox.db" in refused
        refused = _refusal(settings, Path(folder) / "new.db")
        assert refused.startswith("STORAGE_UNAVAILABLE") and "Permission denied" in refused
        assert "new.db" in refused
