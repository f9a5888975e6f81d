"""Addresses: where a shopper wants things brought, one of them the default."""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from sqlalchemy import Row, delete, func, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.delivery import regions
from axf.extensions import db
from axf.user.models import Address, User

MOST_ADDRESSES = 20


class TooManyAddresses(ShopError):
    """The shopper has as many addresses as one can have."""

    code = "too-many-addresses"
    status = 409


class Fields(TypedDict):
    """What a shopper writes: phone in eleven digits, district in six, tag '', home, company or school."""

    name: str
    phone: str
    district: str
    detail: str
    tag: str


@dataclass(frozen=True)
class AddressView:
    """An address as it is shown; ``region`` is 浙江省 杭州市 西湖区."""

    id: int
    name: str
    phone: str
    district: str
    region: str
    detail: str
    tag: str
    is_default: bool

    @property
    def masked_phone(self) -> str:
        """The phone with its middle hidden: 138****8000."""
        return f"{self.phone[:3]}****{self.phone[-4:]}"


_COLUMNS = (
    Address.id,
    Address.name,
    Address.phone,
    Address.district,
    Address.detail,
    Address.tag,
    Address.is_default,
)
# The newest first; the id decides between two of one instant.
_NEWEST_FIRST = (Address.created_at.desc(), Address.id.desc())


def book_of(user_id: int) -> list[AddressView]:
    """Return the shopper's addresses, the default first, then the newest. One query."""
    found = db.session.execute(
        select(*_COLUMNS).where(Address.user_id == user_id).order_by(Address.is_default.desc(), *_NEWEST_FIRST)
    )
    return [_view(row) for row in found]


def get(user_id: int, address_id: int) -> AddressView:
    """Return one of the shopper's addresses. Raises NotFound. Opens no transaction: a use case may read it."""
    row = db.session.execute(select(*_COLUMNS).where(*_mine(user_id, address_id))).first()
    if row is None:
        raise NotFound
    return _view(row)


@retried
def add(user_id: int, **fields: Unpack[Fields]) -> int:
    """Add an address and return its id; the first one is the default. Commits.

    The same once more (a second tap) returns the one that is there. Raises TooManyAddresses.
    """
    with transaction(db.session):
        _lock(user_id)
        same = [getattr(Address, name) == value for name, value in fields.items()]
        known = db.session.scalar(select(Address.id).where(Address.user_id == user_id, *same).limit(1))
        if known is not None:
            return known
        count = db.session.scalar(select(func.count()).where(Address.user_id == user_id)) or 0
        if count >= MOST_ADDRESSES:
            raise TooManyAddresses(limit=MOST_ADDRESSES)
        address = Address(**fields, user_id=user_id, is_default=count == 0, created_at=clock.now())
        db.session.add(address)
        db.session.flush()
        return address.id


@retried
def change(user_id: int, address_id: int, **fields: Unpack[Fields]) -> None:
    """Write an address anew; a repeat does no harm, orders keep what they copied. Commits. Raises NotFound."""
    with transaction(db.session):
        if not rows_changed(db.session, update(Address).where(*_mine(user_id, address_id)).values(**fields)):
            raise NotFound


@retried
def remove(user_id: int, address_id: int) -> None:
    """Delete an address; when it was the default, the newest other one becomes it. Commits. Raises NotFound."""
    with transaction(db.session):
        _lock(user_id)
        was_default = db.session.scalar(select(Address.is_default).where(*_mine(user_id, address_id)))
        if was_default is None:
            raise NotFound
        db.session.execute(delete(Address).where(*_mine(user_id, address_id)))
        newest = select(Address.id).where(Address.user_id == user_id).order_by(*_NEWEST_FIRST).limit(1)
        heir = db.session.scalar(newest) if was_default else None
        if heir is not None:
            _set_default(user_id, heir)


@retried
def make_default(user_id: int, address_id: int) -> None:
    """Make this address the default and no other one; a repeat does no harm. Commits. Raises NotFound."""
    with transaction(db.session):
        _lock(user_id)
        if db.session.scalar(select(Address.id).where(*_mine(user_id, address_id))) is None:
            raise NotFound
        _set_default(user_id, address_id)


def _lock(user_id: int) -> None:
    """Take the shopper's row: what counts or moves the default happens one after the other."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _set_default(user_id: int, address_id: int) -> None:
    db.session.execute(
        update(Address).where(Address.user_id == user_id).values(is_default=Address.id == address_id),
        execution_options={"synchronize_session": False},
    )


def _mine(user_id: int, address_id: int) -> tuple:
    return Address.id == address_id, Address.user_id == user_id


def _view(row: Row) -> AddressView:
    return AddressView(region=regions.name_of(row.district), **row._mapping)
