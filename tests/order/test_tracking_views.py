"""Where an order's parcels are, on its page and in the part that refreshes itself."""

from datetime import timedelta

from axf.core import clock
from axf.logistics.base import Trace
from axf.logistics.shipments import Courier, Rider, Stage, Step
from axf.order import dispatch
from axf.user import accounts
from tests.conftest import PASSWORD, counted, logged_in
from tests.order.test_fulfilment import paid_no  # noqa: F401 - a fixture


def page(client, no: str, part: str = "") -> str:
    answer = client.get(f"/axf/order/{no}/{part}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_page_shows_stage_rider_time_and_news_until_it_has_come(member, paid_no):  # noqa: F811
    assert "data-tracking" not in page(member, paid_no)
    dispatch.start_picking(paid_no)
    assert 'aria-current="step">拣货中' in page(member, paid_no)
    dispatch.ship(paid_no, Rider("王<师傅", "13900000001"), clock.now() + timedelta(hours=1))
    dispatch.ship(paid_no, Courier("yuantong", "YT1234567890"))
    news = Step("k", Stage.ON_THE_WAY, "已到达<上海>", clock.now())
    dispatch.trace(Trace("yuantong", "YT1234567890", (news,)))
    for part in ("", "tracking/"):
        text = page(member, paid_no, part)
        for expected in ("王&lt;师傅", "tel:13900000001", "预计 ", "YT1234567890", "已到达&lt;上海&gt;", "data-live"):
            assert expected in text, (part, expected)
    assert "<html" not in page(member, paid_no, "tracking/")
    dispatch.deliver(paid_no)
    assert "data-live" not in page(member, paid_no, "tracking/")
    assert "已送达" in page(member, paid_no)


def test_more_parcels_cost_no_more_queries(member, paid_no):  # noqa: F811
    dispatch.start_picking(paid_no)
    counts = []
    for _ in range(3):
        dispatch.ship(paid_no, Rider("王", "13900000001"))
        with counted() as statements:
            page(member, paid_no, "tracking/")
        counts.append(len(statements))
    assert len(set(counts)) == 1


def test_somebody_elses_parcels_are_not_found(app, client, paid_no):  # noqa: F811
    other = logged_in(app, accounts.register("bert", PASSWORD))
    assert other.get(f"/axf/order/{paid_no}/tracking/").status_code == 404
    assert client.get(f"/axf/order/{paid_no}/tracking/").status_code in (302, 303)
