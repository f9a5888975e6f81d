"""Every trouble that the mock gateway can make, over HTTP; the shop's ears are a recorder."""

import json

import pytest
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from axf.payment.base import BadNotice, Found, GatewayDown, RefundRefused, RefundRequest
from axf.payment.providers.mock import MockProvider
from axf.payment.providers.mock_store import MockStore
from tests.conftest import SAME_ORIGIN
from tests.payment.gateways import served
from tests.payment.test_mock import signed_request


class Ears:
    """A shop that writes down what it is told and says success."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, Headers]] = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.heard.append((request.get_data(), Headers(request.headers.items())))
        return Response("success")(environ, start_response)

    def said(self, *names: str) -> list[tuple]:
        return [tuple(json.loads(raw)[name] for name in names) for raw, _headers in self.heard]


@pytest.fixture(scope="module")
def listening():
    ears = Ears()
    with served(ears) as url:
        yield ears, url


@pytest.fixture
def ears(listening) -> Ears:
    listening[0].heard.clear()
    return listening[0]


@pytest.fixture
def gateway(app, tmp_path, monkeypatch):
    """The gateway with an empty memory, served over HTTP."""
    monkeypatch.setattr("axf.payment.providers.mock_cashier.TRIES", (0,))
    app.instance_path = str(tmp_path)
    with served(app) as url:
        yield MockProvider(app.config["SECRET_KEY"], url)


@pytest.fixture
def pay(app, client, gateway, listening, ears):
    def press(trouble: str = "", no: str = "P1", minutes: int = 5, **fields: str):
        data = {"request": signed_request(app, listening[1], no, minutes), "trouble": trouble, **fields}
        return client.post("/mock-gateway/", data=data, headers=SAME_ORIGIN)

    return press


def release(client, **fields: str) -> dict:
    return client.post("/mock-gateway/held/", data=fields, headers=SAME_ORIGIN).json


def request_of(listening, amount: int = 40, refund_no: str = "R1") -> RefundRequest:
    return RefundRequest(refund_no, "P1", "", amount, 100, "lines", listening[1])


def test_a_payment_is_told_and_can_be_asked_for(gateway, ears, pay):
    assert gateway.query("P1") == Found("waiting")
    assert (pay().status_code, pay().location) == (303, "/axf/mine/?paid=1")
    assert ears.said("payment_no", "amount") == [("P1", 100), ("P1", 100)]
    told, found = gateway.read_notice(*ears.heard[0]), gateway.query("P1")
    assert found.state == "paid"
    asked = found.notice
    assert (asked.event_id, asked.amount, asked.reference) == (told.event_id, 100, told.reference)


def test_a_lost_notice_is_found_by_asking(gateway, ears, pay):
    assert pay("lose").status_code == 303
    assert (ears.heard, gateway.query("P1").state) == ([], "paid")


def test_a_delayed_notice_comes_once_when_it_is_released(client, ears, pay):
    assert pay("delay").status_code == 303
    assert ears.heard == []
    assert (release(client), release(client)) == ({"sent": 1, "refused": 0}, {"sent": 0, "refused": 0})
    assert ears.said("payment_no") == [("P1",)]


def test_held_notices_can_be_released_newest_first(client, ears, pay):
    for no in ("P1", "P2", "P3"):
        pay("delay", no)
    release(client, order="newest")
    assert ears.said("payment_no") == [("P3",), ("P2",), ("P1",)]


def test_a_reordered_notice_follows_the_next_one(ears, pay):
    pay("reorder", "P1")
    pay("", "P2")
    pay("", "P3")
    assert ears.said("payment_no") == [("P2",), ("P1",), ("P3",)]


def test_a_repeated_notice_comes_three_times_once_under_another_event(ears, pay):
    pay("repeat")
    events = ears.said("event_id")
    assert (len(events), events[0] == events[1], events[1] != events[2]) == (3, True, True)
    assert len(set(ears.said("reference"))) == 1


def test_a_shortened_notice_is_signed_and_names_less(gateway, ears, pay):
    pay("shorten")
    assert gateway.read_notice(*ears.heard[0]).amount == 99


def test_a_forged_notice_is_refused_and_nothing_was_paid(gateway, ears, pay):
    assert pay("forge").status_code == 303
    with pytest.raises(BadNotice):
        gateway.read_notice(*ears.heard[0])
    assert gateway.query("P1") == Found("waiting")


def test_a_closed_payment_stays_closed(gateway, ears, pay):
    assert pay("close").location == "/axf/mine/"
    assert pay().status_code == 409
    assert (ears.heard, gateway.query("P1")) == ([], Found("closed"))


def test_nobody_pays_after_the_time(gateway, ears, pay):
    assert pay(minutes=-1).status_code == 409
    assert (ears.heard, gateway.query("P1")) == ([], Found("waiting"))


@pytest.mark.parametrize("fields", [{"trouble": "explode"}, {"refunds": "never"}])
def test_an_unknown_trouble_is_refused(pay, ears, fields):
    assert pay(**fields).status_code == 400
    assert ears.heard == []


def test_a_refund_is_done_once_and_never_more_than_was_paid(gateway, ears, pay, listening):
    pay()
    assert [gateway.refund(request_of(listening)) for _ in range(2)] == ["done", "done"]
    assert gateway.refund(request_of(listening, 60, "R2")) == "done"
    with pytest.raises(RefundRefused, match="more than was paid"):
        gateway.refund(request_of(listening, 1, "R3"))
    with pytest.raises(RefundRefused, match="another refund"):
        gateway.refund(request_of(listening, 41))


@pytest.mark.parametrize(("how", "state"), [("open", "done"), ("fail", "failed")])
def test_an_open_refund_ends_with_a_notice(gateway, client, ears, pay, listening, how, state):
    pay(refunds=how)
    ears.heard.clear()
    assert gateway.refund(request_of(listening)) == gateway.refund(request_of(listening)) == "open"
    assert release(client) == {"sent": 1, "refused": 0}
    notice = gateway.read_refund_notice(*ears.heard[0])
    assert (notice.refund_no, notice.amount, notice.state) == ("R1", 40, state)
    with pytest.raises(BadNotice):
        gateway.read_notice(*ears.heard[0])
    assert release(client)["sent"] == 0


def test_a_refund_may_be_refused(gateway, pay, listening):
    with pytest.raises(RefundRefused, match="no such trade"):
        gateway.refund(request_of(listening))
    pay(refunds="refuse")
    with pytest.raises(RefundRefused, match="told to refuse"):
        gateway.refund(request_of(listening))


def test_questions_that_the_shop_did_not_sign_are_refused(gateway, client, listening):
    assert client.post("/mock-gateway/api/", data=b"forged").status_code == 400
    stranger = MockProvider("another secret", gateway.gateway_url)
    for ask in (lambda: stranger.query("P1"), lambda: stranger.refund(request_of(listening))):
        with pytest.raises(GatewayDown):
            ask()


def test_a_gateway_that_is_not_the_gateway_is_an_outage(app, listening):
    for url in (listening[1], "http://127.0.0.1:9"):
        with pytest.raises(GatewayDown):
            MockProvider(app.config["SECRET_KEY"], url).query("P1")


def test_the_memory_outlives_the_process(tmp_path):
    MockStore(str(tmp_path)).take("P1", 100)
    MockStore(str(tmp_path)).take("P1", 7)
    assert MockStore(str(tmp_path)).trade("P1") == ("paid", 100)
