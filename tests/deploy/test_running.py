"""What the chart says is run as it says it, on a real database: the migration by the owner, and two sidecars. A
Prometheus scrapes them as the ServiceMonitor says, and what the dashboard and the alerts ask for is all there."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chart import DEPLOY, HERE, LIMIT, Object, one, ours, render, template
from postgres import Postgres
from queries import MATCHER, SELECTOR, filled_in, panels, rules, selectors
from scraper import Prometheus, scraping
from served import BINARY, KEY, ROOT, address_in, clean_environment

sys.path.insert(0, str(HERE.parent / "sdks"))

from receiver import Receiver

VALUES = {
    # Receivers of the tests are on this machine; what fails is given up at the second try.
    "settings": {"allow_local_endpoints": True, "verify_dns": False, "retry_schedule": [0.2], "max_attempts": 2},
    "serviceMonitor": {"enabled": True, "apiKey": {"secretName": "hookbridge-metrics"}},
}


def eventually(what: str, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def answered(url: str, body: object = None) -> tuple[int, Any]:
    """The status, and what was said, of a request with the key."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, headers=headers, data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def environment(container: Object, secrets: dict[tuple[str, str], str], mounts: dict[str, Path]) -> dict[str, str]:
    """What Kubernetes would give the process, but for where it listens and where its files lie."""
    given = {}
    for entry in container["env"]:
        source = entry.get("valueFrom", {}).get("secretKeyRef")
        value = secrets[source["name"], source["key"]] if source else entry["value"]
        for mount, folder in mounts.items():
            if value.startswith(f"{mount}/"):
                value = str(folder / value.removeprefix(f"{mount}/"))
        given[entry["name"]] = value
    if "HOOKBRIDGE_LISTEN" in given:
        assert given["HOOKBRIDGE_LISTEN"].endswith(f":{container['ports'][0]['containerPort']}")
        given["HOOKBRIDGE_LISTEN"] = "127.0.0.1:0"
    return clean_environment(**given)


@dataclass
class Pod:
    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def probe(self, name: str, container: Object) -> int:
        asked = container[name]["httpGet"]
        assert asked["port"] == container["ports"][0]["name"]
        return answered(f"{asked['scheme'].lower()}://{self.address}{asked['path']}")[0]


@contextlib.contextmanager
def running(folder: Path, container: Object, secrets: dict[tuple[str, str], str]) -> Iterator[Pod]:
    """A process of a container, in a folder of its own."""
    work, keys, log = folder / "work", folder / "api-key", folder / "log"
    work.mkdir(parents=True)
    keys.mkdir()
    (keys / "key").write_text(KEY)
    mounts = {container["workingDir"]: work, "/secrets/api-key": keys}
    with log.open("wb") as stderr:
        command = [str(BINARY), *container["args"]]
        given = environment(container, secrets, mounts)
        process = subprocess.Popen(command, cwd=work, env=given, stdin=subprocess.DEVNULL, stderr=stderr)
    try:
        eventually("it listens", lambda: address_in(log) is not None or process.poll() is not None)
        address = address_in(log)
        assert address, log.read_text()
        yield Pod(address, process, log)
    finally:
        process.kill()
        process.wait()


def shown(page: Path) -> str:
    """The statements that a page shows to whoever looks after the database."""
    (statements,) = re.findall(r"<!-- executed by tests/deploy -->\n```sql\n(.*?)```", page.read_text(), re.DOTALL)
    return statements.replace("DATABASE app", "DATABASE postgres")


@dataclass
class Cluster:
    database: Postgres
    pods: list[Pod]
    deployment: Object
    prometheus: Prometheus
    # What was answered while the database was away.
    without_database: dict[str, int]


def fill(pod: Pod, receiver: Receiver) -> None:
    """Some of everything that is counted: what arrives, what is given up, events, and requests."""
    receiver.answers["/bad"] = 500
    for path, types in (("/good", ["order.*"]), ("/bad", ["order.cancelled"])):
        endpoint = {"url": receiver.url(path), "event_types": types}
        assert answered(f"http://{pod.address}/v1/endpoints", endpoint)[0] == 201
    for number, kind in enumerate(["order.created", "order.cancelled"]):
        event = {"type": kind, "payload": {"number": number}}
        status, said = answered(f"http://{pod.address}/v1/events", event)
        assert status == 202, said

    def dead() -> bool:
        return len(answered(f"http://{pod.address}/v1/dlq/messages")[1]["data"]["messages"]) == 1

    eventually("the receiver that fails gets nothing more", dead)


