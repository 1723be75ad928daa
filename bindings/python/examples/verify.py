"""Reads a delivery from stdin, as JSON with its secret, its headers and its body, and says whether it is genuine."""

# readme: begin
import base64
import hashlib
import hmac
import time
from collections.abc import Mapping


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    key = base64.b64decode(secret[len("whsec_") :])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    given = headers["webhook-signature"].encode().split()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(expected, one) for one in given)


# readme: end

if __name__ == "__main__":
    import json
    import sys

    delivery = json.load(sys.stdin)
    print("genuine" if verify(delivery["secret"], delivery["headers"], delivery["body"].encode()) else "forged")
