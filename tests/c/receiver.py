"""A receiver for the C tests: prints its URL, answers 200, keeps the ids; /close hangs up after each answer,
/ids lists the ids it has seen."""

import http.server
import sys
import threading

SEEN = set()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SEEN.add(self.headers["X-Webhook-Id"])
        self.send_response(200 if body else 400)
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
