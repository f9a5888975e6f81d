"""The terms of coupons: made once, never changed, stopped. And the codes that are given out for them."""

import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Select, func, insert, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.core.money import LARGEST_SUM
from axf.core.text import plain
from axf.coupon.models import Coupon, CouponCode, UserCoupon
from axf.extensions import db
from axf.market.models import LISTS_OWN, FoodType, Goods

MOST_COUPONS = 100_000_000
MOST_DAYS = 3650
# Without 0 and O, 1 and I and L, and U, which is said like "you": 12 letters of 30 are 58 bits.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
MOST_CODES = 10_000
OWN_CODE = re.compile("[0-9A-Z]{4,20}")


class BadCoupon(ShopError):
    """There can be no such coupon or code; ``problem`` says why, in English, for who made it up."""

    code = "bad-coupon"
    status = 400


class Terms(TypedDict, total=False):
    """What a coupon can be given: sums in fen, instants in UTC, hours of the Shanghai day; see Coupon."""

    value: int
    minimum: int
    cap: int | None
    goods_ids: Collection[int]
    food_type_ids: Collection[int]
    is_first_order: bool
    total: int | None
    per_person: int
    valid_from: datetime | None
    valid_until: datetime | None
    valid_days: int | None
    hour_from: int | None
    hour_until: int | None


DEFAULTS: dict[str, Any] = {
    "value": 0,
    "minimum": 0,
    "cap": None,
    "goods_ids": frozenset(),
    "food_type_ids": frozenset(),
    "is_first_order": False,
    "total": None,
    "per_person": 1,
    "valid_from": None,
    "valid_until": None,
    "valid_days": None,
    "hour_from": None,
    "hour_until": None,
}
BOUNDS: dict[str, tuple[int, int]] = {
    "minimum": (0, LARGEST_SUM),
    "cap": (1, LARGEST_SUM),
    "total": (1, MOST_COUPONS),
    "per_person": (1, 1000),
    "valid_days": (1, MOST_DAYS),
}
VALUES: dict[str, tuple[int, int]] = {
    "amount": (1, LARGEST_SUM),
    "percent": (1, 99),
    "fixed": (0, LARGEST_SUM),
    "delivery": (0, 0),
}
ISSUES = ("claim", "code", "register", "grant")


@dataclass(frozen=True)
class CouponView:
    """A coupon with how many of it are used now."""

    coupon: Coupon
    used: int


def list_coupons() -> list[CouponView]:
    """Return all coupons, the newest first, stopped ones too. One query."""
    used = (
        select(UserCoupon.coupon_id, func.count().label("used"))
        .where(UserCoupon.order_id.is_not(None))
        .group_by(UserCoupon.coupon_id)
        .subquery()
    )
    query = (
        select(Coupon, func.coalesce(used.c.used, 0))
        .outerjoin(used, used.c.coupon_id == Coupon.id)
        .order_by(Coupon.created_at.desc(), Coupon.id.desc())
    )
    return [CouponView(*row) for row in db.session.execute(query)]


def get(coupon_id: int) -> Coupon:
    """Return a coupon. Opens no transaction. Raises NotFound."""
    coupon = db.session.get(Coupon, coupon_id)
    if coupon is None:
        raise NotFound(what="coupon")
    return coupon


def codes_of(coupon_id: int) -> list[CouponCode]:
    """Return all codes of a coupon, in order. One query."""
    query = select(CouponCode).where(CouponCode.coupon_id == coupon_id).order_by(CouponCode.code)
    return list(db.session.scalars(query))


@retried
def create(*, name: str, name_en: str, kind: str, issue: str, **given: Unpack[Terms]) -> int:
    """Make a coupon and return its id; what is not given is as in DEFAULTS. A repeat makes another one. Commits.

    A window without ``valid_from`` begins now. Raises BadCoupon.
    """
    now = clock.now()
    values = {**DEFAULTS, **given, "name": name, "name_en": name_en, "kind": kind, "issue": issue}
    if values["valid_until"] is not None and values["valid_from"] is None:
        values["valid_from"] = now
    _refuse_impossible(values, now)
    with transaction(db.session):
        _refuse_unknown(
            select(FoodType.id).where(FoodType.listing == LISTS_OWN),
            values["food_type_ids"],
            "food type with goods of its own:",
        )
        _refuse_unknown(select(Goods.id), values["goods_ids"], "goods")
        coupon = Coupon(**values, issued=0, is_stopped=False, created_at=now)
        db.session.add(coupon)
        db.session.flush()
        return coupon.id


@retried
def stop(coupon_id: int) -> None:
    """Give out no more of a coupon; those that are held stay good. Commits.

    A repeat changes nothing. Raises NotFound.
    """
    with transaction(db.session):
        if not rows_changed(db.session, update(Coupon).where(Coupon.id == coupon_id).values(is_stopped=True)):
            raise NotFound(what="coupon")


