"""An application that orders things, and sends a webhook for each order in its own transaction, until it is killed.

`application.py FILE ENDPOINT SEED`. The table `orders` has the ids of the messages: what it has at the end was
committed.
"""

import random
import sqlite3
import sys
import time

path, endpoint, seed = sys.argv[1:]
chance = random.Random(int(seed))
file = sqlite3.connect(path, timeout=30, isolation_level=None)
file.execute("PRAGMA synchronous = OFF")  # Killed is not a power cut.
while True:
    file.execute("BEGIN IMMEDIATE")
    for _ in range(chance.randrange(1, 20)):
        [message_id] = file.execute(
            "INSERT INTO hookbridge_send (endpoint_id, payload) VALUES (?, ?) RETURNING id",
            (endpoint, '{"price": 1.10}'),
        ).fetchone()
        file.execute("INSERT INTO orders (message_id) VALUES (?)", (message_id,))
    # Now and then the lock is held for longer than anybody waits for it.
    if chance.random() < 0.02:
        time.sleep(chance.random() / 5)
    file.execute("ROLLBACK" if chance.random() < 0.3 else "COMMIT")
