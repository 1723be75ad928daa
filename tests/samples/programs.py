"""How a program of each language is run with the package of the tree, as `make python node ruby go php` leaves it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from served import BINARY, ROOT, clean_environment

BINDINGS = ROOT / "bindings"
PYTHON = ROOT / ".venv" / "bin" / "python"
GO_MODULE = "github.com/hookbridge/hookbridge/bindings/go/v3"
# A program may take so many seconds; Go's are compiled first.
LIMIT = 300


def nothing(folder: Path) -> None:
    """Needs nothing beside the program."""


def node(folder: Path) -> None:
    scope = folder / "node_modules" / "@hookbridge"
    scope.mkdir(parents=True)
    (scope / "sdk").symlink_to(BINDINGS / "node")


def php(folder: Path) -> None:
    (folder / "vendor").mkdir()
    (folder / "vendor" / "autoload.php").write_text(f"<?php require '{BINDINGS / 'php' / 'autoload.php'}';\n")


def go(folder: Path) -> None:
    """Builds all programs at once."""
    text = f"module sample\n\ngo 1.26\n\nrequire {GO_MODULE} v3.0.0\n\nreplace {GO_MODULE} => {BINDINGS / 'go'}\n"
    (folder / "go.mod").write_text(text)
    (folder / "bin").mkdir()
    command = ["go", "build", "-mod=mod", "-o", "bin/", "./..."]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    assert built.returncode == 0, built.stderr


def c_variables(kind: str) -> dict[str, str]:
    """For a library in HOOKBRIDGE_PREFIX. What is linked statically must not need it when it runs."""
    lib = Path(os.environ.get("HOOKBRIDGE_PREFIX", "/usr/local")) / "lib"
    variables = {"PKG_CONFIG_PATH": str(lib / "pkgconfig")}
    return variables | ({"LD_LIBRARY_PATH": str(lib)} if kind == "shared" else {})


@dataclass(frozen=True)
class Language:
    """A language: how a file of it is run, and what its folder needs before."""

    name: str
    command: Callable[[str], list[str]]
    prepare: Callable[[Path], None] = nothing
    # Folders of commands, and other variables.
    paths: list[Path] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """What programs and commands run in."""
        places = [*self.paths, BINARY.parent, os.environ["PATH"]]
        return clean_environment(PATH=os.pathsep.join(map(str, places)), **self.variables, **more)


def c(kind: str) -> Language:
    """Programs are linked by the README's own lines (`readme.py`): shared, or static."""
    return Language("c", lambda file: [f"./{Path(file).stem}"], variables=c_variables(kind))


LANGUAGES = {
    "python": Language("python", lambda file: [str(PYTHON), file], paths=[PYTHON.parent]),
    "node": Language("node", lambda file: ["node", file], node),
    "ruby": Language("ruby", lambda file: ["ruby", file], variables={"RUBYLIB": str(BINDINGS / "ruby" / "lib")}),
    "go": Language("go", lambda file: [f"bin/{Path(file).parent.name}"], go),
    "php": Language("php", lambda file: ["php", file], php),
}
