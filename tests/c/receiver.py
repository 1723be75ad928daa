"""A receiver for the C tests: prints its URL, answers 200, keeps the ids; /close hangs up after each answer,
/signed/SECRET answers 401 where a signature is not the secret's, /ids lists the ids it has seen."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import threading

SEEN = set()


def signatures(secret, message_id, timestamp, body):
    def digest(key, *parts):
        return hmac.new(key, b".".join([*map(str.encode, parts), body]), hashlib.sha256)

    standard = digest(base64.b64decode(secret.removeprefix("whsec_")), message_id, timestamp).digest()
    return "sha256=" + digest(secret.encode(), timestamp).hexdigest(), "v1," + base64.b64encode(standard).decode()


def check_against_the_vectors():
    vectors = json.loads((pathlib.Path(__file__).parents[1] / "conformance" / "signatures.json").read_text())
    for vector in vectors:
        made = [
            signatures(secret, vector["message_id"], str(vector["timestamp"]), vector["body"].encode())
            for secret in vector["secrets"]
        ]
        plain, standard = zip(*made)
        assert (",".join(plain), " ".join(standard)) == (vector["webhook"], vector["standard"]), vector
    assert vectors


check_against_the_vectors()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SEEN.add(self.headers["X-Webhook-Id"])
        status = 200 if body else 400
        if self.path.startswith("/signed/"):
            at, secret = self.headers["X-Webhook-Timestamp"], self.path.rpartition("/")[2]
            given = self.headers["X-Webhook-Signature"], self.headers["webhook-signature"]
            status = 200 if given == signatures(secret, self.headers["webhook-id"], at, body) else 401
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if self.path == "/close":
            self.close_connection = True
        self.end_headers()

    def do_GET(self):
        body = "\n".join(sorted(SEEN)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", flush=True)
threading.Timer(600, lambda: sys.exit(0)).start()
server.serve_forever()
