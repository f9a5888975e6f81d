"""The words of each moment, in both languages."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, format_datetime
from flask_babel import gettext as _

from axf.core.money import yuan_text
from axf.i18n import LOCALES
from axf.notice.outbox import Kind

Values = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """A title, a sentence, and the path of the page that it is about."""

    title: str
    sentence: str
    path: str


class Texts:
    """All texts in the language of the request, or of the ``locale`` forced around it: looked up once, used often."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.titles = _titles()
        self.sentences = _sentences()
        self.variants = _variants()
        self.signature = _("[AXF] ")
        self.regards = _("Your AXF shop")
        self.unasked = _("You get this mail because your address is in your AXF account. You can change it there:")

    def of(self, kind: str, values: Values) -> Words:
        """Return the words of a moment; a variant's where its reason or state has one."""
        variant = values.get("reason") or values.get("state") or ""
        sentence = self.variants.get((kind, str(variant)), self.sentences[kind])
        return Words(self.titles[kind], sentence.format_map(self._shown(values)), path_of(kind, values))

    def mail(self, kind: str, values: Values) -> tuple[str, str]:
        """Return subject and body of the mail; nothing that a person typed gets into the subject."""
        words, base = self.of(kind, values), current_app.config["BASE_URL"]
        account = f"{base}{_path('user.account')}"
        body = f"{words.sentence}\n\n{base}{words.path}\n\n{self.regards}\n\n-- \n{self.unasked}\n{account}\n"
        return f"{self.regards}: {words.title}", body

    def sms(self, kind: str, values: Values) -> str:
        """Return the one line of a text message, signed as carriers in China want it."""
        return f"{self.signature}{self.of(kind, values).sentence}"

    def _shown(self, values: Values) -> dict[str, str]:
        shown: dict[str, str] = defaultdict(str, {name: str(value) for name, value in values.items()})
        if "amount" in values:
            shown["amount"] = f"¥{yuan_text(values['amount'])}"
        if "ends" in values:
            shown["ends"] = format_datetime(datetime.fromisoformat(values["ends"]), _("MMMM d, HH:mm"))
        if self.lang == "en" and values.get("name_en"):
            shown["name"] = str(values["name_en"])
        return shown


def texts_in(lang: str) -> Texts:
    """Return the texts in a language, zh or en, whatever the request's."""
    with force_locale(LOCALES[lang]):
        return Texts(lang)


def path_of(kind: str, values: Values) -> str:
    """Return the path of the page that a moment is about."""
    if values.get("order_no"):
        return _path("order.detail", no=values["order_no"])
    if values.get("goods_id"):
        return _path("market.goods", goods_id=values["goods_id"])
    return _path("user.my_coupons" if kind == Kind.COUPON_ENDING else "user.account")


def _path(endpoint: str, **values: Any) -> str:
    """Build a path also where no request is: ``url_for`` would want to know the host."""
    return current_app.url_map.bind("").build(endpoint, values)


def _titles() -> dict[str, str]:
    return {
        Kind.PAID: _("Payment received"),
        Kind.CANCELLED: _("Order cancelled"),
        Kind.SHIPPED: _("On its way to you"),
        Kind.DELIVERED: _("Delivered"),
        Kind.REFUNDED: _("Your refund"),
        Kind.AFTER_SALE: _("News of your after-sale request"),
        Kind.REPLIED: _("The shop has answered"),
        Kind.COUPON_ENDING: _("Your coupon ends soon"),
        Kind.BACK_IN_STOCK: _("Back in stock"),
        Kind.EMAIL_CHANGED: _("Your e-mail address was changed"),
    }


def _sentences() -> dict[str, str]:
    return {
        Kind.PAID: _("Thank you! We have received {amount} for order {order_no} and pick it next."),
        Kind.CANCELLED: _("Order {order_no} is cancelled."),
        Kind.SHIPPED: _("Order {order_no} has left the shop. Please keep your phone at hand."),
        Kind.DELIVERED: _("Order {order_no} is delivered. Is something not right? Ask for help on the order's page."),
        Kind.REFUNDED: _("{amount} for order {order_no} goes back to you the way you paid."),
        Kind.AFTER_SALE: _("Your after-sale request for order {order_no} has moved on."),
        Kind.REPLIED: _("We have answered your review of {name}."),
        Kind.COUPON_ENDING: _("“{name}” can be used until {ends}."),
        Kind.BACK_IN_STOCK: _("{name} is here again, while it lasts."),
        Kind.EMAIL_CHANGED: _("Notices no longer go to this address. If it was not you, change your password now."),
    }


def _variants() -> dict[tuple[str, str], str]:
    """Return the sentences for single reasons of a cancellation and states of an after-sale."""
    return {
        (Kind.CANCELLED, "shopper"): _("Order {order_no} is cancelled, as you wished."),
        (Kind.CANCELLED, "expired"): _("Order {order_no} was not paid in time, so it is cancelled."),
        (Kind.CANCELLED, "shop"): _("We are sorry: we had to cancel order {order_no}."),
        (Kind.AFTER_SALE, "approved"): _("Your after-sale request for order {order_no} is approved."),
        (Kind.AFTER_SALE, "rejected"): _(
            "We could not approve your after-sale request for order {order_no}. The reason is on the order's page."
        ),
        (Kind.AFTER_SALE, "refunded"): _("Your after-sale request for order {order_no} is refunded."),
        (Kind.AFTER_SALE, "replaced"): _("The replacement for your order {order_no} has left."),
    }
