"""The demo's shoppers, each in another situation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import select

from axf.cart.models import CartItem
from axf.core import clock
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.seed import demo_coupons
from axf.seed.demo_orders import DemoOrder, add_orders, fill_cart
from axf.seed.demo_reviews import DemoReview
from axf.seed.report import Report, TableReport
from axf.user import accounts, addresses
from axf.user.addresses import Fields
from axf.user.models import User
from axf.vip import ledger as vip
from axf.vip.corrections import REASON as CORRECTED

PASSWORD = "demo-axf-2026"  # noqa: S105 - printed by the command, and never made in production
DAYS_OF_A_YEAR = 365
GIFT = "老店转入"


@dataclass(frozen=True)
class DemoShopper:
    """A shopper, and in English what to see with them.

    ``welcome`` are points of today, ``points`` pairs: so many older ones, that end in so many days. ``growth`` are
    pairs: so much, so many days ago. The first address is the default. ``cart`` has the goods by their number in the
    demo.
    """

    username: str
    shows: str
    coupons: Sequence[str] = ()
    welcome: int = 0
    points: Sequence[tuple[int, int]] = ()
    growth: Sequence[tuple[int, int]] = ()
    addresses: Sequence[Fields] = ()
    orders: Sequence[DemoOrder] = ()
    cart: Mapping[int, int] = field(default_factory=dict)


SHOPPERS = (
    DemoShopper(
        username="demo",
        shows="a filled cart, an address, coupons and points: ready for the checkout",
        coupons=("满59减8", "水果满30减5", "会员88折"),
        welcome=600,
        addresses=(
            Fields(name="蜜小蜂", phone="13800138000", district="310101", detail="南京东路 100 号 8 楼", tag="home"),
        ),
        cart={559: 1, 443: 1, 502: 1, 577: 1, 431: 2},
    ),
    DemoShopper(username="demo_new", shows="nothing yet but the coupon for the first order"),
    DemoShopper(
        username="demo_v3",
        shows="gold member: points that end this week, coupons that cannot all be used now",
        coupons=("满59减8", "会员88折", "水果满30减5", "早餐时段减3", "满199减30", "周年庆满99减20"),
        points=((260, 2), (140, 5), (420, 40), (880, 190)),
        growth=((640, 210), (720, 120), (380, 35)),
        addresses=(
            Fields(name="周知夏", phone="13800138003", district="310106", detail="愚园路 300 弄 12 号", tag="home"),
            Fields(name="周知夏", phone="13800138003", district="310115", detail="世纪大道 88 号 21 层", tag="company"),
        ),
        orders=(
            DemoOrder(
                {403: 1, 416: 1, 479: 1, 487: 1},
                "received",
                has_coupons=True,
                reviews=(
                    DemoReview(403, 5, "又脆又甜，个个都好", has_photo=True, added="放了一周还是很脆"),
                    DemoReview(416, 4, "很甜，颗粒比想的小一点", is_anonymous=True, reply="谢谢，下一批会挑大一些的"),
                    DemoReview(479, 2, "盒子压扁了一点", reply="很抱歉，我们已经换了更结实的箱子"),
                ),
            ),
            DemoOrder({587: 1, 614: 1, 620: 1}, "received"),
            DemoOrder({452: 1, 513: 1}, "paid", note="到了请打电话", wish="call"),
        ),
        cart={401: 1, 437: 2, 475: 1, 483: 2},
    ),
    DemoShopper(
        username="demo_v5",
        shows="highest level: growth and points of a year, delivery is always free; a usual basket",
        coupons=("会员88折", "草莓尝鲜价", "满199减30"),
        points=((1800, 25), (3200, 120), (2600, 210), (4100, 300)),
        growth=((3200, 340), (2800, 245), (3100, 155), (2400, 65)),
        addresses=(
            Fields(name="陈一鸣", phone="13800138005", district="310104", detail="衡山路 9 号 1601 室", tag="home"),
            Fields(name="陈妈妈", phone="13800138006", district="310110", detail="大学路 128 弄 3 号 501 室", tag=""),
        ),
        orders=(
            DemoOrder({427: 1, 429: 1, 491: 1}, "received", has_coupons=True),
            DemoOrder({427: 2, 429: 1, 491: 1, 605: 1}, "received", invoice_title="上海小蜜蜂贸易有限公司"),
            DemoOrder({427: 1, 429: 1, 443: 1, 559: 1}, "paid", note="放门口就好，谢谢"),
        ),
        cart={401: 2, 518: 2, 557: 1},
    ),
    DemoShopper(
        username="demo_orders",
        shows="an order in every state; the paid one has every rule of the price table",
        coupons=("免运费",),
        welcome=600,
        growth=((160, 80),),
        addresses=(
            Fields(
                name="林小满", phone="13800138007", district="310109", detail="四川北路 1688 号 6 楼", tag="company"
            ),
        ),
        orders=(
            DemoOrder(
                {401: 1, 437: 1, 483: 2, 553: 2},
                "paid",
                has_coupons=True,
                has_points=True,
                note="草莓请轻放",
                wish="replace",
            ),
            DemoOrder({577: 4, 584: 1, 645: 2}, "expired"),
            DemoOrder({425: 1, 621: 1}, "cancelled", reason="我下错单了"),
            DemoOrder({417: 1, 447: 1, 475: 1}, "received"),
            DemoOrder({417: 3, 447: 1}, "shipped", missing={417: 1}),
            DemoOrder({452: 1, 513: 1}, "refunded", reason="我下错单了"),
            DemoOrder({590: 1, 601: 1, 467: 2}, "unpaid"),
        ),
    ),
    DemoShopper(
        username="demo_far",
        shows="lives where nobody delivers; with the other address the cart is below the minimum",
        addresses=(
            Fields(name="何西溪", phone="13800138009", district="330106", detail="文三路 398 号 2 幢", tag="home"),
            Fields(name="何西溪", phone="13800138009", district="310112", detail="申虹路 9 号 3 楼", tag="company"),
        ),
        cart={523: 2, 577: 1},
    ),
)


def add_shoppers(ids: Mapping[int, int], report: Report) -> None:
    """Make the demo's shoppers with all they have; who had the name before keeps the password. Commits after each step.

    ``ids`` are those of the goods by number. A repeat sets only what it put into carts back.
    """
    # One password, one hash: a hash of their own each would be most of what this costs.
    password_hash = accounts.hasher.hash(PASSWORD)
    for each in SHOPPERS:
        user_id = _account(each.username, password_hash, report.of("users"))
        _give_addresses(user_id, each.addresses, report.of("address"))
        demo_coupons.give_coupons(user_id, each.coupons, report.of("user_coupon"))
        _reward(user_id, each, report)
        add_orders(user_id, each.orders, ids, report)
        _set_cart(user_id, {ids[number]: each.cart[number] for number in each.cart}, report.of("cart_item"))


def with_other_passwords() -> list[str]:
    """Return which of the shoppers cannot log in with the demo's password: somebody may have had the name before."""
    keys = [accounts.username_key(each.username) for each in SHOPPERS]
    by_hash: dict[str, list[str]] = {}
    rows = select(User.password_hash, User.username_key).where(User.username_key.in_(keys)).order_by(User.id)
    for password_hash, name in db.session.execute(rows).all():
        by_hash.setdefault(password_hash, []).append(name)
    others: list[str] = []
    for names in by_hash.values():
        try:
            accounts.prove(names[0], PASSWORD)
        except accounts.WrongLogin:
            others += names
    return others


