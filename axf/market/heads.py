"""The heads of market, goods and share pages: their one address, their words, their data."""

from collections.abc import Sequence

from flask_babel import gettext as _

from axf.assets import goods_picture
from axf.canonical import Head, in_full, shortened
from axf.core.money import yuan_text
from axf.i18n import local
from axf.market.kinds import Node
from axf.market.queries import GoodsDetail, Page
from axf.market.structured import breadcrumbs, item_list, product
from axf.review.shown import ShownReview


def listing_head(current: Node, child: Node | None, page: Page, is_first_page: bool) -> Head:
    """Return the head of a market page. Each sort has the address of the first one: they list the same goods.

    Further pages are not indexed, since their cursors move with the goods; the sitemap leads to every goods.
    """
    name = local(child or current, "name")
    first = page.cards[0].picture if page.cards else ""
    return Head(
        title=f"{name} · {local(current, 'name')}" if child else name,
        description=_("%(name)s at AXF: picked fresh, fairly priced, brought to your door.", name=name),
        endpoint="market.listing",
        values={"type_id": current.id, "child_id": child.id if child else 0, "sort": 0},
        image=in_full(goods_picture(first, 480)) if first else "",
        image_alt=name,
        data=(breadcrumbs(current, child), *([item_list(page.cards)] if page.cards else [])),
        indexed=is_first_page,
    )


def kinds_head(*, is_first_page: bool) -> Head:
    """Return the head of the page of all food types; further pages are not indexed."""
    words = _("Everything that AXF brings to your door, by kind.")
    return Head(_("All kinds"), words, "market.all_kinds", indexed=is_first_page)


def goods_head(goods: GoodsDetail, current: Node, child: Node | None, reviews: Sequence[ShownReview]) -> Head:
    """Return the head of a goods page; a goods off sale is not indexed."""
    return _goods_head(goods, (product(goods, reviews), breadcrumbs(current, child, goods)), goods.on_sale)


def share_head(goods: GoodsDetail) -> Head:
    """Return the head of the page that shares a goods: who shares that page shares the goods."""
    return _goods_head(goods, (), False)


def _goods_head(goods: GoodsDetail, data: tuple, indexed: bool) -> Head:
    name, pack = local(goods, "name"), local(goods, "pack")
    terms = _("%(name)s, %(pack)s: ¥%(price)s.", name=name, pack=pack, price=yuan_text(goods.price_now))
    return Head(
        title=f"{name} {pack}",
        description=shortened(f"{terms} {local(goods, 'description')}"),
        endpoint="market.goods",
        values={"goods_id": goods.id},
        image=in_full(goods_picture(goods.picture, 480)),
        image_alt=name,
        kind="product",
        data=data,
        indexed=indexed,
    )
