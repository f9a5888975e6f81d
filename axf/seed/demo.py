"""The demo: our catalogue, what the shop has besides goods, and shoppers in every situation."""

from collections.abc import Callable, Mapping

from sqlalchemy import select

from axf.extensions import db
from axf.market.models import Goods
from axf.order.pairs import count_pairs
from axf.seed import demo_coupons, demo_shop, demo_shoppers
from axf.seed.catalog import load_catalog
from axf.seed.report import Report


def has_goods() -> bool:
    """Tell whether the shop has any goods."""
    return db.session.scalar(select(Goods.id).limit(1)) is not None


def seed_demo(texts: Mapping[str, str], *, on_rows: Callable[[int], object] = lambda rows: None) -> Report:
    """Load the catalogue, with stock and sales as the files have them, and all that makes a shop in use of it.

    Several use cases after each other, each of which commits. A repeat sets catalogue, stock, sales and the demo's cart
    lines back, adds what is missing, and counts anew what is bought together; passwords, orders and what else is in a
    cart it leaves alone.
    Raises SeedFileError, with nothing changed.
    """
    report = load_catalog(texts, resets_stock=True, on_rows=on_rows)
    ids = demo_shop.goods_ids()
    demo_shop.promote(ids, report)
    demo_shop.deliver(report)
    demo_shop.add_levels(report)
    demo_coupons.add_coupons(report.of("coupon"))
    demo_shoppers.add_shoppers(ids, report)
    count_pairs()
    return report