def _account(username: str, password_hash: str, counts: TableReport) -> int:
    try:
        user_id = accounts.register_hashed(username, password_hash)
    except accounts.UsernameTaken:
        counts.count(is_new=False)
        return accounts.id_of(username)
    counts.count(is_new=True)
    return user_id


def _give_addresses(user_id: int, given: Sequence[Fields], counts: TableReport) -> None:
    """Write the addresses into an empty book."""
    is_new = not addresses.book_of(user_id)
    for fields in given:
        counts.count(is_new)
        if is_new:
            addresses.add(user_id, **fields)


@retried
def _reward(user_id: int, shopper: DemoShopper, report: Report) -> None:
    """Give points and growth, each once: its place in the list is its reference."""
    now = clock.now()
    with transaction(db.session):
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        if shopper.welcome:
            key = {"reason": Reason.WELCOME, "reference": shopper.username}
            report.of("points_entry").count(points.earn(db.session, user_id, shopper.welcome, **key, at=now))
        for place, (amount, days_left) in enumerate(shopper.points, 1):
            at = _noon(DAYS_OF_A_YEAR - days_left)
            key = {"reason": Reason.ADJUSTED, "reference": f"demo-{place} {GIFT}"}
            report.of("points_entry").count(points.earn(db.session, user_id, amount, **key, at=at))
        for place, (amount, days_ago) in enumerate(shopper.growth, 1):
            at = _noon(days_ago)
            key = {"reason": CORRECTED, "reference": f"{GIFT} {place}"}
            report.of("growth_entry").count(vip.grow(db.session, user_id, amount, **key, at=at))


def _noon(days_ago: int) -> datetime:
    return datetime.combine(clock.today() - timedelta(days=days_ago), time(12), clock.SHOP_ZONE)


def _set_cart(user_id: int, wanted: Mapping[int, int], counts: TableReport) -> None:
    """Put the goods into the cart, as many as the demo has of each; what else is there stays."""
    in_cart = select(CartItem.goods_id, CartItem.quantity).where(CartItem.user_id == user_id)
    before = dict(db.session.execute(in_cart).all())
    changed = {goods_id: quantity for goods_id, quantity in wanted.items() if before.get(goods_id) != quantity}
    put = fill_cart(user_id, changed)
    counts.read += len(wanted)
    counts.unchanged += len(wanted) - len(changed)
    counts.changed += sum(goods_id in before for goods_id in put)
    counts.added += sum(goods_id not in before for goods_id in put)
    counts.skipped += len(changed) - len(put)