@retried
def make_codes(coupon_id: int, count: int, uses: int | None = 1) -> list[str]:
    """Make so many codes for a coupon of codes and return them; each works for ``uses`` shoppers (None: for all).

    A repeat makes others. Commits. Raises NotFound, BadCoupon.
    """
    if not 1 <= count <= MOST_CODES:
        raise BadCoupon(problem=f"{count} codes are not 1 to {MOST_CODES}")
    codes: set[str] = set()
    while len(codes) < count:
        codes.add("".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)))
    with transaction(db.session):
        _insert_codes(coupon_id, sorted(codes), uses)
    return sorted(codes)


@retried
def make_own_code(coupon_id: int, text: str, uses: int | None = None) -> str:
    """Make a code of one's own words for a coupon of codes and return it folded. Commits.

    It works for ``uses`` shoppers (None: for all). A repeat is refused. Raises NotFound, BadCoupon.
    """
    code = fold(text)
    if not OWN_CODE.fullmatch(code):
        raise BadCoupon(problem=f"{text!r} is not a code of 4 to 20 letters A to Z and digits")
    with transaction(db.session):
        if db.session.get(CouponCode, code):
            raise BadCoupon(problem=f"there is a code {code} already")
        _insert_codes(coupon_id, [code], uses)
    return code


def fold(text: str) -> str:
    """Return a code as it is stored, however it was typed: upper case, NFKC, without spaces and dashes."""
    folded = unicodedata.normalize("NFKC", plain(text)).upper()
    return "".join(each for each in folded if not each.isspace() and unicodedata.category(each) != "Pd")


def code_text(code: str) -> str:
    """Return a code as it is read and typed easily: ABCD-EFGH-JKMN; one's own words stay as they are."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4)) if len(code) == CODE_LENGTH else code


def _refuse_impossible(values: dict[str, Any], now: datetime) -> None:
    for text, most in ((values["name"], 40), (values["name_en"], 80)):
        if not text or text != plain(text) or len(text) > most:
            raise BadCoupon(
                problem=f"a coupon needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters: {text!r}"
            )
    if values["kind"] not in VALUES or values["issue"] not in ISSUES:
        raise BadCoupon(problem=f"there is no kind {values['kind']} or no way {values['issue']} to come by it")
    for key, (least, most) in {**BOUNDS, "value": VALUES[values["kind"]]}.items():
        if values[key] is not None and not least <= values[key] <= most:
            raise BadCoupon(problem=f"{key.replace('_', ' ')} is {values[key]}, not {least} to {most}")
    if values["cap"] is not None and values["kind"] != "percent":
        raise BadCoupon(problem="only a percent coupon has a cap")
    if values["kind"] == "fixed" and (not values["goods_ids"] or values["food_type_ids"]):
        raise BadCoupon(problem="a fixed price is for goods that are named, not for food types")
    _refuse_impossible_times(values, now)


def _refuse_impossible_times(values: dict[str, Any], now: datetime) -> None:
    begin, end, days = (values[key] for key in ("valid_from", "valid_until", "valid_days"))
    if (days is None) == (end is None) or (end is None and begin is not None):
        raise BadCoupon(problem="a coupon is valid for a number of days, or in a window that ends")
    if end is not None and not begin < end:
        raise BadCoupon(problem="the window ends before it begins")
    if end is not None and end <= now:
        raise BadCoupon(problem="the window is over already")
    hours = (values["hour_from"], values["hour_until"])
    if hours != (None, None) and (None in hours or not 0 <= hours[0] < hours[1] <= 24):
        raise BadCoupon(problem="hours are two, from 0 to 24, the first the smaller one")


def _refuse_unknown(known: Select[int], ids: Collection[int], what: str) -> None:
    """Refuse ids that are not among the known; a list that is computed, as 热销榜 is, has no goods of its own."""
    missing = set(ids) - set(db.session.scalars(known.where(known.selected_columns[0].in_(ids)))) if ids else set()
    if missing:
        raise BadCoupon(problem=f"there is no {what} {min(missing)}")


def _insert_codes(coupon_id: int, codes: Sequence[str], uses: int | None) -> None:
    coupon = get(coupon_id)
    if coupon.issue != "code":
        raise BadCoupon(problem=f"coupon {coupon_id} is not one of codes: shoppers come by it by {coupon.issue}")
    if uses is not None and not 1 <= uses <= MOST_COUPONS:
        raise BadCoupon(problem=f"uses are {uses}, not 1 to {MOST_COUPONS}")
    now = clock.now()
    rows = [{"code": code, "coupon_id": coupon_id, "uses_left": uses, "created_at": now} for code in codes]
    db.session.execute(insert(CouponCode), rows)
