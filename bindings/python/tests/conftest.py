"""A real receiver on loopback, and clients that send to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest
from hookbridge import HookBridge
from sidecar import ROOT, Sidecar

# A shell's background job begins with SIGINT ignored, and Python then leaves it so.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Delivery:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["x-webhook-id"]


@dataclass
class Receiver:
    url: str
    deliveries: list[Delivery] = field(default_factory=list)
    answer: Callable[[Delivery], int] = lambda delivery: 200

    def counts(self) -> Counter[str]:
        return Counter(delivery.message_id for delivery in list(self.deliveries))


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed sender resets its connections; that is no error of the receiver."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            delivery = Delivery(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            known.deliveries.append(delivery)
            self.send_response(known.answer(delivery))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = QuietServer(("127.0.0.1", 0), Handler)
    known = Receiver(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {
        "database": tmp_path / "outbox.db",
        "allow_local_endpoints": True,
        "verify_dns": False,
        "retry_schedule": [0.05],
    }


@pytest.fixture
def client(settings: dict[str, Any]) -> Iterator[HookBridge]:
    with HookBridge(**settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def program() -> Path:
    if built := os.environ.get("HOOKBRIDGE_COMMAND"):
        return Path(built)
    subprocess.run(["make", "--silent", "debug"], cwd=ROOT, check=True)
    return ROOT / "target" / "debug" / "hookbridge"


@pytest.fixture
def sidecar(program: Path, tmp_path: Path) -> Iterator[Sidecar]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sidecar = Sidecar(program, tmp_path / "served.db", port)
    sidecar.start()
    yield sidecar
    sidecar.stop()
