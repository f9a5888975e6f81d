"""Metrics: what is counted, what is looked up, and that processes count together."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import update

from axf.core import clock, metrics
from axf.core.db import Moved, retried
from axf.extensions import db
from axf.market import stock
from axf.market.stock import OutOfStock
from axf.notice import outbox
from axf.order.models import Order
from axf.user import accounts
from axf.user.accounts import WrongLogin
from axf.web import public

SAMPLE = re.compile(r"^(axf_\w+?)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


def told(client) -> dict[str, float]:
    """Return the samples by name and labels, as ``axf_orders{state="paid"}``."""
    answer = client.get("/metrics")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    found = SAMPLE.findall(answer.get_data(as_text=True))
    return {f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in found}


def test_requests_are_counted_by_template_and_status(client, fruit):
    before = told(client)
    for path in ("/axf/goods/475/", "/axf/goods/476/", "/axf/goods/999999/", "/axf/x/", "/axf/y/"):
        client.get(path)
    after = told(client)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    route = 'route="/axf/goods/<int:goods_id>/"'
    assert more(f'axf_requests_total{{{route},status="200"}}') == 2
    assert more(f'axf_requests_total{{{route},status="404"}}') == 1
    assert more('axf_requests_total{route="unmatched",status="404"}') == 2
    assert more(f"axf_request_seconds_count{{{route}}}") == 3
    assert more(f"axf_request_queries_sum{{{route}}}") > 3
    assert more(f"axf_query_seconds_total{{{route}}}") > 0
    assert after["axf_requests_running"] == 0
    assert not any(re.search(r"goods/\d|/axf/x|pid=", name) for name in after)


@pytest.mark.sqlite
def test_what_runs_now_is_counted_and_machines_are_not_timed(app, client):
    @app.get("/axf/now/")
    @public
    def now() -> str:
        return str(int(metrics.RUNNING._value.get()))

    assert [client.get("/axf/now/").text for _ in range(2)] == ["1", "1"]
    client.get("/healthz")
    found = told(client)
    assert found['axf_requests_total{route="/healthz",status="200"}'] >= 1
    assert found.get('axf_request_seconds_count{route="/healthz"}', 0) == 0


def test_what_goes_wrong_is_counted(client, fruit):
    before = told(client)
    with pytest.raises(OutOfStock):
        stock.take(db.session, {475: 11}, reason="order", reference="x", at=clock.now())
    db.session.rollback()
    with pytest.raises(WrongLogin):
        accounts.prove("nobody", "wrong")
    tries = []

    @retried
    def moves_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Moved

    moves_once()
    client.post("/axf/pay/mock/notify/", data="{}")
    after = told(client)
    for name in (
        "axf_oversell_prevented_total",
        'axf_events_total{event="login failed"}',
        'axf_retries_total{reason="moved"}',
        'axf_payment_notices_total{kind="payment",outcome="refused",provider="mock"}',
    ):
        assert after[name] - before.get(name, 0) == 1, name


def test_what_the_tables_say_is_looked_up(client, shopper, order_no):
    now = clock.now()
    outbox.tell(db.session, shopper, "delivered", "x", now - timedelta(minutes=7), order_no="x")
    db.session.execute(update(Order).values(expires_at=now - timedelta(minutes=6)))
    db.session.commit()
    found = told(client)
    assert (found["axf_database_up"], found['axf_orders{state="unpaid"}'], found["axf_orders_overdue"]) == (1, 1, 1)
    assert (found['axf_orders{state="paid"}'], found['axf_outbox_rows{state="waiting"}']) == (0, 2)
    assert 420 <= found["axf_outbox_late_seconds"] < 480
    assert (found['axf_reconcile_breaks{kind="unmatched"}'], found['axf_outbox_rows{state="dead"}']) == (0, 0)
    assert found['axf_disk_free_bytes{folder="media"}'] > 0


@pytest.mark.sqlite
def test_the_last_check_of_the_invariants_is_shown(app, client, tmp_path):
    app.config["INSTANCE_DIR"] = str(tmp_path)
    assert not any(name.startswith("axf_invariant") for name in told(client))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["check", "invariants", "--only", "stock"]).exit_code == 0
    assert not (tmp_path / "invariants.json").exists()
    assert runner.invoke(args=["check", "invariants"]).exit_code == 0
    found = told(client)
    assert found['axf_invariant_broken_rows{invariant="payable"}'] == 0
    assert abs(found["axf_invariants_checked_timestamp_seconds"] - clock.now().timestamp()) < 60
    (tmp_path / "invariants.json").write_text(json.dumps({"at": 1, "broken": {"payable": 3}}))
    assert told(client)['axf_invariant_broken_rows{invariant="payable"}'] == 3


@pytest.mark.sqlite
def test_strangers_are_told_nothing(client):
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.5"}).status_code == 404


def test_without_a_database_the_rest_is_told(nowhere):
    found = told(nowhere.test_client())
    assert (found["axf_database_up"], "axf_orders_overdue" in found) == (0, False)


COMMAND = """
import sys
from axf.core import metrics
metrics.OVERSELL_PREVENTED.inc()
metrics.RUNNING.inc()
print(metrics.IS_SHARED, flush=True)
sys.stdin.readline()
"""


def test_processes_count_together_in_as_many_files_as_run_at_once(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def start() -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "True\n"
        return process

    for _ in range(3):
        together = [start(), start()]
        together[0].kill()
        for process in together:
            process.communicate("\n")
    assert sorted(file.name for file in tmp_path.glob("counter_*")) == ["counter_command0.db", "counter_command1.db"]
    # One was killed each time; its place was taken again and told that nothing runs there.
    assert {file.name for file in tmp_path.glob("gauge_*")} == {"gauge_livesum_command0.db"}
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(tmp_path))
    assert registry.get_sample_value("axf_oversell_prevented_total") == 6


def test_without_the_folder_a_process_counts_for_itself(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "missing")}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND], env=environment, input="\n", capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
