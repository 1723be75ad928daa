"""The samples of the console's page, as it shows them: made from programs of this repository by edits
(`build-samples.mjs`), filled in as the page fills them in, and run.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from programs import LANGUAGES, LIMIT, Language, c
from served import BINARY, KEY, ROOT

CONSOLE = ROOT / "sidecar" / "console"
# Which language runs a sample, by its id on the page.
RUN_BY = {
    "node-esm": "node",
    "node-cjs": "node",
    "python": "python",
    "go": "go",
    "php": "php",
    "ruby": "ruby",
    "kotlin": "kotlin",
    "rust": "rust",
    "command": "command",
    "c": "c",
}
PRINT = """
const { samplesModule } = await import(process.argv[1]);
const { samples } = await import("data:text/javascript," + encodeURIComponent(samplesModule()));
console.log(JSON.stringify(samples));
"""


@cache
def samples() -> dict[str, dict[str, Any]]:
    """What the page has, by id."""
    command = ["node", "--input-type=module", "-e", PRINT, str(CONSOLE / "build-samples.mjs")]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert printed.returncode == 0, printed.stderr
    found = {sample["id"]: sample for sample in json.loads(printed.stdout)}
    assert found.keys() == RUN_BY.keys(), found.keys()
    return found


def rust(folder: Path) -> None:
    """Compiles with the libraries that `make debug` has left: which serde_json the engine has is found by trying."""
    libraries = ROOT / "target" / "debug" / "deps"
    said = "there are none"
    engines = sorted(libraries.glob("libhookbridge_core-*.rlib"), key=lambda file: file.stat().st_mtime, reverse=True)
    for engine in engines[:3]:
        for json_library in libraries.glob("libserde_json-*.rlib"):
            command = ["rustc", "--edition", "2024", "src/main.rs", "-o", "send", "-L", f"dependency={libraries}"]
            command += ["--extern", f"hookbridge_core={engine}", "--extern", f"serde_json={json_library}"]
            built = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
            if built.returncode == 0:
                return
            said = built.stderr
    raise AssertionError(said)


def linked(folder: Path) -> None:
    """By the page's own line, with the library in HOOKBRIDGE_PREFIX."""
    line = "cc send.c -o send $(pkg-config --cflags --libs hookbridge)"
    assert line in samples()["c"]["run"], samples()["c"]["run"]
    environment = c("shared").environment()
    built = subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT
    )
    assert built.returncode == 0, built.stderr


OTHERS = {
    "rust": Language("rust", lambda file: ["./send"], rust),
    "command": Language("command", lambda file: ["sh", file], paths=[BINARY.parent]),
    "c": Language("c", lambda file: ["./send"], linked, variables=c("shared").variables),
}


def run(name: str, endpoint_id: str, url: str) -> str:
    """Runs a sample with what the page fills in on this machine; what it printed."""
    sample = samples()[name]
    text = sample["text"]
    for placeholder, real in (
        ("YOUR_API_KEY", KEY),
        ("YOUR_ENDPOINT_ID", endpoint_id),
        ("YOUR_BASE_URL", url),
        ("YOUR_INSECURE", ""),
    ):
        assert text.count(placeholder) == 1, (name, placeholder)
        text = text.replace(placeholder, real)
    language = (LANGUAGES | OTHERS)[RUN_BY[name]]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # A program in Go has a folder of its own, after which its binary is named.
        file = f"send/{sample['file']}" if language.name == "go" else sample["file"]
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
        language.prepare(folder)
        environment = language.environment()
        command = language.command(file)
        ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.strip()


def plays(play: Callable[[str], None], wanted: Callable[[str], bool]) -> dict[str, Callable[[], None]]:
    """The samples that are wanted, each as what plays it."""
    return {f"console's {name}": lambda name=name: play(name) for name in RUN_BY if wanted(name)}
