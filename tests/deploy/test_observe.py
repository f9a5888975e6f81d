"""Alert rules and dashboard: well formed, they name only metrics and labels that there are, each alert is explained."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine

from axf.core import clock, metrics
from axf.extensions import db
from axf.observe import scraped

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "observe" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "observe" / "dashboard.json"
NAME = re.compile(r"\baxf_[a-z_]+")
ALERTS = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def known(tmp_path_factory) -> dict[str, set[str]]:
    """Every metric that the shop can tell, with its labels."""
    folder = tmp_path_factory.mktemp("known")
    engine = create_engine("sqlite://")
    db.metadata.create_all(engine)
    scraped.write_invariants(folder, {"stock": 0})
    config = {name: str(folder) for name in ("INSTANCE_DIR", "MEDIA_DIR", "RUN_DIR")}
    with engine.connect() as connection:
        looked_up = [*scraped.of_database(connection, clock.now()), *scraped.of_host(config)]
    engine.dispose()
    looked_up += [*scraped.of_invariants(folder), scraped.gauge("axf_database_up", "", 1)]
    found = {family.name: {label for sample in family.samples for label in sample.labels} for family in looked_up}
    for value in vars(metrics).values():
        if hasattr(value, "_labelnames"):
            for suffix in {"counter": ["_total"], "gauge": [""]}.get(value._type, ["_bucket", "_sum", "_count"]):
                found[value._name + suffix] = {*value._labelnames, *(["le"] if suffix == "_bucket" else [])}
    assert "axf_requests_total" in found
    return found


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [rule["expr"] for rule in ALERTS] + [target["expr"] for panel in panels for target in panel["targets"]]


def test_only_metrics_that_there_are_are_asked_for(known):
    asked = {name for text in expressions() for name in NAME.findall(text)}
    assert asked <= set(known)
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in known}
    assert families == {re.sub("_(bucket|sum|count)$", "", name) for name in asked}


def test_only_labels_that_there_are_are_asked_for(known):
    for text in expressions():
        for name, matchers in re.findall(r"(axf_[a-z_]+)\{([^}]*)\}", text):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)) - {"instance", "job"}
            assert labels <= known[name], text


def test_every_alert_says_how_bad_it_is_and_is_explained():
    page = (ROOT / "docs" / "operations.md").read_text()
    explained = re.findall(r"^### (\w+)$", page, re.MULTILINE)
    assert explained == [rule["alert"] for rule in ALERTS]
    assert {rule["labels"]["severity"] for rule in ALERTS} == {"page", "ticket"}
    assert all(rule["annotations"]["summary"] for rule in ALERTS)


def test_every_metric_is_described(known):
    page = (ROOT / "docs" / "operations.md").read_text()
    described = set(re.findall(r"^\| `(axf_[a-z_]+)` \|", page, re.MULTILINE))
    assert described == {re.sub("_(bucket|sum|count)$", "", name) for name in known}


def test_the_dashboard_can_be_loaded():
    board = json.loads(DASHBOARD.read_text())
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${source}"}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_takes_the_rules():
    done = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
