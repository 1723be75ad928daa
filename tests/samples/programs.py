"""How a program of each language is run with the package of the tree, as `make python node ruby go php kotlin-driver`
leaves it.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from served import BINARY, ROOT, clean_environment

BINDINGS = ROOT / "bindings"
PYTHON = ROOT / ".venv" / "bin" / "python"
# What `make kotlin-driver` leaves, and where Maven keeps what it has fetched.
KOTLIN_DRIVER = ROOT / "target" / "conformance" / "kotlin"
MAVEN = BINDINGS / "kotlin" / "target" / "m2"
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


def classes(*more: str) -> str:
    """A class path: the module's own, as the conformance driver has it, and `more`."""
    return os.pathsep.join([*more, (KOTLIN_DRIVER / "classpath").read_text().strip()])


def kotlin(folder: Path, *more: str) -> None:
    """Compiles all programs at once, with the compiler that Maven has fetched for the module, and `more` classes."""
    jars = MAVEN / "org" / "jetbrains"
    [version] = re.findall("<kotlin.version>(.*)</kotlin.version>", (BINDINGS / "kotlin" / "pom.xml").read_text())
    compiler = [str(jar) for jar in sorted(jars.glob(f"kotlin/*/{version}/*.jar"))]
    for name in ("annotations", "kotlinx/kotlinx-coroutines-core-jvm"):
        compiler.append(str(max(jars.glob(f"{name}/*/*.jar"))))
    main = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"
    command = ["java", "-cp", os.pathsep.join(compiler), main, "-no-stdlib", "-no-reflect", "-jvm-target", "17"]
    command += ["-Werror", "-cp", classes(*more), "-d", "bin", *(file.name for file in folder.glob("*.kt"))]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    assert built.returncode == 0, built.stderr


def jvm(file: str) -> list[str]:
    """Runs a file's class, or a program in Java as it stands."""
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classes("bin")]
    command.append(f"-Djna.library.path={KOTLIN_DRIVER / 'native' / 'linux-x86-64'}")
    return [*command, file if file.endswith(".java") else f"{Path(file).stem.capitalize()}Kt"]


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
    "kotlin": Language("kotlin", jvm, kotlin),
}
