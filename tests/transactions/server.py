"""A PostgreSQL server of the suite's own on the loopback interface, as `tests/cluster/server.rs` has one."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Debian has a folder for each version.
PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Server:
    """A server that runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()

    def url(self, user: str) -> str:
        """The address of the one database, for a user who needs no password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/postgres"

    def sql(self, statements: str) -> str:
        """Runs statements as the superuser; what they print, a row a line."""
        command = [str(PROGRAMS / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.url("postgres"), "-f", "-"]
        said = subprocess.run(command, input=statements, capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    def run(self, program: str, *arguments: str) -> None:
        """Runs a program of the server, which refuses to be root."""
        command = [str(PROGRAMS / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        # A server that goes on would hold a pipe open.
        with (self.folder / "said").open("w+") as output:
            ended = subprocess.run(command, stdout=output, stderr=output, cwd=self.folder)
            output.seek(0)
            assert ended.returncode == 0, f"{program}: {output.read()}"


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A server that is stopped and gone afterwards. It loses what it has if the machine fails, which no test does."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # Whoever runs the server must be able to write here.
        folder.chmod(0o777)
        server, data = Server(folder), str(folder / "data")
        server.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {server.port} -k {folder} -c fsync=off"
        server.run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", data, "-m", "immediate", "stop")
