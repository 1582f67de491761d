"""What is deployed beyond one machine: the files have the form that Compose and Kubernetes ask for, and say what firstpass reads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from assistant.cli import cli
from index.ray_run import check_address

ROOT = Path(__file__).resolve().parents[1]
COMPOSE, KUBERNETES = ROOT / "deploy" / "compose.yaml", ROOT / "deploy" / "kubernetes.yaml"
RELEASES = ("1.31", "1.33")
"""Kubernetes releases that the file is held against."""
SECRET = re.compile(r"(?i)password|secret|token|key")
BOTS = 3


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the Compose file."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    """The objects of the Kubernetes file."""
    return list(yaml.safe_load_all(KUBERNETES.read_text("utf-8")))


def pods(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The name, the labels and the pod of each object that starts any."""
    for one in objects:
        spec = one["spec"]
        if one["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            yield one["metadata"]["name"], spec["template"]["metadata"], spec["template"]["spec"]


def named(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """The objects of a kind by their names."""
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def test_the_compose_file_has_its_form() -> None:
    """The file is what the Compose specification's own schema asks for."""
    pytest.importorskip("check_jsonschema", reason="needs firstpass[dev]")
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(COMPOSE),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("release", RELEASES)
def test_the_kubernetes_file_has_its_form(objects: list[dict[str, Any]], release: str) -> None:
    """Each object is what the release's own schema asks for, with no key that it does not know."""
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="needs firstpass[dev]")
    for one in objects:
        kubernetes_validate.validate(one, release, strict=True)
    assert len({(one["kind"], one["metadata"]["name"]) for one in objects}) == len(objects)


def test_what_the_compose_file_names_is_there(services: dict[str, Any]) -> None:
    """Every volume, network, config and service that is named exists, and nothing but the balancer has a port outside."""
    whole = yaml.safe_load(COMPOSE.read_text("utf-8"))
    for name, one in services.items():
        volumes = [volume.split(":")[0] for volume in one.get("volumes", ())]
        assert {volume for volume in volumes if not volume.startswith("${")} <= set(whole["volumes"]), name
        assert set(one["networks"]) <= set(whole["networks"])
        assert set(one.get("depends_on", ())) <= set(services)
        assert ("ports" in one) == (name == "balancer")
        for needed, how in one["depends_on"].items() if isinstance(one.get("depends_on"), dict) else ():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[needed]
    assert services["bot"]["deploy"]["replicas"] == BOTS
    balancer = whole["configs"]["balancer"]["content"]
    slots = re.search(r"server-template bot (\d+) bot:3000", balancer)
    assert slots is not None
    assert int(slots.group(1)) >= BOTS


def test_what_the_kubernetes_file_names_is_there(objects: list[dict[str, Any]]) -> None:
    """Selectors find pods, ports have the names they are asked by, and volumes and claims exist."""
    labels = {name: meta["labels"] for name, meta, _ in pods(objects)}
    for service in named(objects, "Service").values():
        assert service["spec"]["selector"] in labels.values()
    for one in objects:
        if "template" in one["spec"]:
            assert one["spec"]["selector"]["matchLabels"] == one["spec"]["template"]["metadata"]["labels"]
    claims = set(named(objects, "PersistentVolumeClaim"))
    for name, _, pod in pods(objects):
        own = next(
            one
            for one in objects
            if one["metadata"]["name"] == name and "Service" != one["kind"] != "PodDisruptionBudget"
        )
        volumes = {volume["name"] for volume in pod.get("volumes", ())}
        volumes |= {one["metadata"]["name"] for one in own["spec"].get("volumeClaimTemplates", ())}
        wanted = {
            v["persistentVolumeClaim"]["claimName"]
            for v in pod.get("volumes", ())
            if "persistentVolumeClaim" in v
        }
        assert wanted <= claims
        for container in pod["containers"]:
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= volumes
            assert container["resources"]["requests"]
            ports = {port["name"] for port in container.get("ports", ())}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                for how in container.get(probe, {}).values():
                    if isinstance(how, dict) and "port" in how:
                        assert how["port"] in ports
    policy = named(objects, "NetworkPolicy")["inside"]["spec"]["podSelector"]["matchExpressions"][0]["values"]
    assert set(policy) == {meta["app"] for meta in labels.values()} - {"bot"}


def test_bots_are_probed_where_they_answer(objects: list[dict[str, Any]]) -> None:
    """Three bots, of which two always stay: alive by /healthz, asked by /readyz, measured at /metrics, all on the port they listen on."""
    bot = named(objects, "Deployment")["bot"]["spec"]
    meta, container = bot["template"]["metadata"], bot["template"]["spec"]["containers"][0]
    assert bot["replicas"] == BOTS
    assert named(objects, "PodDisruptionBudget")["bot"]["spec"]["minAvailable"] == BOTS - 1
    paths = {
        probe: container[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert paths == {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    port = container["ports"][0]["containerPort"]
    assert container["args"][-1] == f"0.0.0.0:{port}"
    assert meta["annotations"]["prometheus.io/port"] == str(port)
    routes = (ROOT / "assistant" / "slack" / "web.py").read_text("utf-8")
    for path in {*paths.values(), meta["annotations"]["prometheus.io/path"]}:
        assert f'("GET", "{path}")' in routes


def test_no_secret_is_filled_in(services: dict[str, Any], objects: list[dict[str, Any]]) -> None:
    """What signs in anywhere is named, and its value stands in neither file."""
    for one in services.values():
        for name, value in one.get("environment", {}).items():
            if SECRET.search(name) or name == "FIRSTPASS_DATABASE":
                assert re.search(r"\$\{[A-Z_]+:\?\}", value), name
    assert named(objects, "Secret") == {}
    for _, _, pod in pods(objects):
        for container in pod["containers"]:
            for variable in container.get("env", ()):
                if SECRET.search(variable["name"]) or variable["name"] == "FIRSTPASS_DATABASE":
                    assert "secretKeyRef" in variable["valueFrom"], variable["name"]
    stated = KUBERNETES.read_text("utf-8").split("apiVersion", 1)[0]
    refs = re.findall(r"secretKeyRef: \{name: ([\w-]+), key: ([\w-]+)\}", KUBERNETES.read_text("utf-8"))
    assert refs
    assert all(secret in stated and f"--from-literal={key}=" in stated for secret, key in refs)


def test_both_say_what_firstpass_reads(services: dict[str, Any], objects: list[dict[str, Any]]) -> None:
    """Every variable given to firstpass is one that it reads, every command one that it has, and both files run the same ones."""
    given = {name for one in services.values() if "build" in one for name in one.get("environment", {})}
    commands = [one["command"] for one in services.values() if "build" in one and "entrypoint" not in one]
    there: set[str] = set()
    run = []
    for _, _, pod in pods(objects):
        for container in pod["containers"]:
            if container["image"].startswith("firstpass:"):
                there |= {variable["name"] for variable in container.get("env", ())}
                run += [container["args"]] if "command" not in container else []
    assert given == there
    code = "".join(
        path.read_text("utf-8") for of in ("assistant", "index") for path in sorted((ROOT / of).rglob("*.py"))
    )
    assert all(f'"{name}"' in code for name in given if not name.startswith("RAY_"))
    assert sorted(commands) == sorted(run)
    for command in commands:
        known = CliRunner().invoke(cli, [command[0], "--help"]).output
        assert all(option in known for option in command if option.startswith("--"))


def test_the_cluster_is_one_that_index_takes(services: dict[str, Any]) -> None:
    """The address of Ray in the index command is one that it takes, of a service and a port that are there."""
    pytest.importorskip("ray", reason="needs firstpass[cluster]")
    address = services["index"]["command"][-1]
    check_address(address)
    host, port = address.removeprefix("ray://").split(":")
    assert f"--ray-client-server-port={port}" in services[host]["command"]
    assert services["index"]["environment"]["FIRSTPASS_STORES"] == "/stores"
    for name in ("ray-head", "ray-worker", "index"):
        assert "stores:/stores" in services[name]["volumes"]
