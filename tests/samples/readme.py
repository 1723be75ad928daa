"""Runs what a package's README shows, in its order and in one folder, as somebody does who follows it. Only addresses
are replaced. Every block must be a part of a program that ran, or a command that ran, or say which test executes it.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from programs import LIMIT, Language
from receiver import Delivery, Receiver
from served import BINARY, PATIENCE, ROOT

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SECTION = re.compile(r"<!-- section: package -->\n(.*?)\n\n", re.DOTALL)
BLOCK = re.compile(r"(?:<!-- executed by ([^\n]*?) -->\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HERE = "tests/samples"
PROGRAMS = ["first", "local_loop", "listing", "batch", "errors", "dead_letters", "server", "events", "verify"]


def free_port() -> int:
    """A port that nobody else is given before it is taken: the system gives out higher ones."""
    while True:
        port = random.randrange(12000, 32000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def until(condition: object, what: str) -> None:
    """Waits for a condition, which is called."""
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def started(command: list[str], said: Path, **how: object) -> Iterator[subprocess.Popen[str]]:
    """A process that is told to end afterwards, and does. Its stdout is in `said`, its stderr beside it."""
    with said.open("w") as out, said.with_suffix(".err").open("w") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, text=True, **how)  # type: ignore[call-overload]
    try:
        yield process
        process.terminate()
        # Some end by the signal itself once they have closed, and a JVM says so by its status.
        ended = (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        assert process.wait(PATIENCE) in ended, said.with_suffix(".err").read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@dataclass
class Block:
    """A block of a README, and the test that it says executes it."""

    by: str
    fence: str
    text: str


@dataclass
class Readme:
    """A package's README with its programs."""

    language: Language
    receiver: Receiver
    folder: Path
    link: str = ""
    package: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    programs: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = ROOT / "tools" / "generate" / "readme" / f"{self.language.name}.md"
        if words.exists():
            found = SECTION.search(words.read_text())
            assert found, "there is no section `package`"
            self.package = dict(line.split(": ", 1) for line in found[1].splitlines())
        text = (ROOT / self.package.get("readme", "README.md")).read_text()
        self.blocks = [Block(*parts) for parts in BLOCK.findall(text)]
        if self.package:
            self.find_programs()

    def find_programs(self) -> None:
        samples = ROOT / self.package["samples"]
        for name in PROGRAMS:
            files = [f"{name}.{self.package['extension']}", f"{name}/main.{self.package['extension']}"]
            self.programs.update((name, file) for file in files if (samples / file).exists())
        if "java" in self.package:
            self.programs["java"] = self.package["java"]

    @property
    def path(self) -> str:
        """Where the receiver takes the deliveries of this README."""
        return f"/{self.folder.name}/hooks"

    def lay_out(self) -> None:
        """Copies the programs, with addresses of this test, and makes what they need."""
        samples = ROOT / self.package["samples"]
        helpers = [self.package["helpers"]] if "helpers" in self.package else []
        for file in [*self.programs.values(), *helpers]:
            copied = self.folder / file
            copied.parent.mkdir(exist_ok=True)
            copied.write_text(self.real((samples / file).read_text()))
        self.ran += [(samples / file).read_text() for file in helpers]
        self.language.prepare(self.folder)
        if self.link:
            for name in self.programs:
                self.shell(re.sub(r"\bfirst\b", name, self.link))

    def real(self, text: str) -> str:
        for shown, real in self.replaced.items():
            text = text.replace(shown, real)
        return text

    def shell(self, command: str, **variables: str) -> str:
        """Runs a command; what it printed."""
        return self.output(["bash", "-euo", "pipefail", "-c", command], **variables)

    def output(self, command: list[str], given: str = "", **variables: str) -> str:
        environment = self.language.environment(**variables)
        ended = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=LIMIT, input=given
        )
        assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
        return ended.stdout.strip()

    def program(self, name: str, given: str = "", **variables: str) -> str:
        """Runs a program; what it printed."""
        self.ran.append(self.source(name))
        return self.output(self.language.command(self.programs[name]), given, **variables)

    def source(self, name: str) -> str:
        """A program as it is printed."""
        return (ROOT / self.package["samples"] / self.programs[name]).read_text()

    def commands(self, fence: str, word: str) -> list[str]:
        """The blocks that this test executes and that have a word."""
        return [one.text for one in self.blocks if one.fence == fence and one.by.startswith(HERE) and word in one.text]

    def arrived(self, message_id: str, times: int = 1) -> list[Delivery]:
        until(lambda: len(self.receiver.of(message_id)) >= times, f"{message_id} did not arrive")
        return self.receiver.of(message_id)


