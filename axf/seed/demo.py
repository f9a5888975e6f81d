"""The demo shop: our catalogue and a shopper with a filled cart; shoppers by the thousand for load tests."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select

from axf.cart import service as cart
from axf.cart.models import CartItem
from axf.core import clock
from axf.core.db import retried, transaction
from axf.delivery import areas, regions, slots
from axf.extensions import db
from axf.market import promotions
from axf.market.models import Goods
from axf.points import ledger
from axf.points.ledger import Reason
from axf.seed import demo_coupons
from axf.seed.catalog import load_catalog
from axf.seed.report import Report, TableReport
from axf.user import accounts, addresses
from axf.user.models import User
from axf.vip import levels

DEMO_USERNAME = "demo"
DEMO_POINTS = 600
DEMO_PASSWORD = "demo-axf-2026"  # noqa: S105 - printed by the command, and never made in production
# What the codes of the demo catalogue begin with.
DEMO_CODES = "AXF-"
GOODS_IN_CART = 5
SHANGHAI = "310000"
# Promotion prices in fen by the goods' code, what is second at half price, and a sum off any basket.
DEMO_PRICES = {"AXF-000401": 2390, "AXF-000427": 6990, "AXF-000437": 990, "AXF-000475": 1490, "AXF-000587": 1890}
DEMO_SECOND_HALF = ("AXF-000483", "AXF-000518")
DEMO_FULL_OFF: dict[str, Any] = {"name": "全场满减", "name_en": "On everything", "minimum": 5900, "off": 500}
PROMOTED_FOR = timedelta(days=7)
DEMO_AREA: dict[str, Any] = {
    "name": "上海",
    "name_en": "Shanghai",
    "fee": 600,
    "free_from": 5900,
    "minimum": 1500,
    "opens_at": 8 * 60,
    "closes_at": 21 * 60,
    "slot_minutes": 30,
    "capacity": 20,
    "cutoff_minutes": 30,
}
DEMO_ADDRESS = {
    "name": "蜜小蜂",
    "phone": "13800138000",
    "district": "310101",
    "detail": "南京东路 100 号 8 楼",
    "tag": "home",
}
BATCH = 1000


def has_goods() -> bool:
    """Tell whether the shop has any goods."""
    return db.session.scalar(select(Goods.id).limit(1)) is not None


def seed_demo(texts: Mapping[str, str], *, on_rows: Callable[[int], object] = lambda rows: None) -> Report:
    """Load the catalogue, with stock and sales as the files have them, and make the demo shopper with a cart.

    Several use cases after each other, each of which commits; a repeat sets all of it back, but never the
    demo shopper's password, and leaves alone what the cart holds besides.
    Raises SeedFileError, with nothing changed.
    """
    report = load_catalog(texts, resets_stock=True, on_rows=on_rows)
    _promote(report)
    _deliver(report)
    _levels(report)
    _coupons(report)
    user_id = _demo_shopper(report.of("users"))
    _fill_cart(user_id, report.of("cart_item"))
    _give_address(user_id, report.of("address"))
    _give_points(user_id, report.of("points_entry"))
    demo_coupons.give_coupons(user_id)
    return report


def password_is_the_demos() -> bool:
    """Tell whether the demo shopper can log in with the demo's password: somebody may have had the name before."""
    try:
        accounts.prove(DEMO_USERNAME, DEMO_PASSWORD)
    except accounts.WrongLogin:
        return False
    return True


def add_shoppers(count: int, password: str, on_rows: Callable[[int], object] = lambda rows: None) -> Report:
    """Make the shoppers shopper0001 … up to ``count``, all with this password; those that exist are left alone.

    A thousand to a transaction, so that a broken run goes on where it stopped. They share one password, so
    they share its hash too: a hash of their own each would take an hour for a hundred thousand.
    """
    report = Report()
    password_hash = accounts.hasher.hash(password)
    for first in range(1, count + 1, BATCH):
        names = [f"shopper{number:04d}" for number in range(first, min(first + BATCH, count + 1))]
        added = _add_missing(names, password_hash)
        counts = report.of("users")
        counts.read += len(names)
        counts.added += added
        counts.unchanged += len(names) - added
        on_rows(len(names))
    return report


