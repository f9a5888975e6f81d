"""Forms of checkout and orders."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length, Regexp

from axf.cart.forms import Number
from axf.core.paging import LARGEST_INT
from axf.core.text import plain

LONGEST_REASON = LONGEST_NOTE = 200


class CheckoutForm(FlaskForm):
    """What the shopper chose, saw and agreed to."""

    address_id = StringField(validators=[Number(1, LARGEST_INT)])
    slot_id = StringField(validators=[Number(1, LARGEST_INT)])
    wish = StringField(default="refund", validators=[AnyOf(("replace", "refund", "call"))])
    note = StringField(filters=[plain], validators=[Length(max=LONGEST_NOTE)])
    checkout_token = HiddenField(validators=[Regexp(r"\A[A-Za-z0-9_-]{43}\Z")])
    shown_total = StringField(validators=[Number(0, LARGEST_INT)])


class CancelForm(FlaskForm):
    """Why an order is cancelled; more than 200 characters are cut off, the page lets nobody type them."""

    reason = StringField(filters=[lambda text: (text or "")[:LONGEST_REASON]])


class PayForm(FlaskForm):
    """How to pay."""

    provider = StringField(validators=[Length(min=1, max=16)])
