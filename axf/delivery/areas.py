"""Areas: which districts the shop delivers to, and on what terms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import delete, insert, select, update

from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.core.money import LARGEST_SUM
from axf.delivery import regions
from axf.delivery.models import DeliveryArea, DeliveryDistrict
from axf.extensions import db

MINUTES_OF_A_DAY = 1440
# The bounds keep a slip of the keyboard from making thousands of slots.
BOUNDS = {
    "fee": (0, LARGEST_SUM),
    "free_from": (0, LARGEST_SUM),
    "minimum": (0, LARGEST_SUM),
    "opens_at": (0, MINUTES_OF_A_DAY - 1),
    "closes_at": (1, MINUTES_OF_A_DAY),
    "slot_minutes": (15, MINUTES_OF_A_DAY),
    "capacity": (0, 10_000),
    "cutoff_minutes": (0, 7 * MINUTES_OF_A_DAY),
}
DEFAULTS: Mapping[str, int | None] = {
    "fee": 0,
    "free_from": None,
    "minimum": 0,
    "opens_at": 9 * 60,
    "closes_at": 21 * 60,
    "slot_minutes": 120,
    "capacity": 20,
    "cutoff_minutes": 60,
}


class DistrictTaken(ShopError):
    """Another area has the district; ``district`` and ``area`` say which."""

    code = "district-taken"
    status = 409


class BadArea(ShopError):
    """No area can be like this; ``problem`` says why, in English."""

    code = "bad-area"
    status = 400


@dataclass(frozen=True)
class AreaTerms:
    """What delivery costs in an area, in fen: ``free_from`` None means never free."""

    id: int
    name: str
    name_en: str
    fee: int
    free_from: int | None
    minimum: int


@dataclass(frozen=True)
class AreaView:
    """An area, open or closed, with the codes of its districts in order."""

    area: DeliveryArea
    districts: list[str]


class Template(TypedDict, total=False):
    """What an area can be given: sums in fen, times in minutes of the Shanghai day."""

    name_en: str
    fee: int
    free_from: int | None
    minimum: int
    opens_at: int
    closes_at: int
    slot_minutes: int
    capacity: int
    cutoff_minutes: int


def area_of(district: str) -> AreaTerms | None:
    """Return the terms of the open area that serves a district, or None when nobody delivers there. One query."""
    return areas_of([district]).get(district)


def areas_of(codes: Iterable[str]) -> dict[str, AreaTerms]:
    """Return the terms of the open areas by district; districts that none serves are missing. One query."""
    wanted = set(codes)
    if not wanted:
        return {}
    columns = [getattr(DeliveryArea, name) for name in AreaTerms.__dataclass_fields__]
    found = db.session.execute(
        select(DeliveryDistrict.code, *columns)
        .join(DeliveryArea, DeliveryArea.id == DeliveryDistrict.area_id)
        .where(DeliveryDistrict.code.in_(wanted), DeliveryArea.is_open)
    )
    return {code: AreaTerms(*terms) for code, *terms in found}


def list_areas() -> list[AreaView]:
    """Return all areas, also closed ones, by name. Two queries."""
    districts: dict[int, list[str]] = {}
    for area_id, code in db.session.execute(
        select(DeliveryDistrict.area_id, DeliveryDistrict.code).order_by(DeliveryDistrict.code)
    ):
        districts.setdefault(area_id, []).append(code)
    found = db.session.scalars(select(DeliveryArea).order_by(DeliveryArea.name))
    return [AreaView(area, districts.get(area.id, [])) for area in found]


@retried
def save_area(*, name: str, districts: Sequence[str] | None = None, **template: Unpack[Template]) -> bool:
    """Make an area, open, or change the one of this name; return whether it is new. Commits.

    What is left out stays as it is; a new area takes it from DEFAULTS and needs ``name_en``.
    ``districts`` are all of its districts from now on. Slots that exist stay as they are.
    A repeat changes nothing. Raises BadArea, DistrictTaken.
    """
    with transaction(db.session):
        area = db.session.scalars(
            select(DeliveryArea)
            .where(DeliveryArea.name == name)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        known = {key: getattr(area, key) for key in ("name_en", *DEFAULTS)} if area else dict(DEFAULTS)
        values = {**known, **template}
        _refuse_impossible(name, values)
        if area is None:
            area = DeliveryArea(name=name, is_open=True, **values)
            db.session.add(area)
            is_new = True
        else:
            for key, value in values.items():
                setattr(area, key, value)
            is_new = False
        db.session.flush()
        if districts is not None:
            _set_districts(area.id, set(districts))
        return is_new


def open_area(name: str) -> None:
    """Deliver to an area again. Commits. A repeat changes nothing. Raises NotFound."""
    _set_open(name, True)


def close_area(name: str) -> None:
    """Take no new orders for an area; placed ones stay. Commits. A repeat changes nothing. Raises NotFound."""
    _set_open(name, False)


def _refuse_impossible(name: str, values: Mapping[str, Any]) -> None:
    for text, most in ((name, 40), (values.get("name_en") or "", 60)):
        if not text or text != text.strip() or len(text) > most:
            raise BadArea(
                problem=f"an area needs a Chinese name of 1 to 40 and an English one of 1 to 60 letters: {text!r}"
            )
    for key, (least, most) in BOUNDS.items():
        if values[key] is not None and not least <= values[key] <= most:
            raise BadArea(problem=f"{key.replace('_', ' ')} is {values[key]}, not {least} to {most}")
    if values["opens_at"] + values["slot_minutes"] > values["closes_at"]:
        raise BadArea(problem="not one slot fits between opening and closing")


def _set_districts(area_id: int, codes: set[str]) -> None:
    for code in sorted(codes):
        if not re.fullmatch("[0-9]{6}", code):
            raise BadArea(problem=f"district {code!r} is not six digits")
    other = db.session.execute(
        select(DeliveryDistrict.code, DeliveryArea.name)
        .join(DeliveryArea, DeliveryArea.id == DeliveryDistrict.area_id)
        .where(DeliveryDistrict.code.in_(codes), DeliveryArea.id != area_id)
        .order_by(DeliveryDistrict.code)
    ).first()
    if other is not None:
        raise DistrictTaken(district=other[0], area=other[1])
    had = set(db.session.scalars(select(DeliveryDistrict.code).where(DeliveryDistrict.area_id == area_id)))
    # What an area has may have left the list of regions since; only what is new must be in it.
    for code in sorted(codes - had):
        if not regions.is_district(code):
            raise BadArea(problem=f"there is no district {code}")
    if had - codes:
        db.session.execute(delete(DeliveryDistrict).where(DeliveryDistrict.code.in_(had - codes)))
    if codes - had:
        db.session.execute(insert(DeliveryDistrict), [{"code": code, "area_id": area_id} for code in codes - had])


@retried
def _set_open(name: str, is_open: bool) -> None:
    with transaction(db.session):
        changed = update(DeliveryArea).where(DeliveryArea.name == name).values(is_open=is_open)
        if not rows_changed(db.session, changed):
            raise NotFound(what="area")
