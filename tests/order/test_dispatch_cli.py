"""``flask order pick|ship|deliver|trace|auto-receive|papers``."""

import pytest
from sqlalchemy import select

from axf.cart import service as cart
from axf.delivery.models import DeliverySlot
from axf.extensions import db
from axf.order.queries import order_of
from tests.conftest import place_all
from tests.order.test_fulfilment import paid_no, pay  # noqa: F401 - a fixture


@pytest.fixture
def run(app):
    """Run ``flask order …`` and return its exit status and words."""

    def invoke(*arguments: str) -> tuple[int, str]:
        found = app.test_cli_runner().invoke(args=["order", *arguments])
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        db.session.rollback()
        return found.exit_code, " ".join(found.output.split())

    return invoke


def slot_id() -> str:
    return str(db.session.scalar(select(DeliverySlot.id)))


def test_a_whole_slot_from_the_shelf_to_the_door(run, shopper, paid_no):  # noqa: F811
    cart.set_quantity(shopper, 477, 1)
    unpaid = place_all(shopper)
    status, words = run("pick", "--slot", slot_id())
    assert (status, f"{paid_no} ok is being picked" in words) == (0, True)
    assert order_of(shopper, paid_no).order.state == "picking"
    status, words = run("ship", "--area", "浦西", "--day", "2099-01-01", "--rider", "王师傅", "--phone", "13900000001")
    assert (status, f"{paid_no} ok parcel 1 is sent" in words) == (0, True)
    status, words = run("deliver", paid_no, unpaid, "1")
    assert status == 1
    for expected in (f"{paid_no} ok is delivered", f"{unpaid} no it is unpaid", "1 no there is no such", "2 of 3 did"):
        assert expected in words
    assert order_of(shopper, unpaid).order.state == "unpaid"
    assert run("pick", "--slot", slot_id()) == (1, "Error: no order there is paid")
    assert run("auto-receive") == (0, "0 orders received.")


def test_a_courier_and_when_it_comes(run, app, shopper, paid_no):  # noqa: F811
    run("pick", paid_no)
    status, words = run("ship", paid_no, "--carrier", "yuantong", "--number", "YT1234567890", "--expected", "18:30")
    assert (status, "1 parcels are traced" in words) == (0, True)
    app.config.update(KUAIDI100_KEY="key", KUAIDI100_URL="http://127.0.0.1:9")
    status, words = run("trace", paid_no)
    assert (status, f"NOT traced (URLError): flask order trace {paid_no}" in words) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pick"], "say order numbers, or --slot, or --area (with --day)"),
        (["pick", "1", "--slot", "1"], "say order numbers, or --slot, or --area (with --day)"),
        (["pick", "1", "--day", "2026-11-22"], "say order numbers, or --slot, or --area (with --day)"),
        (["pick", "--area", "nowhere"], "there is no delivery area nowhere"),
        (["ship", "1"], "say --rider and --phone, or --carrier and --number"),
        (["ship", "1", "--rider", "王", "--phone", "1", "--number", "2"], "say --rider and --phone, or"),
        (["ship", "1", "--rider", "王", "--phone", "call me"], "--phone cannot be like this"),
        (["ship", "1", "2", "--carrier", "a", "--number", "12345"], "a courier's number is for one order"),
        (["ship", "1", "--rider", "王", "--phone", "13900000001", "--expected", "25:00"], "is not a time like 09:00"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(run, arguments, sentence):
    status, words = run(*arguments)
    assert status in (1, 2)
    assert sentence in words


def test_papers_say_what_to_pick_and_what_lies_in_each_bag(run, shopper, paid_no, tmp_path):  # noqa: F811
    db.session.execute(db.text("UPDATE order_line SET name = '<b>草莓</b>' WHERE goods_id = 475"))
    db.session.execute(db.text("UPDATE order_delivery SET note = '放门口'"))
    db.session.commit()
    cart.set_quantity(shopper, 475, 3)
    second = place_all(shopper)
    pay(shopper, second, reference="R2")
    out = tmp_path / "papers"
    assert run("papers", "--slot", slot_id(), "--out", str(out)) == (
        0, f"2 orders: a pick list and 2 packing slips are in {out}.",
    )  # fmt: skip
    assert {each.name for each in out.iterdir()} == {"pick-list.html", f"slip-{paid_no}.html", f"slip-{second}.html"}
    picks, slip = ((out / name).read_text() for name in ("pick-list.html", f"slip-{paid_no}.html"))
    for text in ("优选水果", "Fruit", '<td class="count">5</td>', f"{paid_no} × <b>2</b>", f"{second} × <b>3</b>"):
        assert text in picks
    for text in ("&lt;b&gt;草莓&lt;/b&gt;", "张三 13800138000", "放门口", "Strawberries 475"):
        assert text in slip
    assert "<script" not in picks + slip
    assert run("papers", "1", "--out", str(out)) == (1, "Error: there is no order 1")
    file = tmp_path / "file"
    file.write_text("")
    assert run("papers", paid_no, "--out", str(file / "in"))[0] == 1
