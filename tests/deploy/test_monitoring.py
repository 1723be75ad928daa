"""The dashboard and the alerts: what Grafana, Prometheus and its operator take."""

from __future__ import annotations

import json
import re
import subprocess

import yaml
from chart import ALERTS, DASHBOARD, HERE, LIMIT, TARGET, one, rendered
from queries import MATCHER, SELECTOR, dashboard, panels, rules
from served import BINARY

PROMTOOL = TARGET / "prometheus" / "usr" / "bin" / "promtool"


def typed(**documents: object) -> list[str]:
    """What is wrong with documents, by the types of those who read them."""
    given = json.dumps({"dashboards": [], "resources": [], **documents})
    said = subprocess.run(["node", "typed.mjs"], cwd=HERE, input=given, capture_output=True, text=True, timeout=LIMIT)
    assert said.returncode == 0, said.stderr
    return said.stdout.splitlines()


def promtool(*arguments: str) -> None:
    said = subprocess.run([str(PROMTOOL), *arguments], cwd=HERE, capture_output=True, text=True, timeout=LIMIT)
    assert said.returncode == 0, said.stdout + said.stderr


def test_grafana_and_the_operator_take_what_we_have() -> None:
    resources = [one(rendered("everything"), kind) for kind in ("ServiceMonitor", "PrometheusRule")]
    assert typed(dashboards=[dashboard()], resources=resources) == []


def test_their_types_catch_what_is_misspelt() -> None:
    wrong, monitor = dashboard(), json.loads(json.dumps(one(rendered("everything"), "ServiceMonitor")))
    graph = next(panel for panel in wrong["panels"] if panel["type"] == "timeseries")
    graph["options"]["legend"]["placement"] = "botom"
    graph["gridPos"]["w"] = "8"
    monitor["spec"]["endpoints"][0]["interval"] = "15x"
    monitor["spec"]["endpoints"][0]["pathh"] = "/metrics"
    said = typed(dashboards=[wrong], resources=[monitor])
    for misspelt in ("botom", "number", "interval", "pathh"):
        assert any(misspelt in line for line in said), (misspelt, said)


def test_the_chart_carries_both_as_they_are() -> None:
    objects = rendered("everything")
    (kept,) = [found for found in objects if found["metadata"]["name"].endswith("-dashboard")]
    assert json.loads(kept["data"]["hookbridge.json"]) == dashboard()
    assert one(objects, "PrometheusRule")["spec"] == yaml.safe_load(ALERTS.read_text())


def test_a_panel_says_what_it_shows_in_which_unit_and_lies_on_no_other() -> None:
    taken: dict[tuple[int, int], str] = {}
    ids = [panel["id"] for panel in dashboard()["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24, panel["title"]
        for place in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            assert place not in taken, (panel["title"], taken.get(place))
            taken[place] = panel["title"]
    for panel in panels():
        assert panel["title"] and len(panel["description"]) > 20, panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["targets"], panel["title"]


def test_a_query_can_be_narrowed_and_takes_counters_as_rates() -> None:
    variables = {variable["name"] for variable in dashboard()["templating"]["list"]}
    assert variables == {"datasource", "job", "instance"}
    for panel in panels():
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${datasource}", panel["title"]
            for found in SELECTOR.finditer(target["expr"]):
                matched = {name: value for name, _, value in MATCHER.findall(found.group(2) or "")}
                assert (matched.get("job"), matched.get("instance")) == ("$job", "$instance"), found.group(0)
                if re.search(r"_(total|bucket|sum|count)$", found.group(1)):
                    around = f"rate({found.group(0)}[$__rate_interval])"
                    assert around in target["expr"], target["expr"]


def test_prometheus_takes_the_alerts_and_they_tell_what_they_should() -> None:
    promtool("check", "rules", "--lint-fatal", str(ALERTS))
    promtool("test", "rules", "alerts_test.yaml")
    played = yaml.safe_load((HERE / "alerts_test.yaml").read_text())["tests"]
    fired = {case["alertname"] for test in played for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in rules()}, "each alert is seen to fire"
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_command_that_is_named_is_one() -> None:
    told = [panel["description"] for panel in panels()]
    told += [text for rule in rules() for text in rule["annotations"].values()]
    named = {found for text in told for found in re.findall(r"`hookbridge ((?:[a-z]+ ?)+)", text)}
    assert len(named) > 3
    for command in named:
        said = subprocess.run([str(BINARY), *command.split(), "--help"], capture_output=True, text=True, timeout=LIMIT)
        assert said.returncode == 0, (command, said.stderr)


def test_the_dashboard_is_written_as_json_writes_it() -> None:
    # No key twice: the last would win, in silence.
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({name for name, _ in pairs}) == len(pairs), pairs
        return dict(pairs)

    json.loads(DASHBOARD.read_text(), object_pairs_hook=once)
