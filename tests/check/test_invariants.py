"""Each invariant: the data is broken by hand, and exactly that is found."""

from pathlib import Path

import pytest
from sqlalchemy import text

from axf.check.invariants import INVARIANTS, NAMES, Finding, check
from axf.extensions import db
from tests.check.shop import InUse, break_by_hand, shop_in_use
from tests.conftest import counted

ORDER = (
    "INSERT INTO orders (no, user_id, checkout_token, state, goods_total, payable, created_at, expires_at) VALUES"
    " ('202601010000000001', {shopper}, 't', 'unpaid', 0, 0, '2026-01-01 00:00:00', '2026-01-01 00:30:00')"
)
PLACED = (
    "INSERT INTO order_event (order_id, event, from_state, to_state, actor, reason, created_at)"
    " SELECT id, 'place', NULL, 'unpaid', 'shopper', '', created_at FROM orders WHERE no = '202601010000000001'"
)
ADJUSTMENT = "INSERT INTO order_adjustment (order_id, goods_id, rule, amount) VALUES "
MOVEMENT = (
    "INSERT INTO stock_movement (goods_id, delta, reason, reference, created_at) VALUES"
    " ({goods}, {delta}, '{reason}', '{reference}', '2026-01-01 00:00:00')"
)
POINTS = "INSERT INTO points_entry (user_id, amount, reason, reference, created_at) VALUES "
GROWTH = "INSERT INTO growth_entry (user_id, amount, reason, reference, created_at) VALUES "
PAYMENT = (
    "INSERT INTO payment (no, order_id, provider, amount, state, created_at) VALUES"
    " ('P1', {order}, 'mock', 0, 'applied', '2026-01-01 00:00:00')"
)
AT = ", '2026-01-01 00:00:00')"
ADDRESS = (
    "INSERT INTO address (user_id, name, phone, district, detail, tag, is_default, created_at) VALUES"
    " ({user}, '张三', '13800138000', '310101', '外滩1号', '', {default}, '2026-01-01 00:00:00')"
)
NUMBERS = " WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT {row} FROM n"
COPIED = (
    "name, name_en, food_type_id, pack, pack_en, price, market_price, stock, sales, is_featured, is_bogo, on_sale,"
    " picture, description, description_en, listed_at"
)
# Five hundred goods and one more.
MANY_GOODS = f"INSERT INTO goods (id, code, {COPIED})" + NUMBERS.format(
    last=1501, row="i, i, '', '', 103532, '', '', 1, 1, 0, 0, 0, 0, 0, '', '', '', '2026-01-01 00:00:00'"
)
REMEMBERED = "{other}, i, '2026-03-02 04:00:00'"
REQUEST = (
    "INSERT INTO after_sale (no, order_id, user_id, kind, state, reason, text, amount, points, created_at)"
    " SELECT '{{received_no}}-1', {{received}}, {{shopper}}, '{kind}', '{state}', 'bad', '', amount, 0,"
    " '2026-01-01 00:00:00' FROM order_line WHERE order_id = {{received}} AND goods_id = 475"
)
REQUEST_LINE = (
    "INSERT INTO after_sale_line (after_sale_id, goods_id, quantity, amount, points)"
    " SELECT id, 475, {pieces}, amount, 0 FROM after_sale"
)
REQUEST_EVENT = (
    "INSERT INTO after_sale_event (after_sale_id, event, from_state, to_state, actor, reason, created_at)"
    " SELECT id, 'ask', NULL, '{state}', 'shopper', '', created_at FROM after_sale"
)
LINE = (
    "INSERT INTO order_line (order_id, goods_id, name, name_en, pack, pack_en, picture, price, quantity, amount) VALUES"
    " (999, 475, '草莓', 'Strawberries', '', '', '', 100, 1, 100)"
)

