"""The demo's reviews: of what its shoppers received, written, added to and answered as people do it."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.review import service
from axf.review.service import Opinion
from axf.storage.store import uploads as kept_uploads


@dataclass(frozen=True)
class DemoReview:
    """A review of a goods (by its number in the demo); with ``has_photo`` the catalogue's own picture serves as one."""

    number: int
    stars: int
    text: str
    is_anonymous: bool = False
    has_photo: bool = False
    added: str = ""
    reply: str = ""


def add_reviews(user_id: int, no: str, reviews: Sequence[DemoReview], ids: Mapping[int, int]) -> None:
    """Write the reviews of a shopper's received order, each in steps that commit. ``ids`` are the goods by number.

    What had run out, so that the order went without it, has none.
    """
    for each in reviews:
        with suppress(NotFound):
            review_id = _write(user_id, no, ids.get(each.number, 0), each)
            if each.added:
                service.add(user_id, review_id, each.added)
            if each.reply:
                service.reply(review_id, each.reply)


def _write(user_id: int, no: str, goods_id: int, each: DemoReview) -> int:
    with ExitStack() as files:
        uploads = [files.enter_context(_picture(goods_id).open("rb"))] if each.has_photo else []
        opinion = Opinion(each.stars, each.text, each.is_anonymous)
        return service.write(user_id, no, goods_id, opinion, uploads=uploads, store=kept_uploads())


def _picture(goods_id: int) -> Path:
    name = db.session.scalar(select(Goods.picture).where(Goods.id == goods_id))
    if name is None:
        raise NotFound(what="goods")
    return Path(current_app.static_folder or "", "img", "goods", f"{name}-480.webp")
