"""The main job, live: a hundred webhooks, a receiver that fails some, and a sender that is killed halfway.

A receiver verifies both signatures of each delivery and refuses some. A sender process accepts messages into its
embedded outbox, is killed with SIGKILL in the middle, and is started again. The table shows what was sent, attempted,
retried and delivered; then curl sends ten more through a sidecar. The program succeeds only if every accepted message
was delivered and every signature verified.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from hookbridge import HookBridge
from standardwebhooks import Webhook, WebhookVerificationError

MESSAGES = 100
BY_CURL = 10
COMMAND = Path(__file__).parents[1] / "target" / "release" / "hookbridge"
PATIENCE = 60.0
SETTINGS = {
    "allow_local_endpoints": True,
    "verify_dns": False,
    "retry_schedule": [0.3, 0.6, 1.0],
}

SENDER = """
import sys, time
from hookbridge import HookBridge
database, endpoint, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = HookBridge(database=database, allow_local_endpoints=True, verify_dns=False, retry_schedule=[0.3, 0.6, 1.0])
for n in range(first, last):
    result = client.send(endpoint, {"event": "order.created", "order": n}, idempotency_key=f"order-{n}")
    print(n, result.message_id, flush=True)
    time.sleep(0.02)
client.flush(60)
client.close()
"""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed sender resets its connections; that is no error of the receiver."""


class Receiver:
    """Answers 503 and 429 now and then, and verifies what it takes."""

    def __init__(self) -> None:
        self.secret = ""
        self.attempts: Counter[str] = Counter()
        self.delivered: Counter[str] = Counter()
        self.refused = self.verified = self.forged = 0
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        signed = headers["x-webhook-timestamp"].encode() + b"." + body
        expected = "sha256=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(expected, headers["x-webhook-signature"])
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            genuine = False
        with self._lock:
            message_id = headers["x-webhook-id"]
            self.attempts[message_id] += 1
            self.verified += genuine
            self.forged += not genuine
            # The first attempt at every fifth message fails, every tenth by asking for patience.
            if self.attempts[message_id] == 1 and len(self.attempts) % 5 == 0:
                self.refused += 1
                return 429 if len(self.attempts) % 10 == 0 else 503
            self.delivered[message_id] += 1
            return 200


class Table:
    """One line that is rewritten on a terminal, and a line now and then elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stdout.isatty()
        self.shown = 0.0
        print(
            f"{'':24}{'accepted':>10}{'attempts':>10}{'refused':>10}{'delivered':>10}{'duplicates':>12}{'verified':>10}"
        )

    def show(self, stage: str, accepted: int, receiver: Receiver, final: bool = False) -> None:
        if not final and time.monotonic() - self.shown < (0.1 if self.live else 0.5):
            return
        self.shown = time.monotonic()
        attempts, delivered = sum(receiver.attempts.values()), len(receiver.delivered)
        twice = sum(receiver.delivered.values()) - delivered
        line = f"{stage:24}{accepted:>10}{attempts:>10}{receiver.refused:>10}{delivered:>10}{twice:>12}"
        line += f"{receiver.verified:>10}"
        print(line, end="\r" if self.live and not final else "\n", flush=True)


def main() -> int:
    receiver, accepted = Receiver(), {}
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "outbox.db")
        with HookBridge(database=database, delivery="off", **SETTINGS) as client:  # type: ignore[arg-type]
            endpoint = client.create_endpoint(receiver.url)
        receiver.secret = endpoint.signing_secret
        table = Table()

        def run(stage: str, first: int, kill_at: int | None) -> None:
            command = [
                sys.executable,
                "-c",
                SENDER,
                database,
                endpoint.id,
                str(first),
                str(MESSAGES),
            ]
            sender = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert sender.stdout is not None
            for line in sender.stdout:
                number, _, message_id = line.strip().partition(" ")
                if len(message_id) == 36:
                    accepted[int(number)] = message_id
                table.show(stage, len(accepted), receiver)
                if kill_at is not None and len(accepted) >= kill_at:
                    sender.kill()
            sender.wait(PATIENCE)
            table.show(stage, len(accepted), receiver, final=True)

        run("sender 1, then SIGKILL", 0, MESSAGES // 2)
        run("sender 2, to the end", len(accepted), None)
        with HookBridge(database=database, **SETTINGS) as client:  # type: ignore[arg-type]
            # A flush waits for what is due; retries that are due later are waited for here.
            deadline = time.monotonic() + PATIENCE
            while (stats := client.stats()).queued + stats.waiting_for_retry > 0 and time.monotonic() < deadline:
                table.show("the last retries", len(accepted), receiver)
                time.sleep(0.05)
        table.show("in the end", len(accepted), receiver, final=True)
    missing = set(accepted.values()) - set(receiver.delivered)
    print(f"\naccepted {len(accepted)}, missing {len(missing)}, signatures that did not verify {receiver.forged}")
    by_curl = through_a_sidecar()
    return 0 if len(accepted) == MESSAGES and not missing and receiver.forged == 0 and by_curl else 1


def through_a_sidecar() -> bool:
    """The same without a line of our code in the producer: curl posts to a sidecar, which delivers."""
    receiver = Receiver()
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        command = [
            COMMAND,
            "serve",
            "--database",
            f"{folder}/outbox.db",
            "--listen",
            address,
            "--retry-schedule",
            "[0.3]",
        ]
        sidecar = subprocess.Popen([*command, "--allow-local-endpoints"], stderr=subprocess.PIPE, text=True)
        assert sidecar.stderr is not None
        key = ""
        for line in sidecar.stderr:
            if line.startswith("API key"):
                key = line.split()[-1]
            if "listening" in line:
                break
        threading.Thread(target=sidecar.stderr.read, daemon=True).start()

        def curl(path: str, body: dict[str, object]) -> dict[str, str]:
            headers = ["-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json"]
            said = subprocess.run(
                ["curl", "-s", "-X", "POST", f"http://{address}{path}", *headers, "-d", json.dumps(body)],
                capture_output=True,
                check=True,
                timeout=PATIENCE,
            )
            answer: dict[str, str] = json.loads(said.stdout)["data"]
            return answer

        print(f"\nhookbridge serve on {address}, and curl:")
        endpoint = curl("/v1/endpoints", {"url": receiver.url})
        receiver.secret = endpoint["signing_secret"]
        sent = set()
        for n in range(BY_CURL):
            message = {
                "endpoint_id": endpoint["id"],
                "payload": {"event": "order.created", "order": n},
            }
            sent.add(curl("/v1/webhooks/send", message)["message_id"])
        deadline = time.monotonic() + PATIENCE
        while not sent <= set(receiver.delivered) and time.monotonic() < deadline:
            time.sleep(0.05)
        sidecar.terminate()
        sidecar.wait(PATIENCE)
    missing = sent - set(receiver.delivered)
    print(f"accepted {len(sent)}, missing {len(missing)}, signatures that did not verify {receiver.forged}")
    return len(sent) == BY_CURL and not missing and receiver.forged == 0


if __name__ == "__main__":
    sys.exit(main())
