"""What goods and their lists are in the words of schema.org, for JSON-LD. Prices are yuan as decimal text."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from axf.assets import goods_picture
from axf.canonical import absolute, in_full
from axf.core.clock import SHOP_ZONE
from axf.core.money import yuan_text
from axf.i18n import current_lang, local
from axf.market.cards import Card
from axf.market.facts import facts_of
from axf.market.queries import GoodsDetail, Node
from axf.review.shown import ShownReview

CONTEXT = "https://schema.org"
MOST_REVIEWS = 3


def product(goods: GoodsDetail, reviews: Sequence[ShownReview]) -> dict[str, Any]:
    """Return a Product with its Offer; ratings only when there are reviews, and of those the first few."""
    url = absolute("market.goods", current_lang(), goods_id=goods.id)
    known = {"description": local(goods, "description"), "size": local(goods, "pack")}
    return {
        "@context": CONTEXT,
        "@type": "Product",
        "@id": f"{url}#product",
        "name": local(goods, "name"),
        "sku": goods.code,
        "url": url,
        "image": [in_full(goods_picture(each.picture, 480)) for each in goods.pictures],
        **{name: text for name, text in known.items() if text},
        "offers": _offer(goods, url),
        **_facts(goods),
        **_rating(goods, reviews),
    }


def breadcrumbs(current: Node, child: Node | None, goods: GoodsDetail | None = None) -> dict[str, Any]:
    """Return the way from the home page to a food type, its child, a goods as a BreadcrumbList."""
    lang = current_lang()
    steps = [(_("Home"), absolute("home.index", lang)), (local(current, "name"), _type_url(current.id, 0))]
    if child:
        steps.append((local(child, "name"), _type_url(current.id, child.id)))
    if goods:
        steps.append((local(goods, "name"), absolute("market.goods", lang, goods_id=goods.id)))
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": url}
        for position, (name, url) in enumerate(steps, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def item_list(cards: Sequence[Card]) -> dict[str, Any]:
    """Return the goods of a list, in its order, as an ItemList of addresses."""
    lang = current_lang()
    items = [
        {"@type": "ListItem", "position": position, "url": absolute("market.goods", lang, goods_id=card.id)}
        for position, card in enumerate(cards, start=1)
    ]
    return {"@context": CONTEXT, "@type": "ItemList", "itemListElement": items}


def _offer(goods: GoodsDetail, url: str) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "url": url,
        "price": yuan_text(goods.price_now).replace(",", ""),
        "priceCurrency": "CNY",
        "availability": f"{CONTEXT}/{_availability(goods)}",
        "itemCondition": f"{CONTEXT}/NewCondition",
    }
    if goods.special_price is not None and goods.promo_ends_at is not None:
        last = goods.promo_ends_at.astimezone(SHOP_ZONE) - timedelta(microseconds=1)
        offer["priceValidUntil"] = last.date().isoformat()
    return offer


def _availability(goods: GoodsDetail) -> str:
    if not goods.on_sale:
        return "Discontinued"
    return "InStock" if goods.stock else "OutOfStock"


def _facts(goods: GoodsDetail) -> dict[str, Any]:
    facts = [{"@type": "PropertyValue", "name": name, "value": text} for name, text in facts_of(goods)]
    return {"additionalProperty": facts} if facts else {}


def _rating(goods: GoodsDetail, reviews: Sequence[ShownReview]) -> dict[str, Any]:
    if not goods.review_count:
        return {}
    rating = {
        "@type": "AggregateRating",
        "ratingValue": goods.rating,
        "reviewCount": goods.review_count,
        "bestRating": 5,
        "worstRating": 1,
    }
    some = [_review(review) for review in reviews[:MOST_REVIEWS]]
    return {"aggregateRating": rating, **({"review": some} if some else {})}


def _review(review: ShownReview) -> dict[str, Any]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.name},
        "datePublished": review.created_at.astimezone(SHOP_ZONE).date().isoformat(),
        "reviewRating": {"@type": "Rating", "ratingValue": review.stars, "bestRating": 5, "worstRating": 1},
        **({"reviewBody": review.text} if review.text else {}),
    }


def _type_url(type_id: int, child_id: int) -> str:
    return absolute("market.listing", current_lang(), type_id=type_id, child_id=child_id, sort=0)
