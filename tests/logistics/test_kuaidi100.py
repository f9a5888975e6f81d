"""kuaidi100 over real HTTP on loopback: subscriptions, and pushes whole, repeated, forged and broken."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from axf.extensions import db
from axf.logistics.base import BadPush, LoggingTracing, TracingFailed
from axf.logistics.kuaidi100 import STAGES, Kuaidi100
from axf.logistics.shipments import BadShipment, Courier, Rider, shipments_of
from axf.order import dispatch
from axf.order.queries import order_of
from tests.order.test_fulfilment import paid_no  # noqa: F401 - a fixture

KEY = "kuaidi-key"
PUSH = "/axf/logistics/kuaidi100/push/"


class Fake:
    """kuaidi100: remembers who subscribed, answers as it is told to, and pushes as its documents say."""

    def __init__(self) -> None:
        self.answer: bytes = json.dumps({"result": True, "returnCode": "200", "message": "提交成功"}).encode()
        self.asked: list[dict] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                assert (self.path, form["schema"]) == ("/poll", ["json"])
                fake.asked.append(json.loads(form["param"][0]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(fake.answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def form(self, state: str, steps: int = 2, number: str = "YT1234567890") -> dict[str, str]:
        """Return a signed push of a parcel with so many steps, the newest first."""
        rows = [{"context": f"第{n}站", "ftime": f"2026-11-2{n} 10:00:00"} for n in range(steps, 0, -1)]
        result = {"com": "yuantong", "nu": number, "state": state, "data": rows}
        param = json.dumps({"status": "polling", "lastResult": result}, ensure_ascii=False)
        return {"param": param, "sign": Kuaidi100(KEY, "", "").sign(param)}


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_subscription_names_the_number_the_key_the_address_and_a_salt(fake):
    Kuaidi100(KEY, fake.url, "https://shop.example/push/").subscribe("yuantong", "YT1234567890", "13800138000")
    salt = fake.asked[0]["parameters"].pop("salt")
    assert len(salt) == 32
    assert fake.asked == [
        {
            "company": "yuantong",
            "number": "YT1234567890",
            "key": KEY,
            "parameters": {"callbackurl": "https://shop.example/push/", "phone": "13800138000"},
        }
    ]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b'{"result": false, "returnCode": "501", "message": "twice"}', None),
        (b'{"result": false, "returnCode": "600", "message": "no contract"}', "600 no contract"),
        (b"<html>", "JSONDecodeError"),
        (b"[]", "TypeError"),
        (b"{}", "KeyError"),
    ],
)
def test_what_kuaidi100_answers(fake, answer, reason):
    fake.answer = answer
    tracing = Kuaidi100(KEY, fake.url, "")
    if reason is None:
        tracing.subscribe("yuantong", "YT1234567890", "")
        return
    with pytest.raises(TracingFailed) as refusal:
        tracing.subscribe("yuantong", "YT1234567890", "")
    assert refusal.value.details == {"reason": reason}


def test_nobody_there_is_a_clear_error():
    with pytest.raises(TracingFailed):
        Kuaidi100(KEY, "http://127.0.0.1:9", "").subscribe("yuantong", "YT1234567890", "")


@pytest.mark.parametrize("state", STAGES)
def test_the_newest_step_has_the_state_of_the_whole(fake, state):
    told = Kuaidi100(KEY, "", "").read(fake.form(state))
    assert (told.carrier, told.tracking_no) == ("yuantong", "YT1234567890")
    assert [(each.text, each.stage) for each in told.steps] == [("第1站", "on-the-way"), ("第2站", STAGES[state])]
    assert told.steps[0].happened_at.isoformat() == "2026-11-21T02:00:00+00:00"


def signed(param: str) -> dict[str, str]:
    return {"param": param, "sign": Kuaidi100(KEY, "", "").sign(param)}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"param": "{}"},
        {"param": "{}", "sign": "0" * 32},
        {"param": "{}", "sign": "汉"},
        signed("{}"),
        signed("[]"),
        signed("not json"),
        signed("[" * 100_000),
        signed('{"lastResult": {"com": "a", "nu": "b", "state": "0", "data": [{"context": "x", "time": "soon"}]}}'),
        signed('{"lastResult": {"com": "", "nu": "b", "state": "0", "data": []}}'),
    ],
    ids=str,
)
def test_what_is_forged_or_garbage_is_refused(form):
    with pytest.raises(BadPush):
        Kuaidi100(KEY, "", "").read(form)
    with pytest.raises(BadPush):
        LoggingTracing().read(form)


def test_pushes_move_the_parcel_once_and_never_back(app, client, fake, shopper, paid_no):  # noqa: F811
    app.config.update(KUAIDI100_KEY=KEY, KUAIDI100_URL=fake.url)
    dispatch.start_picking(paid_no)
    dispatch.ship(paid_no, Courier("yuantong", "YT1234567890"))
    late, forged = fake.form("0", 1), {**fake.form("3"), "sign": "0" * 32}
    answers = [
        client.post(PUSH, data=each)
        for each in (forged, fake.form("3"), fake.form("3"), late, fake.form("6", number="unknown1"))
    ]
    assert [each.status_code for each in answers] == [400, 200, 200, 200, 200]
    assert answers[1].json == {"result": True, "returnCode": "200", "message": "ok"}
    db.session.rollback()
    order = order_of(shopper, paid_no).order
    parcel = shipments_of(db.session, [order.id])[order.id][0]
    assert (parcel.shipment.stage, len(parcel.events), order.delivered_at is None) == ("delivered", 3, False)


def test_without_a_key_nobody_pushes(client, fake, paid_no):  # noqa: F811
    assert client.post(PUSH, data=fake.form("3")).status_code == 400


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (lambda: Rider("", "13900000000"), "rider"),
        (lambda: Rider("王" * 41, "13900000000"), "rider"),
        (lambda: Rider("王", "call me"), "phone"),
        (lambda: Courier("Yuan Tong", "YT1234567890"), "carrier"),
        (lambda: Courier("yuantong", "no"), "number"),
    ],
)
def test_a_parcel_that_cannot_be_is_refused(made, field):
    with pytest.raises(BadShipment) as refusal:
        made()
    assert refusal.value.details == {"field": field}