def outage(database: Postgres, pod: Pod, container: Object) -> dict[str, int]:
    """What is answered while the database is away. The refused call is counted too."""
    database.stop()
    try:
        eventually("it is not ready", lambda: pod.probe("readinessProbe", container) == 503)
        said = {probe: pod.probe(probe, container) for probe in ("livenessProbe", "readinessProbe")}
        return {**said, "a call": answered(f"http://{pod.address}/v1/endpoints")[0]}
    finally:
        database.start()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    objects = render(VALUES)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        (folder / "database").mkdir()
        database = Postgres(folder / "database")
        database.start()
        stack.callback(database.stop)
        database.sql(shown(DEPLOY / "README.md"))
        secrets = {
            ("hookbridge-owner", "address"): database.address("owner"),
            ("hookbridge-database", "address"): database.address("sidecar"),
        }
        (migration,) = ours(one(objects, "Job"))
        command = [str(BINARY), *migration["args"]]
        given = environment(migration, secrets, {})
        for _ in range(2):  # each upgrade runs it again
            done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=LIMIT)
            assert done.returncode == 0, done.stderr
        deployment = one(objects, "Deployment")
        (container,) = ours(deployment)
        pods = [stack.enter_context(running(folder / str(number), container, secrets)) for number in range(2)]
        receiver = Receiver()
        monitor = one(objects, "ServiceMonitor")
        (folder / "prometheus").mkdir()
        scraped = scraping(folder / "prometheus", monitor, KEY, [pod.address for pod in pods])
        prometheus = stack.enter_context(scraped)
        fill(pods[0], receiver)
        yield Cluster(database, pods, deployment, prometheus, outage(database, pods[0], container))


def test_every_probe_is_answered(cluster: Cluster) -> None:
    (container,) = ours(cluster.deployment)
    for pod in cluster.pods:
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            eventually(probe, lambda pod=pod, probe=probe: pod.probe(probe, container) == 200)


def test_without_a_database_nobody_is_restarted_and_nobody_is_asked(cluster: Cluster) -> None:
    assert cluster.without_database == {"livenessProbe": 200, "readinessProbe": 503, "a call": 503}
    (container,) = ours(cluster.deployment)
    for pod in cluster.pods:
        eventually("it is ready again", lambda pod=pod: pod.probe("readinessProbe", container) == 200)


def test_whatever_is_asked_for_is_printed_with_its_labels(cluster: Cluster) -> None:
    asked = cluster.prometheus
    eventually(f"both are scraped: {asked.targets()}", lambda: asked.targets() == ["up", "up"])
    names: set[str] = set()
    for selector in selectors():
        found = SELECTOR.fullmatch(selector)
        assert found
        names.add(found.group(1))
        there = {name for name, _, _ in MATCHER.findall(found.group(2) or "")}
        labels = ", ".join(f'{name}!=""' for name in sorted(there))
        printed = f"{found.group(1)}{{{labels}}}"
        eventually(f"{printed} is printed", lambda printed=printed: bool(asked.series(printed)))
        if "!=" not in selector:
            eventually(f"{selector} is printed", lambda selector=selector: bool(asked.series(selector)))
    assert len(names) > 12, names


def test_every_panel_shows_something(cluster: Cluster) -> None:
    for panel in panels():
        for target in panel["targets"]:
            expression = filled_in(target["expr"], "1m")
            eventually(
                f"{panel['title']} shows something: {expression}",
                lambda expression=expression: bool(cluster.prometheus.series(expression)),
            )


def test_what_an_operator_asks_the_database_is_answered(cluster: Cluster) -> None:
    cluster.database.sql(shown(ROOT / "docs" / "scaling.md"))


def test_every_alert_is_evaluated(cluster: Cluster) -> None:
    wanted = {rule["alert"]: "ok" for rule in rules()}
    eventually("each alert is evaluated", lambda: cluster.prometheus.health() == wanted)


def test_a_pod_ends_in_time_and_the_other_goes_on(cluster: Cluster) -> None:
    (container,) = ours(cluster.deployment)
    pod, other = cluster.pods
    asleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    pod.process.terminate()
    ended = pod.process.wait(template(cluster.deployment)["terminationGracePeriodSeconds"] - asleep)
    assert ended == 0, pod.log.read_text()
    eventually("the other delivers", lambda: other.probe("readinessProbe", container) == 200)
