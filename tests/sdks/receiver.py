"""A receiver on the loopback interface that answers as it is told and keeps what it was sent."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Delivery:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers 200, or what `answers` has for a path."""

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        self._lock = threading.Lock()
        self._deliveries: dict[str, list[Delivery]] = defaultdict(list)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._keep(Delivery(self.path, headers, body))
                self.send_response(receiver.answers.get(self.path, 200))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _keep(self, delivery: Delivery) -> None:
        with self._lock:
            self._deliveries[delivery.headers.get("x-webhook-id", "")].append(delivery)

    def url(self, path: str) -> str:
        """The address of a path, which begins with a slash."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def of(self, message_id: str) -> list[Delivery]:
        """What came of a message, in order."""
        with self._lock:
            return list(self._deliveries[message_id])

    def at(self, path: str) -> list[Delivery]:
        """What came to a path."""
        with self._lock:
            return [
                delivery for all_of_one in self._deliveries.values() for delivery in all_of_one if delivery.path == path
            ]
