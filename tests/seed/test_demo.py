"""The demo: what the shop has, what a repeat does, and whom it leaves alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from axf.cart import service as cart
from axf.cart.queries import cart_of
from axf.core import clock
from axf.coupon import claims, queries
from axf.coupon.held import held_by
from axf.delivery import areas
from axf.extensions import db
from axf.home.models import MainShowGoods
from axf.market import promotions
from axf.market.models import Goods
from axf.seed import demo, demo_coupons
from axf.seed.classic import import_classic
from axf.seed.demo_shoppers import PASSWORD, SHOPPERS, with_other_passwords
from axf.seed.report import TableReport
from axf.seed.sqlfile import SeedFileError
from axf.user import accounts
from axf.vip import ledger, levels
from tests.delivery.test_slots import MORNING
from tests.seed.conftest import missing_pictures, shipped, small, snapshot, stock_adds_up


def cart_lines(username: str = "demo") -> dict[int, int]:
    return {line.id: line.quantity for line in cart_of(accounts.id_of(username)).lines}


def test_the_demo_shop_has_goods_and_a_shopper_with_a_filled_cart(app):
    assert not demo.has_goods()
    report = demo.seed_demo(shipped())
    assert demo.has_goods()
    assert report.of("goods") == TableReport(read=264, added=264)
    assert report.of("users") == TableReport(read=6, added=6)
    assert report.of("cart_item") == TableReport(read=14, added=14)
    assert report.of("vip_level") == TableReport(read=6, added=6)
    assert report.of("points_entry") == TableReport(read=10, added=10)
    assert report.of("coupon") == TableReport(read=11, added=11)
    assert report.of("orders") == TableReport(read=13, added=13)
    assert report.notes == []
    for each in SHOPPERS:
        accounts.prove(each.username, PASSWORD)
    lines = cart_lines()
    assert sorted(lines.values()) == [1, 1, 1, 1, 2]
    types = db.session.scalars(select(Goods.food_type_id).where(Goods.id.in_(lines))).all()
    assert len(set(types)) == 5
    assert stock_adds_up()


def test_the_demo_shopper_holds_coupons_and_can_get_more(app):
    demo.seed_demo(shipped())
    user_id = accounts.id_of("demo")
    held = {each.name for each in held_by(user_id, clock.now())}
    assert held == {"满59减8", "水果满30减5", "会员88折", "新人首单减10"}
    claims.redeem_code(user_id, demo_coupons.CODE)
    offers = {offer.name: offer.state for offer in queries.offers_for(user_id, clock.now())}
    assert offers == {
        "满59减8": "claimed",
        "水果满30减5": "claimed",
        "免运费": "open",
        "早餐时段减3": "open",
        "草莓尝鲜价": "open",
        "满199减30": "open",
    }
    birthdays = {level.level: level.birthday_coupon_id is not None for level in ledger.levels()}
    assert birthdays == {0: False, 1: True, 2: True, 3: True, 4: True, 5: True}


def test_a_repeat_fills_the_shelves_up_and_changes_nothing_else(app):
    demo.seed_demo(shipped())
    before = snapshot()
    report = demo.seed_demo(shipped())
    assert (report.total.added, report.total.changed, report.notes) == (0, 25, [])
    assert report.of("goods") == TableReport(read=264, changed=25, unchanged=239)
    after = snapshot()
    assert {name for name, rows in after.items() if rows != before[name]} == {"goods", "stock_movement"}
    assert demo.seed_demo(shipped()).is_unchanged
    assert snapshot() == after


def test_the_demo_promotes_for_a_week_and_a_repeat_begins_anew_only_then(app):
    with time_machine.travel(MORNING, tick=False) as time:
        report = demo.seed_demo(shipped())
        assert (report.of("promotions"), report.of("full_off")) == (
            TableReport(read=7, added=7),
            TableReport(read=1, added=1),
        )
        promoted = {each.id: each for each in promotions.list_goods()}
        assert {goods_id for goods_id, each in promoted.items() if each.is_second_half} == {483, 518}
        special = {goods_id: each.promo_price for goods_id, each in promoted.items() if each.promo_price}
        assert special == {401: 2390, 427: 6990, 437: 990, 475: 1490, 587: 1890}
        (deal,) = promotions.running_full_offs(MORNING)
        assert (deal.minimum, deal.off, deal.goods_ids) == (5900, 500, frozenset())
        week = datetime(2026, 3, 7, 16, tzinfo=UTC)
        assert {deal.ends_at, *(promoted[goods_id].promo_ends_at for goods_id in special)} == {week}
        time.move_to(week - timedelta(seconds=1))
        assert demo.seed_demo(shipped()).of("promotions") == TableReport(read=7, unchanged=7)
        time.move_to(week)
        assert demo.seed_demo(shipped()).of("promotions") == TableReport(read=7, added=5, unchanged=2)
        assert [each.minimum for each in promotions.running_full_offs(week)] == [5900]


def test_a_repeat_sets_stock_sales_prices_and_cart_back(app):
    demo.seed_demo(shipped())
    demo.seed_demo(shipped())
    before, user_id = snapshot(), accounts.id_of("demo")
    first, second, *_rest = cart_lines()
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=0, sales=1, price=1))
    db.session.commit()
    cart.set_quantity(user_id, first, 9)
    cart.set_quantity(user_id, second, 0)
    report = demo.seed_demo(shipped())
    assert report.of("goods") == TableReport(read=264, changed=1, unchanged=263)
    assert report.of("cart_item") == TableReport(read=14, added=1, changed=1, unchanged=12)
    after = snapshot()
    assert after["goods"] == before["goods"]
    assert len(after["stock_movement"]) == len(before["stock_movement"]) + 1


def test_a_repeat_after_a_classic_import_gives_the_demo_its_home_page_and_cart_back(app, client):
    demo.seed_demo(shipped())
    lines, page = cart_lines(), client.get("/axf/home/").get_data(as_text=True)
    import_classic(small("extended"))
    assert demo.seed_demo(shipped()).total.added == 0
    assert (cart_lines(), client.get("/axf/home/").get_data(as_text=True)) == (lines, page)


def test_over_a_classic_shop_every_main_show_still_has_three_goods(app, client):
    import_classic(small("extended"))
    demo.seed_demo(shipped())
    shown = db.session.execute(select(MainShowGoods.mainshow_id, func.count()).group_by(MainShowGoods.mainshow_id))
    assert {number for _, number in shown} == {3}
    assert missing_pictures({"home": client.get("/axf/home/").get_data(as_text=True)}) == []


def test_what_else_is_in_the_cart_stays(app, fruit):
    demo.seed_demo(shipped())
    user_id = accounts.id_of("demo")
    db.session.execute(update(Goods).where(Goods.id == 477).values(stock=10))
    db.session.commit()
    cart.set_quantity(user_id, 477, 3)
    demo.seed_demo(shipped())
    assert cart_lines()[477] == 3


def test_somebody_who_had_the_name_before_keeps_the_password(app):
    accounts.register("Demo", "another fine pass phrase")
    assert with_other_passwords() == ["demo"]
    report = demo.seed_demo(shipped())
    assert report.of("users") == TableReport(read=6, added=5, unchanged=1)
    assert with_other_passwords() == ["demo"]
    accounts.prove("demo", "another fine pass phrase")


def test_a_shop_with_levels_of_its_own_keeps_them(app):
    levels.save_level(1, name="老朋友", name_en="Friend", growth=900)
    mine = ledger.levels()
    report = demo.seed_demo(shipped())
    assert report.notes == ["vip_level: none made, V2 above V1 needs more growth: 500 is not above 900"]
    assert ledger.levels() == mine


def test_a_shop_that_delivers_in_shanghai_keeps_its_area(app):
    areas.save_area(name="浦西", name_en="Puxi", districts=["310101"])
    report = demo.seed_demo(shipped())
    assert report.notes[0] == "delivery_area: none made, the area 浦西 has its districts"
    assert [each.area.name for each in areas.list_areas()] == ["浦西"]


def test_a_broken_catalogue_changes_nothing(app):
    before = snapshot()
    with pytest.raises(SeedFileError, match=r"^z\.sql, line 1: "):
        demo.seed_demo({**shipped(), "z.sql": "INSERT"})
    assert snapshot() == before