# What is broken, how, and the rows that tell of it.
LINE_REFUND = (
    "INSERT INTO line_refund (order_id, goods_id, quantity, amount, points, cause, reference, created_at)"
    " VALUES ({order}, 475, {quantity}, {amount}, 0, 'short', '1', '2026-01-01')"
)
BREAKS = [
    (
        "after-sale-sums",
        [
            REQUEST.format(kind="refund", state="asked"),
            REQUEST_LINE.format(pieces=2),
            REQUEST_EVENT.format(state="asked"),
            "UPDATE after_sale SET amount = amount + 7, points = 3",
        ],
        [{"request_no": "{received_no}-1", "amount": 2007, "lines": 2000, "points": 3, "line_points": 0}],
    ),
    (
        "after-sale-refunded",
        [
            REQUEST.format(kind="return", state="done"),
            REQUEST_LINE.format(pieces=2),
            REQUEST_EVENT.format(state="done"),
        ],
        [{"request_no": "{received_no}-1", "goods_id": 475, "quantity": 2, "amount": 2000, "points": 0}],
    ),
    (
        "after-sale-pieces",
        [
            REQUEST.format(kind="refund", state="asked"),
            REQUEST_LINE.format(pieces=3),
            REQUEST_EVENT.format(state="asked"),
        ],
        [{"order_no": "{received_no}", "goods_id": 475, "quantity": 2, "asked": 3, "otherwise": 0}],
    ),
    (
        "after-sale-replaced",
        [
            REQUEST.format(kind="replace", state="approved"),
            REQUEST_LINE.format(pieces=2),
            REQUEST_EVENT.format(state="approved"),
        ],
        [{"request_no": "{received_no}-1", "goods_id": 475, "lines": -2, "movements": 0}],
    ),
    (
        "after-sale-state",
        [
            REQUEST.format(kind="refund", state="rejected"),
            REQUEST_LINE.format(pieces=2),
            REQUEST_EVENT.format(state="asked"),
        ],
        [{"request_no": "{received_no}-1", "state": "rejected", "last_event": "asked"}],
    ),
    (
        "after-sale-state",
        [REQUEST.format(kind="refund", state="asked"), REQUEST_LINE.format(pieces=2)],
        [{"request_no": "{received_no}-1", "state": "asked", "last_event": None}],
    ),
    (
        "stock",
        ["UPDATE goods SET stock = stock + 1 WHERE id = 475"],
        [{"goods_id": 475, "stock": 5, "movements": 4}],
    ),
    (
        "stock",
        ["DELETE FROM stock_movement WHERE goods_id = 477"],
        [{"goods_id": 477, "stock": 100, "movements": 0}],
    ),
    (
        "stock-held",
        [
            "UPDATE stock_movement SET delta = -1 WHERE reference = '{paid_no}' AND goods_id = 475",
            MOVEMENT.format(goods=475, delta=-1, reason="lost", reference="mouse"),
        ],
        [{"order_no": "{paid_no}", "goods_id": 475, "lines": -2, "movements": -1}],
    ),
    (
        "stock-held",
        [
            "UPDATE stock_movement SET reference = 'nowhere' WHERE reference = '{cancelled_no}' AND goods_id = 476"
            " AND reason = 'cancel'"
        ],
        [{"order_no": "{cancelled_no}", "goods_id": 476, "lines": 0, "movements": -1}],
    ),
    (
        "stock-held",
        [
            MOVEMENT.format(goods=476, delta=-3, reason="order", reference="209901010000000001"),
            "UPDATE goods SET stock = stock - 3 WHERE id = 476",
        ],
        [{"order_no": "209901010000000001", "goods_id": 476, "lines": 0, "movements": -3}],
    ),
    (
        "replacement",
        [
            "UPDATE goods SET replaced_by_id = 999 WHERE id = 475",
            "UPDATE goods SET replaced_by_id = 476 WHERE id = 476",
        ],
        [{"goods_id": 475, "replaced_by_id": 999}, {"goods_id": 476, "replaced_by_id": 476}],
    ),
    (
        "slot-places",
        ["UPDATE delivery_slot SET booked = booked + 1"],
        [{"slot_id": 1, "booked": 4, "orders": 3}],
    ),
    (
        "slot-places",
        ["UPDATE order_delivery SET slot_id = NULL WHERE order_id = {paid}"],
        [{"slot_id": 1, "booked": 3, "orders": 2}],
    ),
    ("slot-capacity", ["UPDATE delivery_slot SET capacity = 2"], [{"slot_id": 1, "booked": 3, "capacity": 2}]),
    ("order-has-lines", [ORDER, PLACED], [{"order_no": "202601010000000001", "state": "unpaid"}]),
    (
        "line-amount",
        ["UPDATE order_line SET price = 999 WHERE order_id = {paid} AND goods_id = 475"],
        [{"order_no": "{paid_no}", "goods_id": 475, "price": 999, "quantity": 2, "amount": 2000}],
    ),
    (
        "goods-total",
        ["UPDATE orders SET goods_total = 2251, payable = 2251 WHERE id = {unpaid}"],
        [{"order_no": "{unpaid_no}", "goods_total": 2251, "lines": 2250}],
    ),
    (
        "payable",
        ["UPDATE orders SET payable = 2249 WHERE id = {unpaid}"],
        [{"order_no": "{unpaid_no}", "payable": 2249, "added_up": 2250}],
    ),
    (
        "payable",
        [ADJUSTMENT + "({unpaid}, 475, 'freight', 600)"],
        [{"order_no": "{unpaid_no}", "payable": 2250, "added_up": 2850}],
    ),
    (
        "line-left",
        [ADJUSTMENT + "({unpaid}, 476, 'full-off', -251), ({unpaid}, 475, 'freight', 251)"],
        [{"order_no": "{unpaid_no}", "goods_id": 476, "amount": 250, "adjustments": -251}],
    ),
    (
        "adjustment-goods",
        [ADJUSTMENT + "({unpaid}, 477, 'freight', 5), ({unpaid}, 475, 'full-off', -5)"],
        [{"order_no": "{unpaid_no}", "goods_id": 477, "rule": "freight", "amount": 5}],
    ),
    (
        "order-events",
        ["UPDATE order_event SET from_state = 'cancelled' WHERE order_id = {paid} AND event = 'pay'"],
        [{"order_no": "{paid_no}", "event": "pay", "state_before": "unpaid", "from_state": "cancelled"}],
    ),
    (
        "order-events",
        ["DELETE FROM order_event WHERE order_id = {paid} AND event = 'place'"],
        [{"order_no": "{paid_no}", "event": "pay", "state_before": None, "from_state": "unpaid"}],
    ),
    (
        "order-state",
        ["UPDATE order_event SET to_state = 'unpaid' WHERE order_id = {cancelled} AND event = 'cancel'"],
        [{"order_no": "{cancelled_no}", "state": "cancelled", "last_event": "unpaid"}],
    ),
    (
        "order-state",
        ["DELETE FROM order_event WHERE order_id = {unpaid}"],
        [{"order_no": "{unpaid_no}", "state": "unpaid", "last_event": None}],
    ),
    (
        "paid-at",
        ["UPDATE orders SET paid_at = NULL WHERE id = {paid}"],
        [{"order_no": "{paid_no}", "state": "paid", "paid_at": None}],
    ),
    (
        "payment",
        [
            "UPDATE payment SET amount = 2249 WHERE order_id = {paid}",
            "UPDATE payment_notice SET amount = 2249 WHERE payment_no LIKE '{paid_no}%'",
        ],
        [{"order_no": "{paid_no}", "state": "paid", "due": 2250, "paid": 2249, "payments": 1}],
    ),
    (
        "payment",
        [
            "UPDATE payment SET state = 'pending' WHERE order_id = {received}",
            "DELETE FROM payment_notice WHERE payment_no LIKE '{received_no}%'",
        ],
        [{"order_no": "{received_no}", "state": "received", "due": 1800, "paid": 0, "payments": 0}],
    ),
    (
        "money-in",
        ["UPDATE payment_notice SET amount = amount + 1 WHERE payment_no LIKE '{paid_no}%'"],
        [{"provider": "mock", "told": 4051, "booked": 4050}],
    ),
    (
        "money-back",
        [
            "INSERT INTO refund (no, payment_id, amount, reason, reference, state, next_try_at, created_at)"
            " SELECT 'R1', id, 5, 'shop', 'x', 'open', '2026-01-01', '2026-01-01' FROM payment"
            " WHERE order_id = {paid}"
        ],
        [{"payment_no": "{paid_payment}", "refunded": 0, "refunds": 5}],
    ),
    (
        "order-refunded",
        ["UPDATE orders SET refunded = 5 WHERE id = {unpaid}"],
        [{"order_no": "{unpaid_no}", "fell_away": 5, "returned": 0}],
    ),
    (
        "line-refunds",
        [LINE_REFUND.format(order="{paid}", quantity=0, amount=7)],
        [{"order_no": "{paid_no}", "refunded": 0, "lines": 7}],
    ),
    (
        "line-dropped",
        ["UPDATE order_line SET dropped = 1 WHERE order_id = {paid} AND goods_id = 475"],
        [{"order_no": "{paid_no}", "goods_id": 475, "quantity": 2, "dropped": 1, "written_down": 0}],
    ),
    (
        "line-dropped",
        [LINE_REFUND.format(order="{paid}", quantity=1, amount=0)],
        [{"order_no": "{paid_no}", "goods_id": 475, "quantity": 2, "dropped": 0, "written_down": 1}],
    ),
    (
        "credit-balance",
        ["INSERT INTO credit_account (user_id, balance) VALUES ({shopper}, 5)"],
        [{"user_id": "{shopper}", "balance": 5, "entries": 0}],
    ),
    (
        "credit-spent",
        [
            "INSERT INTO credit_account (user_id, balance) VALUES ({shopper}, 5)",
            "INSERT INTO credit_entry (user_id, amount, reason, reference, created_at)"
            " VALUES ({shopper}, 5, 'refund', 'R9', '2026-01-01')",
        ],
        [{"number": "R9", "payments": 0, "entries": 5}],
    ),
    (
        "payment",
        [PAYMENT.format(order="{paid}")],
        [{"order_no": "{paid_no}", "state": "paid", "due": 2250, "paid": 2250, "payments": 2}],
    ),
    (
        "payment",
        [PAYMENT.format(order="{cancelled}")],
        [{"order_no": "{cancelled_no}", "state": "cancelled", "due": 0, "paid": 0, "payments": 1}],
    ),
    (
        "review-counters",
        ["UPDATE goods SET review_count = 2, review_stars = 9 WHERE id = 475"],
        [{"goods_id": 475, "review_count": 2, "reviews": 0, "review_stars": 9, "stars": 0}],
    ),
    (
        "review-of-received",
        [
            "INSERT INTO review"
            " (id, order_line_id, goods_id, user_id, stars, text, is_anonymous, has_photos, created_at)"
            " SELECT 7, id, goods_id, {shopper}, 5, '', 0, 0, '2026-01-01 00:00:00' FROM order_line"
            " WHERE order_id = {paid} AND goods_id = 475",
            "UPDATE goods SET review_count = 1, review_stars = 5 WHERE id = 475",
        ],
        [{"review_id": 7, "user_id": "{shopper}", "order_no": "{paid_no}", "received_at": None}],
    ),
    (
        "coupon-issued",
        ["UPDATE coupon SET issued = 3 WHERE id = {coupon}"],
        [{"coupon_id": "{coupon}", "issued": 3, "held": 2}],
    ),
    (
        "coupon-total",
        ["UPDATE coupon SET total = 1 WHERE id = {coupon}"],
        [{"coupon_id": "{coupon}", "total": 1, "held": 2}],
    ),
    (
        "coupon-per-person",
        ["UPDATE coupon SET per_person = 1 WHERE id = {coupon}"],
        [{"coupon_id": "{coupon}", "user_id": "{shopper}", "per_person": 1, "held": 2}],
    ),
    (
        "coupon-used",
        ["UPDATE user_coupon SET user_id = {other} WHERE order_id = {received}"],
        [
            {
                "user_coupon_id": "{used}",
                "user_id": "{other}",
                "order_no": "{received_no}",
                "order_user_id": "{shopper}",
                "state": "received",
            }
        ],
    ),
    (
        "coupon-used",
        ["UPDATE user_coupon SET order_id = {cancelled}, used_at = created_at WHERE id = {unused}"],
        [
            {
                "user_coupon_id": "{unused}",
                "user_id": "{shopper}",
                "order_no": "{cancelled_no}",
                "order_user_id": "{shopper}",
                "state": "cancelled",
            }
        ],
    ),
    (
        "coupon-order",
        ["UPDATE user_coupon SET order_id = NULL, used_at = NULL WHERE order_id = {received}"],
        [{"order_no": "{received_no}", "rule": "coupon", "wanted": 1, "used": 0}],
    ),
    (
        "coupon-order",
        ["UPDATE user_coupon SET order_id = {paid}, used_at = created_at WHERE id = {unused}"],
        [{"order_no": "{paid_no}", "rule": "coupon", "wanted": 0, "used": 1}],
    ),
    (
        "coupon-order",
        ["UPDATE user_coupon SET is_delivery = 1 WHERE order_id = {received}"],
        [
            {"order_no": "{received_no}", "rule": "coupon", "wanted": 1, "used": 0},
            {"order_no": "{received_no}", "rule": "delivery-coupon", "wanted": 0, "used": 1},
        ],
    ),
    (
        "points-balance",
        ["UPDATE points_account SET balance = 24"],
        [{"user_id": "{shopper}", "balance": 24, "entries": 23}],
    ),
    (
        "points-balance",
        ["DELETE FROM points_account"],
        [{"user_id": "{shopper}", "balance": 0, "entries": 23}],
    ),
    (
        "points-not-negative",
        [POINTS + "({shopper}, -24, 'expire', '2026-01'" + AT, "UPDATE points_account SET balance = -1"],
        [{"user_id": "{shopper}", "balance": -1}],
    ),
    (
        "points-spent",
        ["UPDATE points_entry SET reference = 'nowhere' WHERE reason = 'order' AND reference = '{received_no}'"],
        [
            {"user_id": "{shopper}", "order_no": "{received_no}", "discount": -150, "entries": 0},
            {"user_id": "{shopper}", "order_no": "nowhere", "discount": 0, "entries": -150},
        ],
    ),
    (
        "points-spent",
        ["UPDATE points_entry SET reason = 'welcome' WHERE reason = 'returned'"],
        [{"user_id": "{shopper}", "order_no": "{cancelled_no}", "discount": 0, "entries": -150}],
    ),
    (
        "points-earned",
        ["UPDATE points_entry SET reason = 'welcome' WHERE reason = 'received'"],
        [{"user_id": "{shopper}", "order_no": "{received_no}", "paid": 1800, "entry": None}],
    ),
    (
        "points-earned",
        [POINTS + "({shopper}, 22, 'received', '{paid_no}'" + AT, "UPDATE points_account SET balance = balance + 22"],
        [{"user_id": "{shopper}", "order_no": "{paid_no}", "paid": None, "entry": 22}],
    ),
    (
        "check-in",
        ["UPDATE check_in SET points = 6"],
        [{"user_id": "{shopper}", "day": "2026-03-02", "points": 6, "entries": 5}],
    ),
    (
        "check-in",
        ["DELETE FROM check_in"],
        [{"user_id": "{shopper}", "day": "2026-03-02", "points": 0, "entries": 5}],
    ),
    (
        "growth-total",
        ["UPDATE vip_account SET growth = 19"],
        [{"user_id": "{shopper}", "growth": 19, "entries": 18}],
    ),
    (
        "growth-not-negative",
        [GROWTH + "({shopper}, -19, 'refund', 'R1'" + AT, "UPDATE vip_account SET growth = -1"],
        [{"user_id": "{shopper}", "growth": -1}],
    ),
    (
        "growth-earned",
        ["UPDATE growth_entry SET reference = 'nowhere'"],
        [
            {"user_id": "{shopper}", "order_no": "{received_no}", "paid": 1800, "entry": None},
            {"user_id": "{shopper}", "order_no": "nowhere", "paid": None, "entry": 18},
        ],
    ),
    (
        "cart-quantity",
        ["UPDATE cart_item SET quantity = 100"],
        [{"user_id": "{other}", "goods_id": 475, "quantity": 100}],
    ),
    (
        "cart-quantity",
        ["UPDATE cart_item SET quantity = 0"],
        [{"user_id": "{other}", "goods_id": 475, "quantity": 0}],
    ),
    (
        "favourites-bounded",
        [MANY_GOODS, "INSERT INTO favourite" + NUMBERS.format(last=1501, row=REMEMBERED)],
        [{"user_id": "{other}", "favourites": 501}],
    ),
    (
        "footprints-bounded",
        [MANY_GOODS, "INSERT INTO footprint" + NUMBERS.format(last=1101, row=REMEMBERED)],
        [{"user_id": "{other}", "footprints": 101}],
    ),
    (
        "bought-with-bounded",
        ["INSERT INTO bought_with" + NUMBERS.format(last=1013, row="475, i, 2")],
        [{"goods_id": 475, "others": 13}],
    ),
    (
        "default-address",
        [ADDRESS.format(user="{shopper}", default=1), ADDRESS.format(user="{other}", default=0)],
        [{"user_id": "{shopper}", "defaults": 2}],
    ),
    (
        "foreign-keys",
        ["UPDATE cart_item SET goods_id = 999"],
        [{"table": "cart_item", "column": "goods_id", "missing": 999, "rows": 1}],
    ),
    (
        "foreign-keys",
        ["UPDATE cart_item SET user_id = 999"],
        [{"table": "cart_item", "column": "user_id", "missing": 999, "rows": 1}],
    ),
    (
        "foreign-keys",
        [LINE],
        [{"table": "order_line", "column": "order_id", "missing": 999, "rows": 1}],
    ),
    (
        "foreign-keys",
        [ADJUSTMENT + "(999, 475, 'freight', 600), (999, 476, 'freight', 100)"],
        [{"table": "order_adjustment", "column": "order_id", "missing": 999, "rows": 2}],
    ),
    (
        "foreign-keys",
        ["UPDATE user_coupon SET user_id = 999 WHERE id = {unused}"],
        [{"table": "user_coupon", "column": "user_id", "missing": 999, "rows": 1}],
    ),
    (
        "foreign-keys",
        ["UPDATE user_ticket SET user_id = 999"],
        [{"table": "user_ticket", "column": "user_id", "missing": 999, "rows": 1}],
    ),
    (
        "foreign-keys",
        ["UPDATE food_type SET parent_id = 999 WHERE parent_id IS NOT NULL"],
        [{"table": "food_type", "column": "parent_id", "missing": 999, "rows": 1}],
    ),
]


