"""The packed wheel, installed in an environment that has nothing else, runs the first example."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from conftest import Receiver

PACKAGE = Path(__file__).parents[1]


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    output = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=900
    )
    assert output.returncode == 0, output.stdout + output.stderr
    return output.stdout


def test_the_wheel_runs_the_first_example_in_a_clean_environment(receiver: Receiver, tmp_path: Path) -> None:
    maturin = Path(sys.executable).with_name("maturin")
    profile = os.environ.get("HOOKBRIDGE_CARGO_PROFILE", "release")
    run(maturin, "build", "--profile", profile, "--quiet", "--out", tmp_path, cwd=PACKAGE)
    [wheel] = tmp_path.glob("*.whl")
    assert "abi3" in wheel.name, "one wheel for every Python from 3.9 on"
    with zipfile.ZipFile(wheel) as files:
        [metadata] = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        said = files.read(metadata).decode()
        licenses = {Path(name).name for name in files.namelist() if "/licenses/" in name}
    assert licenses == {"LICENSE-APACHE", "LICENSE-MIT"}
    for line in (
        "License-Expression: Apache-2.0 OR MIT",
        "Author: The HookBridge developers",
        "Project-URL: Homepage, ",
    ):
        assert f"\n{line}" in said, said
    clean = tmp_path / "clean"
    venv.create(clean, with_pip=True)
    python = clean / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel, cwd=tmp_path)
    listed = run(
        python, "-c", "import hookbridge, os; print(*sorted(os.listdir(hookbridge.__path__[0])))", cwd=tmp_path
    )
    assert {"py.typed", "_hookbridge.pyi"} <= set(listed.split())
    sample = (PACKAGE / "examples" / "first.py").read_text()
    (tmp_path / "first.py").write_text(sample.replace("https://example.com/hooks", receiver.url))
    said = run(python, "first.py", cwd=tmp_path, env={"HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS": "1"})
    [delivery] = receiver.deliveries
    assert said.split()[2:] == [delivery.message_id]
    assert delivery.headers["x-source"] == "billing-service"
