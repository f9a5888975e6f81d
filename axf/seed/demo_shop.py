"""What the demo shop itself has besides goods: promotions for a week, a delivery area with slots, levels."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from axf.core import clock
from axf.delivery import areas, regions, slots
from axf.extensions import db
from axf.market import promotions
from axf.market.models import Goods
from axf.seed.report import Report
from axf.vip import levels

# What the codes of the demo catalogue begin with; the goods' number follows in six digits.
CODES = "AXF-"
# Promotion prices in fen by the goods' number, what is second at half price, and a sum off any basket.
PRICES = {401: 2390, 427: 6990, 437: 990, 475: 1490, 587: 1890}
SECOND_HALF = (483, 518)
FULL_OFF: dict[str, Any] = {"name": "全场满减", "name_en": "On everything", "minimum": 5900, "off": 500}
PROMOTED_FOR = timedelta(days=7)
SHANGHAI = "310000"
AREA: dict[str, Any] = {
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


def goods_ids() -> dict[int, int]:
    """Return the ids of the demo's goods by the number in their code. One query."""
    found = db.session.execute(select(Goods.code, Goods.id).where(Goods.code.startswith(CODES)))
    return {int(code.removeprefix(CODES)): goods_id for code, goods_id in found}


def promote(ids: Mapping[int, int], report: Report) -> None:
    """Promote some of the demo's goods for a week, and take a sum off large baskets; what runs already stays."""
    now = clock.now()
    until = datetime.combine(clock.today() + PROMOTED_FOR, time(), clock.SHOP_ZONE)
    known = {each.id: each for each in promotions.list_goods()}
    for number, price in PRICES.items():
        before = known.get(ids[number])
        is_new = before is None or before.promo_ends_at is None or before.promo_ends_at <= now
        if is_new:
            promotions.set_promo_price(ids[number], price, now, until)
        report.of("promotions").count(is_new)
    for number in SECOND_HALF:
        before = known.get(ids[number])
        is_new = before is None or not before.is_second_half
        if is_new:
            promotions.set_second_half(ids[number], True)
        report.of("promotions").count(is_new)
    is_new = FULL_OFF["name"] not in {each.name for each in promotions.running_full_offs(now)}
    if is_new:
        promotions.create_full_off(**FULL_OFF, goods_ids=(), starts_at=now, ends_at=until)
    report.of("full_off").count(is_new)


def deliver(report: Report) -> None:
    """Open an area of all of Shanghai with a week of slots; what the shop's people changed of it is set back.

    A shop that delivers in Shanghai on terms of its own keeps them.
    """
    districts = [district.code for city in regions.cities(SHANGHAI) for district in regions.districts(city.code)]
    try:
        report.of("delivery_area").count(areas.save_area(**AREA, districts=districts))
    except areas.DistrictTaken as taken:
        report.notes.append(f"delivery_area: none made, the area {taken.details['area']} has its districts")
    made = slots.fill()
    counts = report.of("delivery_slot")
    counts.read += made
    counts.added += made


def add_levels(report: Report) -> None:
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
