"""What the runners beside the Rust tests share: packages of their own, and `hookbridge serve` as a process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
BINARY = Path(os.environ.get("HOOKBRIDGE_COMMAND") or TARGET / "debug" / "hookbridge")
KEY = "hb_test_0123456789abcdefghijklmnopqrstuv"
PATIENCE = 60.0


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOOKBRIDGE_")}
    return {**kept, **more}


def build() -> None:
    """Builds the command, unless HOOKBRIDGE_COMMAND says where it is."""
    if "HOOKBRIDGE_COMMAND" not in os.environ:
        subprocess.run(["make", "--silent", "debug"], cwd=ROOT, check=True)


def installed(name: str, requirements: Path) -> Path:
    """The folder of the commands of an environment that has `requirements`, made where it is missing or older."""
    folder = TARGET / "venvs" / name
    wanted, marker = requirements.read_text(), folder / "requirements.txt"
    if not marker.exists() or marker.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(requirements)], check=True)
        marker.write_text(wanted)
    return folder / "bin"


@dataclass
class Sidecar:
    """A server that listens."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]


def address_in(log: Path) -> str | None:
    """Where the server with this log listens, once it does."""
    for line in log.read_text(errors="replace").splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            said = json.loads(line)
            if said.get("message") == "listening":
                return str(said["address"])
    return None


@contextlib.contextmanager
def sidecar(*flags: str) -> Iterator[Sidecar]:
    """A server on a file of its own, which is gone afterwards, or on the one that `flags` name. Raises where it did not
    end well when it was told to."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [str(BINARY), "serve", "--listen", "127.0.0.1:0", *flags]
        if "--database" not in flags:
            command += ["--database", str(Path(folder) / "outbox.db")]
        command += ["--log-format", "json", "--durability", "normal", "--verify-dns=false"]
        with log.open("wb") as stderr:
            environment = clean_environment(HOOKBRIDGE_API_KEY=KEY)
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=stderr)
        try:
            end = time.monotonic() + PATIENCE
            while (address := address_in(log)) is None:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the sidecar does not listen: {log.read_text(errors='replace')}")
                time.sleep(0.02)
            yield Sidecar(f"http://{address}", log, process)
            process.terminate()
            if process.wait(PATIENCE) != 0:
                raise RuntimeError(f"the sidecar ended with {process.returncode}: {log.read_text(errors='replace')}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
