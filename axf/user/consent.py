"""To which privacy notice a shopper agreed, and when."""

from sqlalchemy import or_, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.extensions import db
from axf.user.models import User

# The day of the notice in axf/templates/privacy; whoever changes what it says moves it on, and everybody is asked anew.
VERSION = "2026-11-23"


def is_current(user_id: int) -> bool:
    """Tell whether the shopper agreed to today's notice. One query."""
    return db.session.scalar(select(User.privacy_version).where(User.id == user_id)) == VERSION


@retried
def agree(user_id: int) -> None:
    """Note that the shopper agrees to today's notice; a repeat keeps the first instant. Commits."""
    other = or_(User.privacy_version.is_(None), User.privacy_version != VERSION)
    agreed = update(User).where(User.id == user_id, other)
    with transaction(db.session):
        rows_changed(db.session, agreed.values(privacy_version=VERSION, privacy_agreed_at=clock.now()))
