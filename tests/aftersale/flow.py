"""Received orders, by the use cases, and what is asked back of them."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import select, update

from axf.aftersale import service
from axf.aftersale.models import AfterSale
from axf.aftersale.rules import Limits, Reason
from axf.aftersale.service import Wanted
from axf.aftersale.state import Kind
from axf.core import clock
from axf.extensions import db
from axf.order import fulfilment
from axf.order.models import LineRefund, Order
from axf.storage.local import Folder
from axf.storage.store import Store
from axf.user.models import User
from tests import conftest
from tests.order.flow import pay_by_credit

LIMITS = Limits(worth=3000, per_month=3)
NEVER = Limits(worth=0, per_month=0)
NOWHERE = Folder(Path("/nonexistent"))


def bring(user_id: int, no: str) -> str:
    """Let an unpaid order be paid with store credit, brought and received; return its number."""
    pay_by_credit(user_id, no)
    conftest.bring(no)
    fulfilment.receive_by_shop(no)
    return no


def make_old(user_id: int) -> None:
    """Let the account be a month old: what it asks may be approved at once."""
    month_ago = clock.now() - timedelta(days=30)
    db.session.execute(update(User).where(User.id == user_id).values(created_at=month_ago))
    db.session.commit()


def wanted(quantities: dict[int, int], kind: Kind = Kind.REFUND, reason: Reason = Reason.MISSING, number: int = 1):
    return Wanted(kind, reason, "少了", quantities, number)


def ask(user_id: int, no: str, what: Wanted, limits: Limits = NEVER, photos: int = 0, store: Store = NOWHERE) -> str:
    uploads = [picture() for _ in range(photos)]
    return service.ask(user_id, no, what, uploads=uploads, store=store, limits=limits)


def picture(size: tuple[int, int] = (40, 30)) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG")
    out.seek(0)
    return out


def request(no: str) -> AfterSale:
    db.session.rollback()
    return db.session.scalars(select(AfterSale).where(AfterSale.no == no)).one()


def fallen() -> list[tuple]:
    db.session.rollback()
    columns = (LineRefund.goods_id, LineRefund.quantity, LineRefund.amount, LineRefund.points, LineRefund.reference)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(LineRefund.id))]


def received_at(no: str, instant: datetime) -> None:
    db.session.execute(update(Order).where(Order.no == no).values(received_at=instant))
    db.session.commit()
