"""The chart and the pods: what Kubernetes takes, and what the command has."""

from __future__ import annotations

import json
import re

import kubernetes_validate
import pytest
import yaml
from chart import CHART, DEPLOY, VARIANTS, Object, everything, helm, one, ours, rendered, settings, template

# What the chart sets itself, and what has no place in it.
OF_THE_CHART = {
    *("config", "database", "listen", "insecure_listen", "tls_cert", "tls_key", "api_key", "api_key_file"),
    *("shutdown_timeout", "log_format", "console_listen", "sqlite_outbox"),
}
# What a stop takes after its requests and attempts (sidecar/src/serve.rs): the last outcomes, and the last spans.
AFTERWARDS = 0.5 + 5


def versions() -> list[str]:
    """The oldest Kubernetes that the chart is for, and the newest that there are schemas of."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    oldest = re.match(r">=(\d+\.\d+)", chart["kubeVersion"])
    assert oldest, chart["kubeVersion"]
    return [oldest.group(1), kubernetes_validate.latest_version()]


@pytest.mark.parametrize("variant", VARIANTS)
def test_helm_finds_nothing_wrong(variant: str) -> None:
    said = helm("lint", "--strict", values=VARIANTS[variant])
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"settings": {"max_in_fligth": 1}}, "max_in_fligth"),
        ({"settings": {"console": False}}, "console"),  # `console: off`, as YAML reads it
        ({"replicas": 2}, "replicas"),
        ({"replicaCount": 257}, "replicaCount"),  # of 256 shards
        ({"shutdownTimeoutSeconds": 0}, "shutdownTimeoutSeconds"),
    ],
)
def test_values_that_mean_nothing_are_refused_by_name(wrong: Object, named: str) -> None:
    said = helm("template", "shop", values=wrong)
    assert said.returncode != 0
    assert named in said.stderr


@pytest.mark.parametrize("version", versions())
def test_kubernetes_takes_every_object(version: str) -> None:
    seen = set()
    for where, found in everything():
        if found["apiVersion"].startswith("monitoring.coreos.com/") or (text := json.dumps(found)) in seen:
            continue  # the operator's are in test_monitoring.py
        seen.add(text)
        try:
            kubernetes_validate.validate(found, version, strict=True)
        except kubernetes_validate.ValidationError as wrong:
            pytest.fail(f"{where}, {found['kind']}: {'.'.join(map(str, wrong.path))}: {wrong.message}")


def test_the_schema_catches_what_is_misspelt() -> None:
    wrong = json.loads(json.dumps(one(rendered("as it is"), "Deployment")))
    template(wrong)["containers"][0]["livenessProbe"]["httpGet"]["paths"] = "/healthz"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, versions()[0], strict=True)


def test_every_flag_and_variable_is_one_of_the_command() -> None:
    looked_at = 0
    for where, found in everything():
        containers = (template(found) or {}).get("containers", [])
        for container in containers:
            command = container.get("args", ["serve"])[0] if container in ours(found) else "serve"
            flags, variables = settings(command)
            if container in ours(found):
                given = {text for text in container["args"] if text.startswith("--")}
                assert given <= flags, (where, given - flags)
            named = {entry["name"] for entry in container.get("env", []) if entry["name"].startswith("HOOKBRIDGE_")}
            assert named <= variables, (where, container["name"], named - variables)
            looked_at += len(named)
    assert looked_at > 20
    for file in ("Dockerfile", "systemd/hookbridge.service", "systemd/hookbridge.env"):
        named = set(re.findall(r"\bHOOKBRIDGE_[A-Z_]+", (DEPLOY / file).read_text()))
        assert named, file
        assert named <= settings("serve")[1], (file, named - settings("serve")[1])


def test_the_chart_knows_every_setting() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    known = set(schema["properties"]["settings"]["propertyNames"]["enum"])
    flags = {flag.removeprefix("--").replace("-", "_") for flag in settings("serve")[0]} - {"help"}
    assert known == flags - OF_THE_CHART


def test_settings_arrive_as_the_command_reads_them() -> None:
    (container,) = ours(one(rendered("everything"), "Deployment"))
    given = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert given["HOOKBRIDGE_MEMORY_BUDGET_BYTES"] == "2147483648"
    assert given["HOOKBRIDGE_REQUEST_TIMEOUT"] == "2.5"
    assert given["HOOKBRIDGE_RETRY_SCHEDULE"] == "[5,300]"
    assert given["HOOKBRIDGE_VERIFY_DNS"] == "false"
    assert given["HOOKBRIDGE_PUBLIC_URL"] == "https://hooks.example.com"


def test_no_container_of_ours_has_rights() -> None:
    looked_at = 0
    for where, found in everything():
        pod = template(found)
        for container in ours(found):
            looked_at += 1
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True, where
            assert security["allowPrivilegeEscalation"] is False, where
            assert security["capabilities"] == {"drop": ["ALL"]}, where
            assert pod["securityContext"]["runAsNonRoot"] is True, where
            assert pod["securityContext"]["runAsUser"] != 0, where
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, where
    assert looked_at >= len(VARIANTS) + 2


def test_secrets_come_from_secrets() -> None:
    for where, found in everything():
        for container in ours(found):
            for entry in container["env"]:
                if entry["name"] in ("HOOKBRIDGE_API_KEY", "PGPASSWORD") or (
                    entry["name"] == "HOOKBRIDGE_DATABASE" and not entry.get("value", "").startswith("/")
                ):
                    assert "secretKeyRef" in entry["valueFrom"], (where, entry["name"])


def test_kubernetes_waits_for_a_stop() -> None:
    looked_at = 0
    for where, found in everything():
        for container in ours(found):
            if container["args"][0] != "serve":
                continue
            looked_at += 1
            given = {entry["name"]: entry.get("value") for entry in container["env"]}
            patience = given.get("HOOKBRIDGE_SHUTDOWN_TIMEOUT")
            if patience is None:
                patience = container["args"][container["args"].index("--shutdown-timeout") + 1]
            asleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            assert template(found)["terminationGracePeriodSeconds"] >= asleep + float(patience) + AFTERWARDS, where
    assert looked_at == len(VARIANTS) + 2


@pytest.mark.parametrize("variant", ["as it is", "everything"])
def test_everything_that_chooses_pods_chooses_the_sidecars_alone(variant: str) -> None:
    objects = rendered(variant)
    labels = one(objects, "Deployment")["spec"]["template"]["metadata"]["labels"]
    of_the_migration = one(objects, "Job")["spec"]["template"]["metadata"]["labels"]
    service, budget = one(objects, "Service"), one(objects, "PodDisruptionBudget")
    (policy,) = [
        found for found in objects if found["kind"] == "NetworkPolicy" and not found["metadata"].get("annotations")
    ]
    chosen_by = [
        one(objects, "Deployment")["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        budget["spec"]["selector"]["matchLabels"],
        policy["spec"]["podSelector"]["matchLabels"],
    ]
    for selector in chosen_by:
        assert selector.items() <= labels.items()
        assert not selector.items() <= of_the_migration.items()
    if variant == "everything":
        monitor = one(objects, "ServiceMonitor")
        assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
        assert monitor["spec"]["endpoints"][0]["port"] in [port["name"] for port in service["spec"]["ports"]]


def test_the_tables_are_brought_up_to_date_before_the_sidecars() -> None:
    objects = rendered("as it is")
    hooks = [found for found in objects if "helm.sh/hook" in found["metadata"].get("annotations", {})]
    assert sorted(found["kind"] for found in hooks) == ["Job", "NetworkPolicy"]
    for found in hooks:
        assert found["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    owner = {entry["name"]: entry for entry in ours(one(objects, "Job"))[0]["env"]}
    sidecar = {entry["name"]: entry for entry in ours(one(objects, "Deployment"))[0]["env"]}
    assert owner["HOOKBRIDGE_DATABASE"] != sidecar["HOOKBRIDGE_DATABASE"]
    assert not [found for found in rendered("the least") if found["kind"] == "Job"]
