"""A Prometheus of the tests' own."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from chart import ALERTS, LIMIT, TARGET, Object

PROMETHEUS = TARGET / "prometheus" / "usr" / "bin" / "prometheus"


class Prometheus:
    def __init__(self, url: str) -> None:
        self.url = url

    def _asked(self, path: str, **query: str) -> Any:
        asked = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(asked, timeout=LIMIT) as answer:
            return json.load(answer)["data"]

    def series(self, expression: str) -> list[Any]:
        """What an expression is now."""
        found: list[Any] = self._asked("query", query=expression)["result"]
        return found

    def health(self) -> dict[str, str]:
        """How each alert is evaluated."""
        groups = self._asked("rules", type="alert")["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}

    def targets(self) -> list[str]:
        """What is wrong with each target; nothing where it is scraped."""
        return [target["lastError"] or target["health"] for target in self._asked("targets")["activeTargets"]]


@contextlib.contextmanager
def scraping(folder: Path, monitor: Object, key: str, targets: list[str]) -> Iterator[Prometheus]:
    """Scrapes `targets` once a second as a ServiceMonitor says, with the API key that its Secret would have."""
    endpoint = monitor["spec"]["endpoints"][0]
    scrape = {
        "job_name": "hookbridge",
        "metrics_path": endpoint["path"],
        "scheme": endpoint["scheme"],
        "authorization": {"type": endpoint["authorization"]["type"], "credentials": key},
        "static_configs": [{"targets": targets}],
    }
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [scrape],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    command = [str(PROMETHEUS), f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/series"]
    log = folder / "prometheus.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen([*command, "--web.listen-address=127.0.0.1:0"], stderr=stderr)
    try:
        end = time.monotonic() + LIMIT
        while "Server is ready" not in log.read_text():
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        listens = re.search(r'msg="Listening on" address=(\S+)', log.read_text())
        assert listens, log.read_text()
        yield Prometheus(f"http://{listens.group(1)}")
    finally:
        process.kill()
        process.wait()
