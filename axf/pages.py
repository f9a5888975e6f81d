"""What templates need: money, instants, shoppers' pictures, goods sums."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from axf.assets import asset
from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.money import yuan_short, yuan_text
from axf.i18n import current_lang, lang_of_links
from axf.pricing import FullOff


def init_app(app: Flask) -> None:
    """Give templates their filters and globals."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_template_filter(yuan_text, "money")
    app.add_template_filter(yuan_parts, "yuan")
    app.add_template_filter(count_text, "many")
    app.add_template_filter(signed_yuan_text, "signed_money")
    app.add_template_filter(minute_text, "minute")
    app.add_template_filter(clock_text, "clock")
    app.add_template_filter(day_text, "day")
    app.add_template_filter(full_off_text, "full_off")
    app.add_template_filter(date_text, "date")
    app.add_template_filter(month_text, "month")
    app.add_template_filter(last_text, "last")
    app.add_template_filter(yuan_short, "short")
    app.add_template_filter(discount_text, "discount")
    app.add_template_global(here)
    app.add_template_global(goods_texts)
    app.add_template_global(avatar_picture)
    app.add_template_global(photo)


def yuan_parts(amount: int) -> tuple[str, str]:
    """Return fen as ("1,234", "56"), for a price with small fen."""
    yuan, _point, fen = yuan_text(amount).partition(".")
    return yuan, fen


def count_text(count: int) -> str:
    """Return how many wait: beyond 99, where nobody counts any more, ``99+``."""
    return str(count) if count < 100 else "99+"


def signed_yuan_text(amount: int) -> str:
    """Return fen as ¥6.00, or −¥8.00 for what is taken off."""
    return f"−¥{yuan_text(-amount)}" if amount < 0 else f"¥{yuan_text(amount)}"


def minute_text(instant: datetime) -> str:
    """Return an instant to the minute in Shanghai time: 11月22日 周日 14:00, Sun 22 Nov, 14:00."""
    return format_datetime(instant, "EEE d MMM, HH:mm" if current_lang() == "en" else "M月d日 EEE HH:mm")


def clock_text(instant: datetime) -> str:
    """Return the time of day in Shanghai: 14:30."""
    return f"{instant.astimezone(SHOP_ZONE):%H:%M}"


def day_text(instant: datetime) -> str:
    """Return the Shanghai day: 11月23日 周一, Mon 23 Nov."""
    return format_datetime(instant, "EEE d MMM" if current_lang() == "en" else "M月d日 EEE")


def full_off_text(offer: FullOff) -> str:
    """Return the terms of a 满减: 满60减5, ¥5 off from ¥60."""
    return _("¥%(off)s off from ¥%(minimum)s", off=yuan_short(offer.off), minimum=yuan_short(offer.minimum))


def date_text(day: date) -> str:
    """Return a day with its year: 2027年11月22日, 22 Nov 2027."""
    return format_date(day, "d MMM y" if current_lang() == "en" else "y年M月d日")


def month_text(day: date) -> str:
    """Return the month of a day: 2026年11月, November 2026."""
    return format_date(day, "MMMM y" if current_lang() == "en" else "y年M月")


def last_text(instant: datetime) -> str:
    """Return until when something holds: the last day when it ends at midnight, else to the minute.

    Another year than today's is told, to the day: 11月30日, 11月30日 14:00, 2027年1月3日.
    """
    ends = instant.astimezone(SHOP_ZONE)
    last, is_english = ends - timedelta(microseconds=1), current_lang() == "en"
    if last.year != clock.today().year:
        return format_datetime(last, "d MMM y" if is_english else "y年M月d日")
    if ends.time() == time():
        return format_datetime(last, "d MMM" if is_english else "M月d日")
    return format_datetime(ends, "d MMM, HH:mm" if is_english else "M月d日 HH:mm")


def discount_text(rate: int) -> str:
    """Return what paying so many per cent is called: 8.8折, 12% off."""
    return f"{100 - rate}% off" if current_lang() == "en" else f"{rate / 10:g}折"


def here() -> str:
    """Return the address that shows this page again, for the language switch; home for the answer to a lone POST."""
    methods = request.url_rule.methods if request.url_rule else None
    if request.method in ("GET", "HEAD") or "GET" in (methods or ()):
        return request.full_path.rstrip("?")
    return url_for("home.index")


def goods_texts() -> dict[str, Any]:
    """Return the words of goods cards and steppers, and where they lead with 0 for the goods' id.

    Made once for the language of the page, that of its links, and the path under which the shop is served.
    """
    kept = current_app.extensions.setdefault("axf_goods_texts", {})
    key = current_lang(), lang_of_links(), request.environ.get("SCRIPT_NAME")
    if key not in kept or not current_app.jinja_env.keeps:  # type: ignore[attr-defined]
        kept[key] = _goods_texts()
    return kept[key]


def _goods_texts() -> dict[str, Any]:
    return {
        "featured": _("Top pick"),
        "promo": _("Special price"),
        "bogo": _("Buy 1 get 1"),
        "second-half": _("2nd at half price"),
        "sold_out": _("Sold out"),
        "low": _("Only {n} left"),
        "rating": _("{n} of 5 stars, reviews: {count}"),
        "was": _("Market price"),
        "usual": _("Usual price"),
        "add": _("Put one into the cart: {name}"),
        "take": _("Take one out: {name}"),
        "per": {"500g": _("/500 g"), "L": _("/L"), "piece": _("/piece")},
        "sprite": asset("img/icons.svg"),
        "goods_address": url_for("market.goods", goods_id=0),
        "add_address": url_for("cart.add", goodsid=0),
        "take_address": url_for("cart.sub", goodsid=0),
    }


def avatar_picture(avatar: str, size: int) -> str:
    """Return the address of an avatar, 64 or 256 pixels wide."""
    return url_for("user.media", path=f"{avatar}-{size}.webp")


def photo(name: str, size: int) -> str:
    """Return the address of a shopper's photo whose longer side is at most 240 or 1200 pixels."""
    return url_for("user.media", path=f"{name}-{size}.webp")
