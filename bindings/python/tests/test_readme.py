"""The samples of the repository's README, run as they are printed, with only the receiver's address put in."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import Receiver
from hookbridge import HookBridge
from sidecar import KEY, Sidecar, until

README = Path(__file__).parents[3] / "README.md"


def samples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def test_the_curl_sample_sends(sidecar: Sidecar, receiver: Receiver) -> None:
    [curl] = re.findall(r"```sh\n(curl .*?)```", README.read_text(), re.DOTALL)
    with HookBridge(KEY, base_url=sidecar.url) as client:
        endpoint = client.create_endpoint(receiver.url)
    for printed, real in [
        ("http://127.0.0.1:8080", sidecar.url),
        ("YOUR_API_KEY", KEY),
        ("YOUR_ENDPOINT_ID", endpoint.id),
    ]:
        assert printed in curl
        curl = curl.replace(printed, real)
    said = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True, timeout=60).stdout
    answer = json.loads(said)
    assert answer["data"]["status"] == "queued" and answer["meta"]["request_id"]
    until(lambda: receiver.deliveries)
    [delivery] = receiver.deliveries
    assert delivery.message_id == answer["data"]["message_id"]
    assert json.loads(delivery.body) == {"event": "order.created", "order_id": "ord_123"}
    assert delivery.headers["x-source"] == "billing-service"


def test_the_samples_send_and_verify(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS", "1")
    sending, standard, plain = samples()
    scope: dict[str, object] = {}
    exec(sending.replace("https://example.com/hooks", receiver.url), scope)
    exec("assert client.flush(30)", scope)
    endpoint_id, secret, message_id = capsys.readouterr().out.split()
    [delivery] = receiver.deliveries
    assert delivery.message_id == message_id and endpoint_id.startswith("ep_")
    received: dict[str, object] = {"body": delivery.body, "headers": delivery.headers, "secret": secret}
    exec(standard.replace("whsec_...", secret), dict(received))
    titled = {name.title(): value for name, value in delivery.headers.items()}
    exec(plain, {**received, "headers": titled})
    exec("assert client.close()", scope)
