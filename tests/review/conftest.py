"""Orders that have come, and reviews of them."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import current_app
from PIL import Image

from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.order import events
from axf.order.models import Order
from axf.order.state import Event
from axf.review import service
from axf.review.service import Opinion
from axf.storage.store import uploads as kept_uploads


def bring(no: str, at: datetime | None = None) -> str:
    """Bring an unpaid order all the way to its shopper and return its number."""
    at = at or clock.now()
    with transaction(db.session):
        order = events.locked(Order.no == no)
        for event, values in (
            (Event.PAY, {"paid_at": at}),
            (Event.PICK, {}),
            (Event.SHIP, {"shipped_at": at}),
            (Event.RECEIVE, {"received_at": at}),
        ):
            events.move(order, event, actor="test", at=at, **values)
    return no


def photo(colour: str = "red", size: tuple[int, int] = (640, 480)) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    out.seek(0)
    return out


def review(user_id: int, no: str, goods_id: int = 475, *, stars: int = 5, text: str = "", **how: object) -> int:
    """Write a review with so many ``photos`` and return its id."""
    uploads = [photo() for _each in range(how.pop("photos", 0))]
    opinion = Opinion(stars, text, **how)
    return service.write(user_id, no, goods_id, opinion, uploads=uploads, store=kept_uploads())


def kept_files() -> list[str]:
    folder = Path(current_app.config["MEDIA_DIR"])
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def came(order_no: str) -> str:
    """The shopper's order of goods 475 and 476, received just now."""
    return bring(order_no)
