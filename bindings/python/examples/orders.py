"""Announces an order to the receiver whose URL is given, and says what became of it.

python orders.py https://example.com/hooks
"""

import sys

from hookbridge import HookBridge, HookBridgeError


def announce(url: str) -> None:
    with HookBridge(database="orders.db") as client:
        endpoint = client.create_endpoint(url, description="orders")
        result = client.send(
            endpoint_id=endpoint.id,
            payload={"event": "order.created", "order_id": "ord_123"},
            headers={"X-Source": "shop"},
            idempotency_key="order-123-created-v1",
        )
        print("accepted", result.message_id)
        if not client.flush(timeout=30):
            print("not delivered in 30 seconds; the next start goes on")
        for attempt in client.get_message_attempts(result.message_id):
            print("the receiver answered", attempt.response_status)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: orders.py URL")
    try:
        announce(sys.argv[1])
    except HookBridgeError as error:
        sys.exit(str(error))
