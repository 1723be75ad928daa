# Prints the median microseconds of a send, and sends a second. Without an endpoint, of an event.
import sys
import time

from hookbridge import HookBridge, RawJson

database, endpoint, text, warm_up, sends = sys.argv[1:6]
payload = text.encode()
client = HookBridge(database=database, durability="normal", delivery="off", allow_local_endpoints=True)


def send() -> None:
    if endpoint:
        client.send(endpoint, payload)
    else:
        client.send_event("order.created", RawJson(payload))


for _ in range(int(warm_up)):
    send()
taken = []
for _ in range(int(sends)):
    begun = time.perf_counter()
    send()
    taken.append(time.perf_counter() - begun)
begun = time.perf_counter()
for _ in range(int(sends)):
    send()
rate = int(sends) / (time.perf_counter() - begun)
client.close()
print(sorted(taken)[len(taken) // 2] * 1e6, rate)
