"""The outbox: what a use case wants to tell a shopper, written in its own transaction."""

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select

from axf.core import trace
from axf.core.db import AnySession
from axf.notice.models import Outbox


class Kind(StrEnum):
    """The moments a shopper is told of; each has its texts in ``texts``, and the values that these need."""

    PAID = "paid"  # order_no, amount
    CANCELLED = "cancelled"  # order_no, reason: shopper, expired, shop
    SHIPPED = "shipped"  # order_no, phone: who takes it at the door
    DELIVERED = "delivered"  # order_no
    REFUNDED = "refunded"  # order_no, amount
    AFTER_SALE = "after-sale"  # order_no, state: the new one
    REPLIED = "replied"  # goods_id, name, name_en
    COUPON_ENDING = "coupon-ending"  # name, name_en, ends: the instant as ISO text
    BACK_IN_STOCK = "back-in-stock"  # goods_id, name, name_en
    EMAIL_CHANGED = "email-changed"  # email: the address before, which takes the mail


class Channel(StrEnum):
    """The ways to a shopper."""

    INBOX = "inbox"
    MAIL = "mail"
    SMS = "sms"


class State(StrEnum):
    """Where an outbox row is."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


# What only one channel needs is kept from the others, so that nobody reads it there.
OF_CHANNEL = {"phone": Channel.SMS, "email": Channel.MAIL}
# A text message costs money and wakes people: only somebody who comes to the door is worth one.
BY_SMS = frozenset({Kind.SHIPPED})


def tell(session: AnySession, user_id: int, kind: str, key: str, at: datetime, **values: str | int) -> None:
    """Write what is to be told, one row for each channel that the moment deserves. The caller commits.

    ``key`` names the moment among those of its kind: an order's number, a refund's id; at most 90 characters.
    ``values`` (amounts in fen) are what the kind's texts need. A repeat with the same kind and key writes nothing,
    whatever its values. Who loses a race for a key gets an IntegrityError: ``retried`` runs the use case again.
    Locks nothing but the rows it writes; whether there is an address is asked when it is sent.
    Raises ValueError for a kind that does not exist or a key that is too long.
    """
    moment = f"{Kind(kind)}/{key}"
    if len(key) > 90:
        raise ValueError(f"the key {key!r} is longer than 90 characters")
    channels = [each for each in Channel if each is not Channel.SMS or kind in BY_SMS]
    keys = {f"{moment}/{channel}": channel for channel in channels}
    written = set(session.scalars(select(Outbox.key).where(Outbox.key.in_(keys))))
    rows = [
        {
            "key": row_key,
            "user_id": user_id,
            "channel": channel,
            "kind": kind,
            "payload": _payload(channel, values),
            "state": State.WAITING,
            "next_try_at": at,
            "created_at": at,
            "request_id": trace.current_id(),
        }
        for row_key, channel in keys.items()
        if row_key not in written
    ]
    if rows:
        session.execute(insert(Outbox), rows)


def _payload(channel: Channel, values: dict[str, str | int]) -> str:
    kept = {name: value for name, value in values.items() if OF_CHANNEL.get(name, channel) is channel}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