@pytest.fixture
def in_use(shopper, fruit) -> InUse:
    return shop_in_use(shopper)


def findings() -> dict[str, Finding]:
    """Return what is broken, by name."""
    db.session.rollback()
    found = [check(db.engine, each, 20) for each in INVARIANTS]
    return {each.invariant.name: each for each in found if each.broken}


def rows_of(finding: Finding) -> list[dict]:
    return [dict(zip(finding.columns, row, strict=True)) for row in finding.rows]


def names_of(in_use: InUse) -> dict[str, object]:
    coupons = "SELECT id FROM user_coupon WHERE coupon_id = :coupon AND order_id IS "
    with db.engine.connect() as connection:
        used, unused = (
            connection.scalar(text(coupons + end), {"coupon": in_use.coupon}) for end in ("NOT NULL", "NULL")
        )
        payment_of = text("SELECT no FROM payment WHERE order_id = :paid")
        paid_payment = connection.scalar(payment_of, {"paid": in_use.paid.id})
    return {**in_use.names(), "used": used, "unused": unused, "paid_payment": paid_payment}


def filled(value: object, names: dict[str, object]) -> object:
    """Return a value with the names in it filled in; one that is nothing but a name becomes what it stands for."""
    if not isinstance(value, str) or "{" not in value:
        return value
    name = value.strip("{}")
    return names[name] if name in names else value.format(**names)