LOCAL = {"HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS": "1"}


def first(readme: Readme) -> tuple[str, str, Delivery]:
    """The endpoint, its secret and what was delivered."""
    said = readme.program("first", **LOCAL)
    found = re.fullmatch(rf"(ep_\w+) (whsec_\S+)\n({UUID})", said)
    assert found, said
    [delivery] = readme.arrived(found[3])
    assert delivery.headers["x-source"] == "billing-service", delivery
    assert json.loads(delivery.body) == {"event": "order.created", "order_id": "ord_123"}, delivery
    return found[1], found[2], delivery


def local_loop(readme: Readme, printed: Path) -> None:
    # The program itself permits the address, without help from its environment.
    assert readme.program("local_loop") == "succeeded"
    [expected] = readme.commands("text", "attempt")
    readme.ran.append(expected)
    until(lambda: printed.read_text(), "the receiver prints nothing")
    assert re.sub(UUID, "ID", printed.read_text()) == re.sub(UUID, "ID", expected), printed.read_text()


def listing(readme: Readme, endpoint: str, message: str) -> None:
    said = readme.program("listing", **LOCAL)
    assert said.splitlines() == [f"1 {endpoint}", "that is all", f"{message} succeeded"], said


def dead_letters(readme: Readme) -> None:
    """A receiver that refuses makes them of a batch, and takes them when they are replayed."""
    readme.receiver.answers[readme.path] = 400
    said = readme.program("batch", **LOCAL)
    found = re.fullmatch(rf"accepted ({UUID})\naccepted ({UUID})\nrefused ENDPOINT_NOT_FOUND", said)
    assert found, said
    assert json.loads(readme.arrived(found[1])[0].body) == {"event": "order.created", "order_id": "ord_124"}
    assert readme.arrived(found[2])[0].body == b'{"event": "order.paid", "total": 19.90}'
    assert readme.program("errors", **LOCAL) == "ENDPOINT_NOT_FOUND 404"
    del readme.receiver.answers[readme.path]
    said = readme.program("dead_letters", **LOCAL)
    dead = dict(line.split(" ", 1) for line in said.splitlines())
    assert set(dead) == set(found.groups()), said
    assert all("400" in error for error in dead.values()), said
    for message in dead:
        readme.arrived(message, times=2)


def server(readme: Readme, port: int) -> None:
    """What begins a server ends when it is told to; in between it takes the request."""
    [request] = readme.commands("sh", "curl ")
    begins = readme.commands("sh", "server.") + readme.commands("sh", "server:") + readme.commands("sh", "serve ")
    readme.ran += [request, *begins, readme.source("server")]
    with contextlib.ExitStack() as processes:
        commands = [readme.real(text).strip() for text in begins]
        # Where the README says nothing of how it is begun.
        commands = commands or [" ".join(readme.language.command(readme.programs["server"]))]
        for at, command in enumerate(commands):
            how = {"cwd": readme.folder, "env": readme.language.environment(**LOCAL)}
            processes.enter_context(
                started(["bash", "-c", f"exec {command}"], readme.folder / f"server{at}.out", **how)
            )
        until(lambda: answers(port), "the server does not listen")
        message = json.loads(readme.shell(readme.real(request)))["message_id"]
        [delivery] = readme.arrived(message)
        assert json.loads(delivery.body) == {"event": "order.created", "order_id": "ord_127"}, delivery


def verify(readme: Readme, secret: str, delivery: Delivery) -> None:
    body = delivery.body.decode()
    for one, verdict in ((body, "genuine"), (f"{body} ", "forged")):
        given = json.dumps({"secret": secret, "headers": delivery.headers, "body": one})
        assert readme.program("verify", given) == verdict


def java(readme: Readme) -> None:
    """It goes on with the file of the others, and lists all that were delivered."""
    accepted, *listed = readme.program("java", **LOCAL).splitlines()
    found = re.fullmatch(rf"accepted ({UUID})", accepted)
    assert found, accepted
    assert all(re.fullmatch(rf"{UUID} succeeded", line) for line in listed), listed
    assert f"{found[1]} succeeded" in listed and len(listed) > 1, listed
    [delivery] = readme.arrived(found[1])
    assert json.loads(delivery.body) == {"event": "order.created", "order_id": "ord_128"}, delivery


