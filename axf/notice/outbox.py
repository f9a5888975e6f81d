"""The outbox: what is to be told, written in the transaction that made it so. It never commits."""

import json
from datetime import datetime

from sqlalchemy import insert, select

from axf.core.db import AnySession, table_of
from axf.notice.models import Outbox

CHANNELS = ("inbox", "mail")
ALSO_BY_SMS = ("shipped",)
_INSERT = insert(table_of(Outbox))


def tell(session: AnySession, user_id: int, kind: str, key: str, at: datetime, **values: str | int) -> None:
    """Note that a shopper is to be told of a moment, on every channel that it deserves. The caller commits.

    ``values`` are what its words need: an order's number, a sum in fen. A repeat with the same kind and key adds
    nothing; who loses a race for it gets an IntegrityError, so that ``retried`` runs the use case again.
    """
    channels = (*CHANNELS, "sms") if kind in ALSO_BY_SMS else CHANNELS
    keys = {channel: f"{kind}/{key}/{channel}" for channel in channels}
    if session.scalar(select(Outbox.id).where(Outbox.key == keys["inbox"])) is not None:
        return
    payload = json.dumps(values, ensure_ascii=False)
    rows = [
        {
            "key": key,
            "user_id": user_id,
            "channel": channel,
            "kind": kind,
            "payload": payload,
            "state": "waiting",
            "next_try_at": at,
            "created_at": at,
        }
        for channel, key in keys.items()
    ]
    session.execute(_INSERT, rows)
