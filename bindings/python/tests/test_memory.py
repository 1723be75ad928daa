"""Resident memory and descriptors stay flat. Each measure has a process of its own, so that nothing else counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: What may be added after the warm-up, in KiB.
ALLOWED = 16 * 1024

MEASURE = """
import asyncio, gc, os, sys
from hookbridge import AsyncHookBridge, HookBridge

def resident():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024

def descriptors():
    return len(os.listdir("/proc/self/fd"))

settings = dict(database=sys.argv[1], durability="normal", delivery="off", allow_local_endpoints=True, verify_dns=False)
"""

SENDS = """
client = HookBridge(**settings)
endpoint = client.create_endpoint(url="http://127.0.0.1:9/").id
payload = {"event": "order.created", "text": "x" * 200}

def send(count):
    for n in range(count):
        client.send(endpoint_id=endpoint, payload=payload, headers={"X-N": str(n)})

send(20_000)
memory, files = resident(), descriptors()
send(100_000)
print(resident() - memory, descriptors() - files, client.stats().queued)
"""

AWAITED = """
async def main():
    async with AsyncHookBridge(**settings) as client:
        endpoint = (await client.create_endpoint(url="http://127.0.0.1:9/")).id

        async def send(count):
            for _ in range(count // 100):
                await asyncio.gather(*[client.send(endpoint_id=endpoint, payload={"n": n}) for n in range(100)])

        await send(20_000)
        memory, files = resident(), descriptors()
        await send(100_000)
        print(resident() - memory, descriptors() - files, (await client.stats()).queued)

asyncio.run(main())
"""

CYCLES = """
def cycle(count):
    for _ in range(count):
        with HookBridge(**settings) as client:
            client.stats()

cycle(100)
memory, files = resident(), descriptors()
cycle(1_000)
print(resident() - memory, descriptors() - files, len(os.listdir("/proc/self/task")))
"""


def measured(program: str, database: Path) -> tuple[int, int, int]:
    command = [sys.executable, "-c", MEASURE + program, str(database)]
    output = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert output.returncode == 0, output.stderr
    memory, files, last = map(int, output.stdout.split())
    return memory, files, last


def test_a_hundred_thousand_sends(tmp_path: Path) -> None:
    memory, files, queued = measured(SENDS, tmp_path / "outbox.db")
    assert memory < ALLOWED
    assert (files, queued) == (0, 120_000)


def test_a_hundred_thousand_sends_that_are_awaited(tmp_path: Path) -> None:
    memory, files, queued = measured(AWAITED, tmp_path / "outbox.db")
    assert memory < ALLOWED
    assert (files, queued) == (0, 120_000)


def test_a_thousand_clients_opened_and_closed(tmp_path: Path) -> None:
    memory, files, threads = measured(CYCLES, tmp_path / "outbox.db")
    assert memory < ALLOWED
    assert files <= 0
    assert threads < 20