def test_nothing_is_broken_in_an_empty_shop(app):
    assert findings() == {}


def test_nothing_is_broken_in_a_shop_in_use(in_use):
    assert findings() == {}


@pytest.mark.parametrize(
    ("name", "statements", "wanted"), BREAKS, ids=[f"{each[0]}-{number}" for number, each in enumerate(BREAKS)]
)
def test_what_a_careless_hand_breaks_is_found_and_nothing_else(in_use, name, statements, wanted):
    names = names_of(in_use)
    break_by_hand(*(statement.format(**names) for statement in statements))
    found = findings()
    assert sorted(found) == [name]
    assert found[name].broken == len(wanted)
    rows = [{column: filled(value, names) for column, value in row.items()} for row in wanted]
    assert sorted(map(str, rows_of(found[name]))) == sorted(map(str, rows))


def test_a_time_of_payment_that_an_unpaid_order_has_is_found(in_use):
    break_by_hand(f"UPDATE orders SET paid_at = created_at WHERE id = {in_use.unpaid.id}")
    found = findings()
    assert sorted(found) == ["paid-at"]
    assert rows_of(found["paid-at"])[0]["order_no"] == in_use.unpaid.no


def test_a_birthday_coupon_comes_besides_what_one_person_may_have(in_use):
    birthday = f"UPDATE user_coupon SET source = 'birthday' WHERE id = {names_of(in_use)['unused']}"
    break_by_hand(f"UPDATE coupon SET per_person = 1 WHERE id = {in_use.coupon}", birthday)
    assert findings() == {}


def test_every_invariant_is_broken_by_a_test():
    assert {each[0] for each in BREAKS} == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_rows_are_counted_beyond_those_that_are_shown(in_use):
    break_by_hand("UPDATE order_line SET amount = amount + 1")
    invariant = next(each for each in INVARIANTS if each.name == "line-amount")
    found = check(db.engine, invariant, 3)
    assert (found.broken, len(found.rows)) == (8, 3)


@pytest.mark.parametrize("invariant", INVARIANTS, ids=NAMES)
def test_an_invariant_is_one_query_so_that_it_sees_one_instant(app, invariant):
    with counted() as statements:
        check(db.engine, invariant, 20)
    assert len(statements) == 1


def test_the_document_says_what_each_means():
    document = (Path(__file__).parents[2] / "docs" / "invariants.md").read_text()
    parts = document.split("\n### `")[1:]
    told = {part.split("`")[0]: " ".join(part.split("\n\n")[1].split()) for part in parts}
    assert list(told) == NAMES
    assert {each.name: each.sentence for each in INVARIANTS} == told
