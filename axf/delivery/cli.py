"""``flask delivery``: where the shop delivers to, on what terms, and when."""

import re
from datetime import date, timedelta
from typing import Any

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from axf.core import clock
from axf.core.money import yuan_text
from axf.core.terminal import checked, instant_text, print_table, to_day, to_fen, to_free_from, told
from axf.delivery import areas, slots
from axf.delivery.areas import BadArea, DistrictTaken
from axf.delivery.slots import SlotView

LARGEST_ID = 2**31 - 1
MOST_DAYS = 60

group = AppGroup("delivery", help="Set where the shop delivers to, and when.")
areas_group = AppGroup("areas", help="The areas: districts that share fee and hours.")
slots_group = AppGroup("slots", help="The slots: spans of time with places.")
group.add_command(areas_group)
group.add_command(slots_group)


def to_minute(text: str) -> int:
    """Return HH:MM as minutes of the day, 24:00 as its end. Raises ValueError."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text):
        raise ValueError("is not a time like 09:00, at most 24:00")
    return int(text[:2]) * 60 + int(text[3:])


@areas_group.command("list")
def list_areas() -> None:
    """List all areas, open and closed, with their terms and districts.

    Example: flask delivery areas list
    """
    table = Table(
        "Area", "English", "Fee", "Free from", "Minimum", "Hours", "Slots", "Places", "Cutoff",
        Column("Districts", max_width=27), "State", box=box.SIMPLE,
    )  # fmt: skip
    for view in areas.list_areas():
        area = view.area
        table.add_row(
            escape(area.name),
            escape(area.name_en),
            f"¥{yuan_text(area.fee)}",
            "never" if area.free_from is None else f"¥{yuan_text(area.free_from)}",
            f"¥{yuan_text(area.minimum)}",
            f"{_clock_text(area.opens_at)}–{_clock_text(area.closes_at)}",
            f"{area.slot_minutes} min",
            str(area.capacity),
            f"{area.cutoff_minutes} min",
            " ".join(view.districts),
            "open" if area.is_open else "closed",
        )
    print_table(table)


@areas_group.command()
@click.argument("name")
@click.option("--name-en", help="The English name; a new area needs one.")
@click.option("--fee", callback=checked(to_fen), help="What delivery costs, in yuan; 0 for a new area.")
@click.option("--free-from", callback=checked(to_free_from), help="From how many yuan it is free, or never.")
@click.option("--minimum", callback=checked(to_fen), help="The smallest order, in yuan; 0 for a new area.")
@click.option("--opens", callback=checked(to_minute), help="When the first slot begins, HH:MM; 09:00 for a new area.")
@click.option("--closes", callback=checked(to_minute), help="When the last slot ends, HH:MM; 21:00 for a new area.")
@click.option("--slot-minutes", type=int, help="How long a slot is; 120 for a new area.")
@click.option("--capacity", type=int, help="How many orders a slot takes; 20 for a new area.")
@click.option("--cutoff-minutes", type=int, help="How long before it begins a slot closes; 60 for a new area.")
@click.option(
    "--district", "districts", multiple=True, help="A district's six digits; repeat it for all districts, or none."
)
def save(name: str, opens: int | None, closes: int | None, districts: tuple[str, ...], **given: Any) -> None:
    """Make an area, or change the one of this name; what is not given stays.

    Example: flask delivery areas save 朝阳 --name-en Chaoyang --fee 5.90 --free-from 59 --district 110105
    """
    template = {
        key: value for key, value in {**given, "opens_at": opens, "closes_at": closes}.items() if value is not None
    }
    if template.get("free_from") == "never":
        template["free_from"] = None
    codes = [] if districts == ("none",) else list(districts) or None
    try:
        is_new = areas.save_area(name=name, districts=codes, **template)
    except BadArea as wrong:
        raise click.ClickException(wrong.details["problem"]) from None
    except DistrictTaken as taken:
        raise click.ClickException(
            f"district {taken.details['district']} is in area {taken.details['area']} already"
        ) from None
    click.echo(f"Area {name} is {'made' if is_new else 'saved'}.")


@areas_group.command("open")
@click.argument("name")
def open_area(name: str) -> None:
    """Deliver to an area again.

    Example: flask delivery areas open 朝阳
    """
    with told(f"there is no area {name}"):
        areas.open_area(name)
    click.echo(f"Area {name} is open.")


@areas_group.command("close")
@click.argument("name")
def close_area(name: str) -> None:
    """Take no new orders for an area; those that are placed stay.

    Example: flask delivery areas close 朝阳
    """
    with told(f"there is no area {name}"):
        areas.close_area(name)
    click.echo(f"Area {name} is closed.")


@slots_group.command("list")
@click.option("--area", "name", help="Only slots of this area.")
@click.option("--day", callback=checked(to_day), help="Only slots of this day in Shanghai, YYYY-MM-DD.")
def list_slots(name: str | None, day: date | None) -> None:
    """List the slots from today on, or of one day, with the places that are taken.

    Example: flask delivery slots list --area 朝阳 --day 2026-11-22
    """
    names = {view.area.id: view.area.name for view in areas.list_areas()}
    area_id = next((key for key, value in names.items() if value == name), None)
    if name is not None and area_id is None:
        raise click.ClickException(f"there is no area {name}")
    first = day or clock.today()
    table = Table("Slot", "Area", "Day", "Times", "Booked", "Order until", "State", box=box.SIMPLE)
    for slot in slots.list_slots(first, day or first + timedelta(MOST_DAYS), area_id):
        table.add_row(
            str(slot.id),
            escape(names[slot.area_id]),
            str(slot.day),
            slot.text,
            f"{slot.booked}/{slot.capacity}",
            instant_text(slot.cutoff_at),
            _state(slot),
        )
    print_table(table)


@slots_group.command()
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=7, show_default=True, help="How many, today first.")
def fill(days: int) -> None:
    """Make the missing slots of all open areas. Safe to run anywhere, any time, by several hosts.

    Example: flask delivery slots fill --days 14
    """
    click.echo(f"{slots.fill(days)} slots made.")


@slots_group.command()
@click.argument("slot_id", metavar="SLOT", type=click.IntRange(1, LARGEST_ID))
def close(slot_id: int) -> None:
    """Take no more orders for a slot; those it has stay.

    Example: flask delivery slots close 12
    """
    with told(f"there is no slot {slot_id}"):
        slots.close(slot_id)
    click.echo(f"Slot {slot_id} is closed.")


@slots_group.command()
@click.argument("slot_id", metavar="SLOT", type=click.IntRange(1, LARGEST_ID))
def reopen(slot_id: int) -> None:
    """Take orders for a slot again.

    Example: flask delivery slots reopen 12
    """
    with told(f"there is no slot {slot_id}"):
        slots.reopen(slot_id)
    click.echo(f"Slot {slot_id} is open.")


def _state(slot: SlotView) -> str:
    if slot.is_closed:
        return "closed"
    if slot.cutoff_at <= clock.now():
        return "over"
    return "full" if slot.is_full else "open"


def _clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