def _promote(report: Report) -> None:
    """Promote some of the demo's goods for a week, and take a sum off large baskets; what runs already stays."""
    now = clock.now()
    until = datetime.combine(clock.today() + PROMOTED_FOR, time(), clock.SHOP_ZONE)
    columns = Goods.code, Goods.id, Goods.promo_ends_at, Goods.is_second_half
    codes = {*DEMO_PRICES, *DEMO_SECOND_HALF}
    promoted = {row.code: row for row in db.session.execute(select(*columns).where(Goods.code.in_(codes)))}
    for code, price in DEMO_PRICES.items():
        ends_at = promoted[code].promo_ends_at
        is_running = ends_at is not None and ends_at > now
        if not is_running:
            promotions.set_promo_price(promoted[code].id, price, now, until)
        _count(report.of("promotions"), is_running)
    for code in DEMO_SECOND_HALF:
        promotions.set_second_half(promoted[code].id, True)
        _count(report.of("promotions"), promoted[code].is_second_half)
    is_running = DEMO_FULL_OFF["name"] in {each.name for each in promotions.running_full_offs(now)}
    if not is_running:
        promotions.create_full_off(**DEMO_FULL_OFF, goods_ids=(), starts_at=now, ends_at=until)
    _count(report.of("full_off"), is_running)


def _count(counts: TableReport, was_there: bool) -> None:
    counts.read += 1
    counts.unchanged += was_there
    counts.added += not was_there


def _deliver(report: Report) -> None:
    """Open an area of all of Shanghai with a week of slots; what the shop's people changed of it is set back."""
    districts = [district.code for city in regions.cities(SHANGHAI) for district in regions.districts(city.code)]
    is_new = areas.save_area(**DEMO_AREA, districts=districts)
    counts = report.of("delivery_area")
    counts.read += 1
    counts.added += is_new
    counts.unchanged += not is_new
    made = slots.fill()
    counts = report.of("delivery_slot")
    counts.read += made
    counts.added += made


def _levels(report: Report) -> None:
    """Make the levels that are missing; a shop whose own ones leave no room for them keeps what it has."""
    try:
        made = levels.install()
    except levels.BadLevel as wrong:
        report.notes.append(f"vip_level: none made, {wrong.details['problem']}")
        return
    counts = report.of("vip_level")
    counts.read += len(levels.DEFAULTS)
    counts.added += made
    counts.unchanged += len(levels.DEFAULTS) - made


def _coupons(report: Report) -> None:
    """Make the coupons that are missing; new shoppers hold some from then on."""
    demo_coupons.add_coupons(report.of("coupon"))


def _give_address(user_id: int, counts: TableReport) -> None:
    counts.read += 1
    if addresses.book_of(user_id):
        counts.unchanged += 1
        return
    addresses.add(user_id, **DEMO_ADDRESS)
    counts.added += 1


@retried
def _give_points(user_id: int, counts: TableReport) -> None:
    """Give a welcome gift once, so that there is something to spend at checkout."""
    with transaction(db.session):
        is_new = ledger.earn(
            db.session, user_id, DEMO_POINTS, reason=Reason.WELCOME, reference=DEMO_USERNAME, at=clock.now()
        )
    counts.read += 1
    counts.added += is_new
    counts.unchanged += not is_new


def _demo_shopper(counts: TableReport) -> int:
    counts.read += 1
    try:
        user_id = accounts.register(DEMO_USERNAME, DEMO_PASSWORD)
        counts.added += 1
    except accounts.UsernameTaken:
        user_id = accounts.id_of(DEMO_USERNAME)
        counts.unchanged += 1
    return user_id


def _fill_cart(user_id: int, counts: TableReport) -> None:
    """Put the demo's best sellers of several food types into the cart, two of the first."""
    query = (
        select(Goods.food_type_id, Goods.id)
        .where(Goods.code.startswith(DEMO_CODES), Goods.on_sale, Goods.stock > 1)
        .order_by(Goods.is_featured.desc(), Goods.sales.desc(), Goods.id)
    )
    best: dict[int, int] = {}
    for food_type_id, goods_id in db.session.execute(query):
        best.setdefault(food_type_id, goods_id)
    in_cart = select(CartItem.goods_id, CartItem.quantity).where(CartItem.user_id == user_id)
    before = dict(db.session.execute(in_cart).all())
    for place, goods_id in enumerate(list(best.values())[:GOODS_IN_CART]):
        quantity = 2 if place == 0 else 1
        counts.read += 1
        if before.get(goods_id) == quantity:
            counts.unchanged += 1
            continue
        cart.set_quantity(user_id, goods_id, quantity)
        if goods_id in before:
            counts.changed += 1
        else:
            counts.added += 1


@retried
def _add_missing(names: Sequence[str], password_hash: str) -> int:
    with transaction(db.session):
        keys = {accounts.username_key(name): name for name in names}
        present = set(db.session.scalars(select(User.username_key).where(User.username_key.in_(keys))))
        now = clock.now()
        rows = [
            {"username": name, "username_key": key, "password_hash": password_hash, "avatar": None, "created_at": now}
            for key, name in keys.items()
            if key not in present
        ]
        if rows:
            db.session.execute(insert(User), rows)
        return len(rows)
