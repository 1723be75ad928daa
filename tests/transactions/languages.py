"""What runs the examples of each language, with the package of the tree and the drivers of this suite's own lists."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from served import ROOT, TARGET, installed  # noqa: E402

BINDINGS = ROOT / "bindings"


def nothing() -> None:
    """Needs nothing to be installed but what `transactions.mk` asks Debian for."""


@dataclass(frozen=True)
class Language:
    """A language: its examples, by the names of their files without what is after the dot, and what runs one."""

    name: str
    examples: list[str]
    command: Callable[[str], list[str]]
    prepare: Callable[[], None] = nothing
    variables: dict[str, str] = field(default_factory=dict)
    # What a block of it is called in Markdown, where that is another name.
    code: str = ""

    @property
    def fence(self) -> str:
        """What a block of it is called in Markdown."""
        return self.code or self.name

    def files(self) -> list[Path]:
        """Its examples."""
        return [file for file in (HERE / self.name).rglob("*") if file.is_file() and file.stem in self.examples]


def _python() -> None:
    installed("transactions", HERE / "python" / "requirements.txt")


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
            lambda name: [
                str(TARGET / "venvs" / "transactions" / "bin" / "python"),
                str(HERE / "python" / f"{name}.py"),
            ],
            _python,
            {"PYTHONPATH": str(BINDINGS / "python" / "python")},
        ),
    ]
}
