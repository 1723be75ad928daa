"""What the dashboard and the alerts ask Prometheus."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from chart import ALERTS, DASHBOARD

# A metric of ours, with its matchers if it has some.
SELECTOR = re.compile(r"\b(hookbridge_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!=|!~|=)\s*"([^"]*)"')


def dashboard() -> dict[str, Any]:
    return json.loads(DASHBOARD.read_text())


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def filled_in(expression: str, window: str) -> str:
    """An expression of the dashboard as Grafana sends it, where all is chosen."""
    for name, value in (("$__rate_interval", window), ("$job", ".+"), ("$instance", ".+")):
        expression = expression.replace(name, value)
    assert "$" not in expression, expression
    return expression


def selectors() -> list[str]:
    """Everything that is looked for, once."""
    expressions = [filled_in(target["expr"], "1m") for panel in panels() for target in panel["targets"]]
    expressions += [rule["expr"] for rule in rules()]
    return sorted({found.group(0) for expression in expressions for found in SELECTOR.finditer(expression)})
