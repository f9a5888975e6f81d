"""``flask order pick|ship|deliver|trace|auto-receive``, one order or many: each order is a transaction of its own."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

import click
from rich import box
from rich.table import Column, Table

from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.errors import NotFound, ShopError
from axf.core.terminal import checked, print_table, to_day
from axf.delivery.cli import to_minute
from axf.extensions import db
from axf.logistics.base import TracingFailed
from axf.logistics.providers import tracing
from axf.logistics.shipments import BadShipment, Courier, Rider, Stage, shipments_of
from axf.order import batches, dispatch, queries
from axf.order.state import State

# Why an order did not move, by the refusal's code.
WHY = {
    "not-found": "there is no such order or shipment",
    "not-collected": "to be paid at the door: collect the money, then say --collected",
    "busy": "busy just now: try again",
}


def add_to(group: click.Group) -> None:
    """Add the commands of this module."""
    for command in (pick, ship, deliver, trace, auto_receive):
        group.add_command(command)


@dataclass(frozen=True)
class Chosen:
    """The orders that a command is about: numbers, or all of a slot, or all of an area's day."""

    nos: tuple[str, ...]
    slot: int | None
    area: str | None
    day: date | None

    def of(self, *states: State) -> list[str]:
        """Return the numbers: those given, or those of the slot or day in these states. Raises ClickException."""
        if sum((bool(self.nos), self.slot is not None, self.area is not None)) != 1 or (self.day and not self.area):
            raise click.UsageError("say order numbers, or --slot, or --area (with --day)")
        if self.nos:
            return list(dict.fromkeys(self.nos))
        found = batches.nos_of_slot(self.slot, *states) if self.slot else self._of_day(*states)
        if not found:
            raise click.ClickException(f"no order there is {' or '.join(states)}")
        return found

    def _of_day(self, *states: State) -> list[str]:
        try:
            return batches.nos_of_day(self.area or "", self.day or clock.today(), *states)
        except NotFound:
            raise click.ClickException(f"there is no delivery area {self.area}") from None


