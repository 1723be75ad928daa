"""What runs the examples of each language, with the package of the tree and the drivers of this suite's own lists."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "samples")]

import programs  # noqa: E402
from served import ROOT, TARGET, installed  # noqa: E402

BINDINGS = ROOT / "bindings"


def nothing() -> None:
    """Needs nothing to be installed but what `transactions.mk` asks Debian for."""


@dataclass(frozen=True)
class Language:
    """A language: its examples, by the names of their files without what is after the dot, and what runs one."""

    name: str
    examples: list[str]
    # Those that send in transactions of a SQLite file; some of them do both.
    on_sqlite: list[str]
    command: Callable[[str], list[str]]
    prepare: Callable[[], None] = nothing
    variables: dict[str, str] = field(default_factory=dict)
    # What a block of it is called in Markdown, where that is another name.
    code: str = ""
    # How its packages write the address of a SQLite file.
    sqlite_url: str = "sqlite:///{}"

    @property
    def fence(self) -> str:
        """What a block of it is called in Markdown."""
        return self.code or self.name

    def files(self) -> list[Path]:
        """Its examples."""
        names = {*self.examples, *self.on_sqlite}
        return [file for file in (HERE / self.name).rglob("*") if file.is_file() and file.stem.lower() in names]


def _python() -> None:
    installed("transactions", HERE / "python" / "requirements.txt")


def _node() -> None:
    """Installs what the lock file names, and has Prisma write its client. Its engine is none that is downloaded."""
    folder, lock = HERE / "node", (HERE / "node" / "package-lock.json").read_text()
    modules, schema = folder / "node_modules", (folder / "prisma" / "schema.prisma").read_text()
    marker = modules / "installed"
    if marker.exists() and marker.read_text() == lock + schema:
        return
    silent = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(["npm", "ci", *silent], cwd=folder, check=True)
    own = modules / "@hookbridge" / "sdk"
    own.parent.mkdir(exist_ok=True)
    own.symlink_to(BINDINGS / "node")
    # There is none of its binaries to be had from npm. Nobody measures this one.
    headers = Path(shutil.which("node") or "node").resolve().parents[1]
    gyp = ["npx", "--no-install", "node-gyp", "rebuild", "--debug", f"--nodedir={headers}"]
    ended = subprocess.run(gyp, cwd=modules / "better-sqlite3", capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    # It would be fetched, and is for migrations alone.
    prisma = {"PRISMA_SCHEMA_ENGINE_BINARY": "/bin/true", "CHECKPOINT_DISABLE": "1", "PRISMA_HIDE_UPDATE_MESSAGE": "1"}
    command = ["npx", "prisma", "generate"]
    ended = subprocess.run(command, cwd=folder, env={**os.environ, **prisma}, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    marker.write_text(lock + schema)


def _go() -> None:
    # Of the driver's C nobody measures anything, and to optimise it takes longest.
    environment = {**os.environ, "CGO_CFLAGS": "-O0"}
    build = ["go", "build", "-o", str(TARGET / "transactions-go"), "."]
    subprocess.run(build, cwd=HERE / "go", check=True, env=environment)


KOTLIN = TARGET / "transactions-kotlin"


def _kotlin() -> None:
    """Fetches the drivers to where the module's own dependencies are, and compiles the examples."""
    drivers, folder = KOTLIN / "drivers", HERE / "kotlin"
    KOTLIN.mkdir(exist_ok=True)
    wanted = (folder / "pom.xml").read_text()
    if not drivers.exists() or (KOTLIN / "pom.xml").read_text() != wanted:
        maven = ["mvn", "-q", "-B", f"-Dmaven.repo.local={programs.MAVEN}", "dependency:build-classpath"]
        subprocess.run([*maven, f"-Dmdep.outputFile={drivers}"], cwd=folder, check=True)
        (KOTLIN / "pom.xml").write_text(wanted)
    for file in folder.glob("*.kt"):
        shutil.copy(file, KOTLIN)
    programs.kotlin(KOTLIN, drivers.read_text())


def _jvm(name: str) -> list[str]:
    """Runs an example, with the drivers on its class path."""
    command = programs.jvm(f"{name.capitalize()}.kt")
    at = command.index("-cp") + 1
    command[at] = os.pathsep.join([str(KOTLIN / "bin"), command[at], (KOTLIN / "drivers").read_text()])
    return command


LANGUAGES = {
    language.name: language
    for language in [
        Language(
            "python",
            [
                "psycopg_threads",
                "psycopg_asyncio",
                "psycopg2_connection",
                "asyncpg_connection",
                "sqlalchemy_connection",
                "sqlalchemy_session",
                "sqlalchemy_asyncio",
                "django_atomic",
                "refusals",
            ],
            [
                "sqlite3_connection",
                "aiosqlite_connection",
                "sqlalchemy_session",
                "django_sqlite",
                "sqlite_refusals",
            ],
            lambda name: [
                str(TARGET / "venvs" / "transactions" / "bin" / "python"),
                str(HERE / "python" / f"{name}.py"),
            ],
            _python,
            {"PYTHONPATH": str(BINDINGS / "python" / "python")},
        ),
        Language(
            "node",
            ["node_postgres", "prisma_interactive", "drizzle_postgres", "refusals"],
            ["better_sqlite3", "drizzle_sqlite", "sqlite_refusals"],
            lambda name: ["node", str(HERE / "node" / f"{name}.mjs")],
            _node,
            code="js",
        ),
        Language(
            "ruby",
            ["pg_connection", "active_record", "refusals"],
            ["sqlite3_database", "active_record", "sqlite_refusals"],
            lambda name: ["ruby", str(HERE / "ruby" / f"{name}.rb")],
            variables={"RUBYLIB": str(BINDINGS / "ruby" / "lib")},
            sqlite_url="sqlite3:{}",
        ),
        Language(
            "php",
            ["pdo_connection", "doctrine_dbal", "eloquent", "refusals"],
            ["pdo_connection", "doctrine_dbal", "eloquent", "refusals"],
            lambda name: ["php", "-d", "zend.assertions=1", str(HERE / "php" / f"{name}.php")],
            variables={"HOOKBRIDGE_PACKAGE": str(BINDINGS / "php" / "autoload.php")},
        ),
        Language(
            "go",
            ["pgx", "database_sql", "gorm", "refusals"],
            ["sqlite", "gorm_sqlite", "refusals"],
            lambda name: [str(TARGET / "transactions-go"), name],
            _go,
        ),
        Language(
            "kotlin",
            ["jdbc", "spring", "exposed", "refusals"],
            ["jdbc", "spring", "exposed", "refusals"],
            _jvm,
            _kotlin,
        ),
    ]
}
