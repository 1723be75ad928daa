"""The packed jar holds what it must, and is enough for a clean project.

Run after `mvn package`. The jar is published to a repository in a temporary folder, and a copy of the example beside
it, which sees no sources, is built and run with that repository. argv: the folder in which Maven keeps what it fetches.
"""

import filecmp
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

MODULE = Path(__file__).resolve().parents[1]
NATIVE = "linux-x86-64/libhookbridge_uniffi.so"
NEEDED = {
    "net.java.dev.jna:jna",
    "org.jetbrains.kotlin:kotlin-stdlib",
    "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm",
}
SPACE = {"": "http://maven.apache.org/POM/4.0.0"}
SETTINGS = """<settings>
  <profiles><profile><id>published</id><repositories>
    <repository><id>published</id><url>file://{url}</url></repository>
  </repositories></profile></profiles>
  <activeProfiles><activeProfile>published</activeProfile></activeProfiles>
</settings>
"""


def maven(folder: Path, *arguments: str) -> str:
    command = ["mvn", "-q", "-B", *arguments]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} in {folder} ended with {run.returncode}:\n{run.stdout}")
    return run.stdout


def check_jar(jar: Path) -> None:
    with zipfile.ZipFile(jar) as packed:
        names = set(packed.namelist())
        for name in ("com/hookbridge/HookBridge.class", "com/hookbridge/RawJson.class", NATIVE):
            assert name in names, f"{name} is not in {jar}"
        seen = [name for name in names if name.startswith("com/hookbridge/") and "/internal/" not in name]
        foreign = [name for name in seen if "niffi" in name or "Ffi" in name]
        assert not foreign, f"{foreign} are uniffi's, and users see them"
        assert packed.read(NATIVE) == (MODULE / "target/native" / NATIVE).read_bytes(), "another library was packed"
        tests = [name for name in names if re.search(r"(Tests?|Driver)(Kt)?(\$.*)?\.class$", name)]
        assert not tests, f"{tests} belong to the tests"
        described = ElementTree.fromstring(packed.read("META-INF/maven/com.hookbridge/hookbridge/pom.xml"))
    declared = {
        f"{one.findtext('groupId', namespaces=SPACE)}:{one.findtext('artifactId', namespaces=SPACE)}"
        for one in described.iterfind("./dependencies/dependency", SPACE)
        if one.findtext("scope", "compile", SPACE) == "compile"
    }
    assert declared == NEEDED, f"the jar declares {sorted(declared)}"


def check_readme() -> None:
    """The project depends on what the README tells to depend on."""
    shown = re.search(r"^```xml\n(.*?)^```$", (MODULE / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert shown, "the README shows no dependency"
    described = (MODULE / "examples/orders/pom.xml").read_text()
    assert "".join(shown[1].split()) in "".join(described.split()), f"the example does not have {shown[1]}"


def main(cache: Path) -> None:
    check_readme()
    version = ElementTree.parse(MODULE / "pom.xml").findtext("./version", namespaces=SPACE)
    jar = MODULE / f"target/hookbridge-{version}.jar"
    check_jar(jar)
    with tempfile.TemporaryDirectory(prefix="hookbridge-packed-") as name:
        work = Path(name)
        published, project = work / "published", work / "orders"
        published.mkdir()
        maven(
            work,
            f"-Dmaven.repo.local={cache}",
            "deploy:deploy-file",
            f"-Dfile={jar}",
            f"-DpomFile={MODULE / 'pom.xml'}",
            f"-Durl=file://{published}",
            "-DrepositoryId=published",
        )
        # What was installed or fetched before must not stand in for what was published now.
        shutil.rmtree(cache / "com/hookbridge", ignore_errors=True)
        shutil.copytree(MODULE / "examples/orders", project, ignore=shutil.ignore_patterns("target"))
        (work / "settings.xml").write_text(SETTINGS.format(url=published), encoding="utf-8")
        printed = maven(
            project, "-gs", str(work / "settings.xml"), f"-Dmaven.repo.local={cache}", "compile", "exec:java"
        )
        print(printed, end="")
        used = list((cache / "com/hookbridge/hookbridge").rglob("*.jar"))
        assert len(used) == 1 and filecmp.cmp(used[0], jar, shallow=False), f"{used} is not the jar that was packed"
        lines = printed.splitlines()
        assert sum("accepted " in line for line in lines) == 3, "not three were accepted"
        assert any("3 recorded, 3 on the first page" in line for line in lines), (
            "the example did not see three in the logs"
        )
        assert any("3 delivered, signatures verified" in line for line in lines), (
            "the example did not say that all were delivered"
        )


main(Path(sys.argv[1]).resolve())
