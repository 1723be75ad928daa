"""A PostgreSQL server of the tests' own, which listens on a socket in a folder that only they know."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import quote

# What a program of the server may take.
LIMIT = 60.0


class Postgres:
    """A server with its data in `folder`, which it may write to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o777)
        self._programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def address(self, user: str) -> str:
        return f"postgresql://{user}@{quote(str(self.folder), safe='')}/postgres"

    def start(self) -> None:
        options = f"-c listen_addresses= -k {self.folder} -c max_connections=60"
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def sql(self, statements: str) -> None:
        command = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h", str(self.folder), "-c", statements]
        self._run("psql", *command)

    def _run(self, program: str, *arguments: str) -> None:
        # The server refuses to be root. What it starts goes on writing to what it is given: a file, not a pipe.
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        said = self.folder / "said"
        with said.open("wb") as output:
            command = [*as_user, str(self._programs / program), *arguments]
            ended = subprocess.run(command, cwd=self.folder, stdout=output, stderr=output, timeout=LIMIT)
        assert ended.returncode == 0, f"{program}: {said.read_text()}"
