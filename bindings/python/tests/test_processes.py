"""Forks, kills and exits: real processes on one file."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path
from typing import Any

from conftest import Receiver
from hookbridge import HookBridge, SendWebhookResponse

SENDER = """
import sys
from hookbridge import HookBridge, SendWebhookResponse
database, endpoint, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = HookBridge(database=database, allow_local_endpoints=True, verify_dns=False, retry_schedule=[0.05])
for n in range(count):
    print(client.send(endpoint, {"n": n}).message_id, flush=True)
"""


def finished(receiver: Receiver, client: HookBridge, ids: list[str]) -> None:
    assert client.flush(60)
    counts = receiver.counts()
    assert set(ids) <= set(counts)
    assert len(ids) == len(set(ids))


def test_a_script_that_ends_without_close_delivers_in_its_own_run(receiver: Receiver, settings: dict[str, Any]) -> None:
    with HookBridge(**settings, delivery="off") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    command = [sys.executable, "-c", SENDER, str(settings["database"]), endpoint, "50"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stderr == ""
    # Each once, and recorded: the next run has nothing to repeat.
    assert receiver.counts() == dict.fromkeys(ended.stdout.split(), 1)
    with HookBridge(**settings) as client:
        finished(receiver, client, ended.stdout.split())
    assert receiver.counts() == dict.fromkeys(ended.stdout.split(), 1)


def test_a_client_that_is_dropped_delivers_too(receiver: Receiver, settings: dict[str, Any]) -> None:
    with HookBridge(**settings, delivery="off") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    program = "import sys\ndef main():\n" + textwrap.indent(SENDER, "    ") + "main()\n"
    command = [sys.executable, "-c", program, str(settings["database"]), endpoint, "5"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stderr == ""
    assert receiver.counts() == dict.fromkeys(ended.stdout.split(), 1)


def test_a_receiver_that_does_not_answer_holds_an_exit_no_longer_than_it_may(
    receiver: Receiver, settings: dict[str, Any]
) -> None:
    with HookBridge(**settings, delivery="off") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    receiver.answer = lambda _: time.sleep(20) or 200
    quick = SENDER.replace("retry_schedule=[0.05]", "exit_timeout=0.1")
    begun = time.monotonic()
    command = [sys.executable, "-c", quick, str(settings["database"]), endpoint, "1"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stderr == "" and time.monotonic() - begun < 15


def test_sigkill_while_sending_loses_no_returned_id(receiver: Receiver, settings: dict[str, Any]) -> None:
    with HookBridge(**settings, delivery="off") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    ids: list[str] = []
    for _ in range(5):
        command = [sys.executable, "-c", SENDER, str(settings["database"]), endpoint, "100000"]
        sender = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert sender.stdout is not None
        ids += [sender.stdout.readline().strip() for _ in range(100)]
        sender.kill()
        ids += [line.strip() for line in sender.stdout if len(line) == 37]
        sender.wait(30)
    with HookBridge(**settings) as client:
        finished(receiver, client, ids)


def test_the_parents_client_works_in_forked_children(client: HookBridge, receiver: Receiver, tmp_path: Path) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    ids = [client.send(endpoint, {"parent": n}).message_id for n in range(10)]
    children = []
    for child in range(4):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                sent = [client.send(endpoint, {"child": child, "n": n}).message_id for n in range(10)]
                (tmp_path / f"child-{child}").write_text("\n".join(sent))
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
    ids += [client.send(endpoint, {"parent": n}).message_id for n in range(10)]
    for child, pid in enumerate(children):
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        ids += (tmp_path / f"child-{child}").read_text().split()
    finished(receiver, client, ids)
    assert set(receiver.counts().values()) == {1}, "every message exactly once"


def _send_some(settings: dict[str, Any], endpoint: str) -> list[str]:
    with HookBridge(**settings) as client:
        return [client.send(endpoint, {"n": n}).message_id for n in range(10)]


def test_multiprocessing_by_fork_and_by_spawn(client: HookBridge, receiver: Receiver, settings: dict[str, Any]) -> None:
    endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    ids: list[str] = []
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            for sent in pool.starmap(_send_some, [(settings, endpoint)] * 4):
                ids += sent
    finished(receiver, client, ids)
    assert set(receiver.counts().values()) == {1}


APPLICATION = """
import json, os
from hookbridge import HookBridge, SendWebhookResponse
client = HookBridge(database=os.environ["OUTBOX"], allow_local_endpoints=True, verify_dns=False)
endpoint = os.environ["ENDPOINT"]
client.send(endpoint, {"preload": True})

def application(environ, start_response):
    result = client.send(endpoint, {"pid": os.getpid()})
    body = json.dumps({"id": result.message_id, "pid": os.getpid()}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
"""


def test_gunicorn_preloads_a_client_that_works_in_every_worker(
    receiver: Receiver, settings: dict[str, Any], tmp_path: Path
) -> None:
    with HookBridge(**settings, delivery="off") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook").id
    (tmp_path / "application.py").write_text(APPLICATION)
    socket = tmp_path / "port"
    environment = {**os.environ, "OUTBOX": str(settings["database"]), "ENDPOINT": endpoint}
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "4", "--bind", "127.0.0.1:0"]
    with socket.open("w") as log:
        server = subprocess.Popen(
            [*command, "application:application"], cwd=tmp_path, env=environment, stderr=log, stdout=log
        )
    try:
        deadline = time.monotonic() + 30
        while "Listening at: " not in (text := socket.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        url = text.split("Listening at: ")[1].split(" ")[0]
        answers = []
        while time.monotonic() < deadline:
            with urllib.request.urlopen(url, timeout=30) as response:
                answers.append(json.load(response))
            if len(answers) >= 100 and len({answer["pid"] for answer in answers}) == 4:
                break
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    with HookBridge(**settings) as client:
        finished(receiver, client, [answer["id"] for answer in answers])
    assert len({answer["pid"] for answer in answers}) == 4
    counts = receiver.counts()
    assert set(counts.values()) == {1} and len(counts) == len(answers) + 1


def test_sigkill_while_delivering_repeats_only_what_was_in_flight(receiver: Receiver, settings: dict[str, Any]) -> None:
    # So that outcomes are written as they come, on a busy machine too.
    def slowly(_: Any) -> int:
        time.sleep(0.05)
        return 200

    receiver.answer = slowly
    with HookBridge(**settings, delivery="off") as client:
        endpoint = client.create_endpoint(f"{receiver.url}/hook").id
        ids: list[str] = []
        for _ in range(3):
            batch = client.send_batch([{"endpoint_id": endpoint, "payload": n} for n in range(500)])
            ids += [item.message_id for item in batch if isinstance(item, SendWebhookResponse)]
    kills = 4
    for kill in range(1, kills + 1):
        command = [sys.executable, "-c", SENDER + "client.flush(60)", str(settings["database"]), endpoint, "0"]
        deliverer = subprocess.Popen(command)
        deadline = time.monotonic() + 60
        while len(receiver.deliveries) < kill * 200 and time.monotonic() < deadline:
            time.sleep(0.005)
        deliverer.kill()
        deliverer.wait(30)
    with HookBridge(**settings) as client:
        finished(receiver, client, ids)
    repeated = sum(receiver.counts().values()) - len(ids)
    # Under way at a kill: at most 32 to one endpoint, and the outcomes of as many that were not yet written.
    assert len(ids) == 1500 and repeated <= kills * 2 * 32
    assert sqlite3.connect(settings["database"]).execute("PRAGMA integrity_check").fetchone() == ("ok",)
