"""Everything about a shopper as one zip: JSON by table, and the pictures that they uploaded."""

import json
import zipfile
from datetime import UTC, date, datetime
from typing import IO, Any

from sqlalchemy import Select, select

from axf.core import clock
from axf.core.db import table_of
from axf.core.errors import NotFound
from axf.extensions import db
from axf.privacy.tables import FORGOTTEN, KEPT, SECRET, of, parts
from axf.storage.store import Store
from axf.user.models import User

DATA = "data.json"


def write(user_id: int, store: Store, into: IO[bytes]) -> None:
    """Write the zip. Hashes of passwords and logins are left out. One query for each table.

    Raises NotFound, StoreAway.
    """
    data = collect(user_id)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DATA, json.dumps(data, ensure_ascii=False, indent=1))
        for name in _pictures(data):
            for path in store.paths(name.rpartition("/")[0]):
                if path.startswith(f"{name}-"):
                    archive.writestr(f"pictures/{path}", store.get(path))


def collect(user_id: int) -> dict[str, Any]:
    """Return what the shop's tables hold of a shopper, by table. Instants are UTC, sums fen. Raises NotFound."""
    account = _rows(select(table_of(User)).where(User.id == user_id))
    if not account:
        raise NotFound(what="user")
    found: dict[str, Any] = {"exported_at": clock.now().isoformat(), "account": account[0]}
    for table in (*FORGOTTEN, *KEPT):
        found[table.name] = _rows(of(table, user_id))
    for name, query in parts(user_id).items():
        found[name] = _rows(query)
    return found


def _rows(query: Select) -> list[dict[str, Any]]:
    rows = db.session.execute(query).mappings()
    return [{str(key): _plain(value) for key, value in row.items() if key not in SECRET} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _pictures(data: dict[str, Any]) -> list[str]:
    photos = [*data["review_photo"], *data["after_sale_photo"]]
    return [name for name in (data["account"]["avatar"], *(photo["name"] for photo in photos)) if name]