def batch(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its orders as its first argument."""

    @functools.wraps(command)
    def with_chosen(nos: tuple[str, ...], slot: int | None, area: str | None, day: date | None, **rest: object) -> None:
        command(Chosen(nos, slot, area, day), **rest)

    for option in (
        click.option("--day", callback=checked(to_day), help="With --area: its day, YYYY-MM-DD; today if not given."),
        click.option("--area", help="All orders of a delivery area on --day."),
        click.option("--slot", type=click.IntRange(1, 2**31 - 1), help="All orders of this delivery slot."),
        click.argument("nos", nargs=-1, metavar="[NO]..."),
    ):
        option(with_chosen)
    return with_chosen


@click.command()
@batch
def pick(orders: Chosen) -> None:
    """Begin to pick paid orders; their shoppers change nothing from now on.

    Example: flask order pick --slot 12
    """

    def one(no: str) -> str:
        dispatch.start_picking(no)
        return "is being picked"

    run(orders.of(State.PAID), one)


@click.command()
@batch
@click.option("--rider", help="Our own rider's name; with --phone.")
@click.option("--phone", help="The rider's phone, which the shopper can call.")
@click.option("--carrier", help="A courier's code at kuaidi100, like shunfeng; with --number.")
@click.option("--number", help="The courier's number of the parcel; for one order.")
@click.option("--expected", callback=checked(to_minute), help="When it should arrive today, HH:MM.")
def ship(orders: Chosen, expected: int | None, **given: str | None) -> None:
    """Send picked orders with a rider or a courier; a sent order gets one more parcel.

    Example: flask order ship 202611220123456789 --rider 王师傅 --phone 13900000001 --expected 18:30
    """
    carrier = carrier_of(**given)
    found = orders.of(State.PICKING)
    if isinstance(carrier, Courier) and len(found) > 1:
        raise click.UsageError("a courier's number is for one order: name that order")
    expected_at = None if expected is None else today_at(expected)

    def one(no: str) -> str:
        number = dispatch.ship(no, carrier, expected_at)
        return f"parcel {number} is sent" + (f"; {follow(no)}" if isinstance(carrier, Courier) else "")

    run(found, one)


@click.command()
@batch
@click.option("--shipment", type=click.IntRange(1, 999), help="Only this parcel of the order; all if not given.")
@click.option("--collected", is_flag=True, help="The money of orders that are paid at the door was collected.")
def deliver(orders: Chosen, shipment: int | None, collected: bool) -> None:
    """Note that sent orders were handed over.

    Example: flask order deliver 202611220123456789 --collected
    """

    def one(no: str) -> str:
        has_all = dispatch.deliver(no, shipment, collected=collected)
        return "is delivered" if has_all else "has more on its way"

    run(orders.of(State.SHIPPED), one)


@click.command()
@click.argument("nos", nargs=-1, required=True, metavar="NO...")
def trace(nos: tuple[str, ...]) -> None:
    """Ask the tracing provider again to follow the parcels of orders, after it did not answer. A repeat is harmless.

    Example: flask order trace 202611220123456789
    """
    run(list(nos), follow)


@click.command("auto-receive")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many at most.")
def auto_receive(limit: int) -> None:
    """Receive orders that came seven days ago and nobody confirmed. Safe to run anywhere, any time, by several hosts.

    Example: flask order auto-receive
    """
    click.echo(f"{dispatch.auto_receive(limit)} orders received.")


def carrier_of(rider: str | None, phone: str | None, carrier: str | None, number: str | None) -> Rider | Courier:
    """Return who brings it. Raises UsageError when that is not said wholly, or twice."""
    try:
        if rider and phone and not (carrier or number):
            return Rider(rider, phone)
        if carrier and number and not (rider or phone):
            return Courier(carrier, number)
    except BadShipment as wrong:
        raise click.UsageError(f"--{wrong.details['field']} cannot be like this") from None
    raise click.UsageError("say --rider and --phone, or --carrier and --number")


def run(nos: list[str], one: Callable[[str], str]) -> None:
    """Do it to each order and print what moved, and what did not and why; status 1 when something was refused."""
    table = Table(Column("No", no_wrap=True), "", "What", box=box.SIMPLE)
    refused = 0
    for no in nos:
        try:
            table.add_row(no, "ok", one(no))
        except ShopError as refusal:
            refused += 1
            table.add_row(no, "no", why(refusal))
    print_table(table)
    if refused:
        raise click.ClickException(f"{refused} of {len(nos)} did not move")


def why(refusal: ShopError) -> str:
    """Return in words why an order did not move."""
    if refusal.code == "wrong-state":
        return f"it is {refusal.details['state']}"
    if refusal.code == "tracing-failed":
        return f"nobody traces it: {refusal.details['reason']}"
    return WHY.get(refusal.code, refusal.code)


def follow(no: str) -> str:
    """Ask the tracing provider to follow the order's parcels that are not there yet; return what came of it."""
    view = queries.any_order(no)[0]
    phone = view.delivery.phone if view.delivery else ""
    count = 0
    for each in shipments_of(db.session, [view.order.id])[view.order.id]:
        parcel = each.shipment
        if parcel.kind == Courier.kind and parcel.stage != Stage.DELIVERED:
            try:
                tracing().subscribe(parcel.carrier, parcel.tracking_no, phone)
            except TracingFailed as refusal:
                return f"NOT traced ({refusal.details['reason']}): flask order trace {no}"
            count += 1
    return f"{count} parcels are traced"


def today_at(minute: int) -> datetime:
    """Return a minute of today in Shanghai."""
    if minute == 24 * 60:
        raise click.UsageError("--expected: at most 23:59")
    return datetime.combine(clock.today(), time(minute // 60, minute % 60), SHOP_ZONE)
