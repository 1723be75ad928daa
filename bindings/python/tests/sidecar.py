"""A real sidecar for the tests to talk to."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
KEY = "hb_test_" + "python".ljust(32, "0")


@dataclass
class Sidecar:
    program: Path
    database: Path
    port: int
    process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        arguments = ["serve", "--database", self.database, "--listen", f"127.0.0.1:{self.port}", "--api-key", KEY]
        self.process = subprocess.Popen(
            [self.program, *arguments, "--allow-local-endpoints", "--retry-schedule", "[0.05]"],
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            if "listening" in line:
                return
        raise AssertionError("the sidecar ended")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.stderr.read()
            self.process.stderr.close()
            self.process.wait(30)
            self.process = None


def until(condition: Any) -> Any:
    deadline = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found
