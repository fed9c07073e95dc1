"""The manifests hold together, and hold to what the service and its image are."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.main import client_of, create_app
from app.settings import VARIABLES, load
from tests.deploy.recipe import DEPLOY, ROOT, documents
from tests.support.service import settings_for

FOLDER: Final = DEPLOY / "kubernetes"
RECIPE: Final = documents(FOLDER / "kustomization.yaml")[0]
OBJECTS: Final = [it for name in RECIPE["resources"] for it in documents(FOLDER / name)]
FROM_INSIDE: Final = {"/metrics", "/readyz"}
UNLISTED: Final = {
    "/openapi.json",
    "/private/token/name.ics",
    "/static/hash/base.css",
    "/webhooks/amilia/secret",
}
"""What answers without standing in the OpenAPI document."""


def the(kind: str, name: str = "amilia-feeds") -> dict[str, Any]:
    (found,) = (it for it in OBJECTS if (it["kind"], it["metadata"]["name"]) == (kind, name))
    return found


POD: Final[dict[str, Any]] = the("Deployment")["spec"]["template"]
SERVICE: Final[dict[str, Any]] = POD["spec"]["containers"][0]
WORKLOADS: Final = [the("Deployment"), the("StatefulSet", "amilia-feeds-redis")]


def test_every_file_is_applied() -> None:
    assert {path.name for path in FOLDER.glob("*.yaml")} == {*RECIPE["resources"], "kustomization.yaml"}


def test_the_settings_are_good(tmp_path: Path) -> None:
    mounted = {it["name"]: it["mountPath"] for it in SERVICE["volumeMounts"]}
    text = the("ConfigMap")["data"]["feeds.toml"]
    secrets = [table["password_file"] for table in tomllib.loads(text)["orgs"].values()]
    assert {str(Path(path).parent) for path in secrets} == {mounted["secrets"]}
    (tmp_path / "feeds.toml").write_text(text.replace(mounted["secrets"], str(tmp_path)), encoding="utf-8")
    for path in secrets:
        (tmp_path / Path(path).name).write_text("secret", encoding="utf-8")

    settings = load({}, tmp_path)

    assert settings is not None
    assert settings.store == "redis://amilia-feeds-redis:6379/0"
    assert {"name": "FEEDS_CONFIG", "value": f"{mounted['settings']}/feeds.toml"} in SERVICE["env"]


def test_its_arguments_and_variables_are_ours() -> None:
    told = CliRunner().invoke(cli, [*SERVICE["args"], "--help"])

    assert (SERVICE["args"][0], told.exit_code) == ("serve", 0)
    assert {it["name"] for it in SERVICE["env"]} <= set(VARIABLES)


def test_labels_ports_and_names_lead_to_each_other() -> None:
    labels = POD["metadata"]["labels"]
    (path,) = {str(it["backend"]) for it in the("Ingress")["spec"]["rules"][0]["http"]["paths"]}
    selectors = [
        the("Deployment")["spec"]["selector"]["matchLabels"],
        the("Service")["spec"]["selector"],
        the("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        the("NetworkPolicy", "amilia-feeds-redis")["spec"]["ingress"][0]["from"][0]["podSelector"][
            "matchLabels"
        ],
    ]

    assert [selector for selector in selectors if not selector.items() <= labels.items()] == []
    assert path == str({"service": {"name": "amilia-feeds", "port": {"name": "http"}}})
    assert the("Service")["spec"]["ports"][0]["targetPort"] == SERVICE["ports"][0]["name"] == "http"
    assert str(SERVICE["ports"][0]["containerPort"]) == SERVICE["args"][-1]


def test_a_pod_may_go_while_another_stays() -> None:
    assert the("Deployment")["spec"]["replicas"] > the("PodDisruptionBudget")["spec"]["minAvailable"] > 0
    assert POD["spec"]["terminationGracePeriodSeconds"] > 15


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda it: str(it["kind"]))
def test_pods_are_restricted(workload: dict[str, Any]) -> None:
    spec = workload["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    secured = container["securityContext"]

    assert (spec["securityContext"]["runAsNonRoot"], spec["automountServiceAccountToken"]) == (True, False)
    assert (secured["allowPrivilegeEscalation"], secured["readOnlyRootFilesystem"]) == (False, True)
    assert secured["capabilities"] == {"drop": ["ALL"]}
    assert {it["name"] for it in container["volumeMounts"]} == {
        it["name"] if "name" in it else it["metadata"]["name"]
        for it in [*spec.get("volumes", []), *workload["spec"].get("volumeClaimTemplates", [])]
    }


def test_the_user_is_that_of_the_image() -> None:
    assert f"USER {POD['spec']['securityContext']['runAsUser']}\n" in (ROOT / "Dockerfile").read_text()


def test_every_public_route_has_a_way_in_and_no_other(tmp_path: Path) -> None:
    paths = the("Ingress")["spec"]["rules"][0]["http"]["paths"]
    exact = {it["path"] for it in paths if it["pathType"] == "Exact"}
    prefixes = tuple(f"{it['path']}/" for it in paths if it["pathType"] == "Prefix")
    routes = {*create_app(settings_for(tmp_path)).openapi()["paths"], *UNLISTED}

    closed = {path for path in routes if path not in exact and not path.startswith(prefixes)}

    assert closed == FROM_INSIDE


def test_no_secret_is_in_the_manifests() -> None:
    assert [it for it in OBJECTS if it["kind"] == "Secret"] == []


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
async def test_probes_ask_what_answers_without_amilia(tmp_path: Path, probe: str) -> None:
    path = SERVICE[probe]["httpGet"]["path"]
    async with client_of(create_app(settings_for(tmp_path))) as client:
        status = (await client.get(path)).status_code

    assert (path, status) == ("/healthz", 200)