def lines_of(text: str) -> str:
    """A text without its indentation, since a README shows the middle of a program without it."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def every_block_ran(readme: Readme) -> None:
    ran = [lines_of(text) for text in readme.ran]
    for block in readme.blocks:
        if block.by and not block.by.startswith(HERE):
            named = re.split("[ ,]", block.by)[0]
            assert (ROOT / named).exists(), f"there is no {named}"
        else:
            assert any(lines_of(block.text) in text for text in ran), f"nothing ran this:\n{block.text}"


def command_line(readme: Readme, block: str, endpoint: str, message: str) -> None:
    """The commands of a block, a line each. What goes on until it is told to end is told so after a moment."""
    for line in block.splitlines():
        command = line.split("#")[0].strip().replace("ep_...", endpoint).replace("0192...", message)
        if command.startswith("hookbridge listen"):
            command = command.replace("--secret whsec_...", "").replace("listen", "listen --listen 127.0.0.1:0")
        goes_on = re.search(r"listen|tail -f|serve", command)
        for one in command.split(";"):
            if goes_on:
                one = f"timeout 1 {one} || [ $? = 124 ]"
            elif "doctor" in one:
                # It says by its status that nobody delivers what waits.
                one = f"{one} || [ $? = 1 ]"
            readme.shell(one, **LOCAL)


def play_root(receiver: Receiver) -> None:
    """The README of the repository: the program in Rust, the commands, and the names of the targets."""
    with tempfile.TemporaryDirectory(prefix="root-") as made:
        readme = Readme(Language("root", lambda file: [file]), receiver, Path(made))
        readme.replaced = {"127.0.0.1:8080": f"127.0.0.1:{free_port()}"}
        program = (ROOT / "core" / "examples" / "first.rs").read_text()
        readme.ran.append(program)
        outbox = {"HOOKBRIDGE_DATABASE": str(Path(made) / "hookbridge.db"), **LOCAL}
        example = str(BINARY.parent / "examples" / "first")
        message = readme.output([example, receiver.url(readme.path)], **outbox)
        readme.arrived(message)
        listed = json.loads(readme.shell("hookbridge endpoints list --json", **outbox))
        for block in readme.blocks:
            if block.fence == "sh" and block.by.startswith(HERE):
                readme.ran.append(block.text)
                if block.text.startswith("make"):
                    targets = re.findall(r"^make (\w+)", block.text, re.MULTILINE)
                    readme.shell(f"make --dry-run -C {ROOT} {' '.join(targets)}")
                else:
                    text = re.sub("cargo build.*", "", readme.real(block.text))
                    command_line(readme, text, listed["data"][0]["id"], message)
        every_block_ran(readme)


def play(language: Language, receiver: Receiver, kind: str = "") -> None:
    """Runs all that a language's README shows. `kind` is a word of the line that links programs, where one does."""
    with tempfile.TemporaryDirectory(prefix=f"{language.name}-") as made:
        readme = Readme(language, receiver, Path(made))
        if kind:
            # The README has a line for each way; the other is played by itself.
            lines = readme.commands("sh", "cc first.c")
            [readme.link] = [line for line in lines if ("--static" in line) == (kind == "static")]
            readme.ran += lines
        [listen] = readme.commands("sh", "hookbridge listen")
        readme.ran.append(listen)
        printed = Path(made) / "listen.out"
        command = ["bash", "-c", f"exec {listen.strip()} --listen 127.0.0.1:0"]
        with started(command, printed, env=language.environment()):
            errors = printed.with_suffix(".err")
            until(lambda: "listening on" in errors.read_text(), "`hookbridge listen` does not listen")
            found = re.search(r"http://\S+", errors.read_text())
            assert found
            port = free_port()
            readme.replaced = {
                "https://example.com/hooks": receiver.url(readme.path),
                "http://127.0.0.1:9000": found[0],
                "127.0.0.1:8000": f"127.0.0.1:{port}",
                "127.0.0.1:8080": f"127.0.0.1:{free_port()}",
                "port 8000": f"port {port}",
                "Port: 8000": f"Port: {port}",
                "listen(8000": f"listen({port}",
                '"127.0.0.1", 8000': f'"127.0.0.1", {port}',
            }
            readme.lay_out()
            endpoint, secret, delivery = first(readme)
            local_loop(readme, printed)
        listing(readme, endpoint, delivery.headers["x-webhook-id"])
        dead_letters(readme)
        if "server" in readme.programs:
            server(readme, port)
        if "events" in readme.programs:
            assert re.fullmatch(rf"message_delivered {UUID}", readme.program("events", **LOCAL))
        if "verify" in readme.programs:
            verify(readme, secret, delivery)
        if "java" in readme.programs:
            java(readme)
        every_block_ran(readme)
