"""The one clock: aware UTC instants, and the shop's calendar day in Asia/Shanghai."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the current instant as an aware UTC datetime."""
    return datetime.now(UTC)


def today() -> date:
    """Return the calendar day it is now in Asia/Shanghai, where the shop is."""
    return now().astimezone(SHOP_ZONE).date()
