# Prints the median microseconds of a send, and sends a second.
import sys
import time

from hookbridge import HookBridge

database, endpoint, text, warm_up, sends = sys.argv[1:6]
payload = text.encode()
client = HookBridge(database=database, durability="normal", delivery="off", allow_local_endpoints=True)
for _ in range(int(warm_up)):
    client.send(endpoint, payload)
taken = []
for _ in range(int(sends)):
    begun = time.perf_counter()
    client.send(endpoint, payload)
    taken.append(time.perf_counter() - begun)
begun = time.perf_counter()
for _ in range(int(sends)):
    client.send(endpoint, payload)
rate = int(sends) / (time.perf_counter() - begun)
client.close()
print(sorted(taken)[len(taken) // 2] * 1e6, rate)
