"""Forms of checkout and orders."""

import re
from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import AnyOf, Length, Optional, Regexp

from axf.cart.models import MOST_A_LINE
from axf.core.paging import LARGEST_INT
from axf.core.text import plain
from axf.fields import Number
from axf.order.draft import BEST, Wishes

LONGEST_REASON = LONGEST_NOTE = 200
LONGEST_TITLE = 100
WISHES = ("replace", "refund", "call")
# Each line of a checkout may carry a wish of its own, in a field with the goods' id.
_LINE_WISH = re.compile(r"(?a:wish_(\d{1,10}))")


class CheckoutForm(FlaskForm):
    """What the shopper chose, saw and agreed to. ``buy`` and ``quantity`` buy one goods past the cart."""

    address_id = StringField(validators=[Number(1, LARGEST_INT)])
    slot_id = StringField(validators=[Number(1, LARGEST_INT)])
    wish = StringField(default="refund", validators=[AnyOf(WISHES)])
    note = StringField(filters=[plain], validators=[Length(max=LONGEST_NOTE)])
    invoice_title = StringField(filters=[plain], validators=[Length(max=LONGEST_TITLE)])
    coupon = StringField(default=BEST, validators=[Regexp(r"\A(best|none|[0-9]{1,10})\Z")])
    has_delivery_coupon = BooleanField(default=True)
    has_points = BooleanField()
    buy = StringField(validators=[Optional(), Number(1, LARGEST_INT)])
    quantity = StringField(default="1", validators=[Optional(), Number(1, MOST_A_LINE)])
    checkout_token = HiddenField(validators=[Regexp(r"\A[A-Za-z0-9_-]{43}\Z")])
    shown_total = StringField(validators=[Number(0, LARGEST_INT)])
    shown = StringField()

    def wishes(self, sent: Mapping[str, str]) -> Wishes:
        """Return the choices; what has no valid shape counts as not chosen. ``sent`` holds the lines' own wishes."""
        coupon = self.coupon.data or BEST
        own = {found[1]: value for name, value in sent.items() if (found := _LINE_WISH.fullmatch(name))}
        return Wishes(
            address_id=self._number(self.address_id),
            slot_id=self._number(self.slot_id),
            wish=self.wish.data if self.wish.data in WISHES else "refund",
            note=self.note.data or "",
            line_wishes={int(goods_id): wish for goods_id, wish in own.items() if wish in WISHES},
            invoice_title=self.invoice_title.data or "",
            coupon=BEST if coupon == BEST else self._number(self.coupon) or None,
            has_delivery_coupon=bool(self.has_delivery_coupon.data),
            has_points=bool(self.has_points.data),
            shown=self.shown.data or "",
            buy=(self._number(self.buy), self._quantity()) if self._number(self.buy) else None,
        )

    def _quantity(self) -> int:
        """Return how many are bought at once: as many as a line of the cart could hold."""
        return min(self._number(self.quantity) or 1, MOST_A_LINE)

    @staticmethod
    def _number(field: StringField) -> int:
        """Return the field's number, 0 where there is none that a column could hold."""
        text = str(field.data or "")
        return int(text) if re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= LARGEST_INT else 0


class CancelForm(FlaskForm):
    """Why an order is cancelled; more than 200 characters are cut off, the page lets nobody type them."""

    reason = StringField(filters=[lambda text: plain(text or "")[:LONGEST_REASON]])


class PayForm(FlaskForm):
    """How to pay."""

    provider = StringField(validators=[Length(min=1, max=16)])


class AddressChoice(FlaskForm):
    """Which of the shopper's addresses."""

    address_id = StringField(validators=[Number(1, LARGEST_INT)])
