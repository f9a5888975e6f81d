"""Forms of after-sale."""

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import Form, HiddenField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length

from axf.aftersale.rules import Reason
from axf.aftersale.service import Wanted
from axf.aftersale.state import Kind
from axf.core.text import plain

LONGEST_TEXT = 500
# How many pieces of a line are meant, in a field with the goods' id.
_PIECES = re.compile(r"(?a:q_(\d{1,9}))")
_NUMBER = re.compile(r"(?a:\d{1,4})")
_COUNT = re.compile(r"(?a:[1-9]\d{0,2})")

KINDS = [
    SelectChoice(value=Kind.REFUND, label=_l("Refund only")),
    SelectChoice(value=Kind.RETURN, label=_l("Return and refund")),
    SelectChoice(value=Kind.REPLACE, label=_l("Replace it")),
]
REASONS = [
    SelectChoice(value=Reason.BAD, label=_l("Gone off or rotten")),
    SelectChoice(value=Reason.DAMAGED, label=_l("Damaged")),
    SelectChoice(value=Reason.MISSING, label=_l("Missing")),
    SelectChoice(value=Reason.LESS, label=_l("Less than it says")),
    SelectChoice(value=Reason.WRONG, label=_l("Wrong goods")),
    SelectChoice(value=Reason.OTHER, label=_l("Something else")),
]


def quantities_in(sent: Mapping[str, str]) -> dict[int, int]:
    """Return the chosen pieces by goods id; what has no valid shape counts as not chosen."""
    pairs = {found[1]: value for name, value in sent.items() if (found := _PIECES.fullmatch(name))}
    return {int(goods_id): int(count) for goods_id, count in pairs.items() if _COUNT.fullmatch(count)}


class Told:
    """The words that go with "something else"."""

    def __call__(self, form: Form, field: TextAreaField) -> None:
        if form["reason"].data == Reason.OTHER and not field.data:
            raise ValidationError(_l("Please tell us what is not right."))


class AfterSaleForm(FlaskForm):
    """What the shopper wants, why, and what shows it. ``number`` lets a second submit find the first."""

    kind = RadioField(
        _l("What would help?"),
        choices=KINDS,
        default=Kind.REFUND,
        validate_choice=False,
        validators=[AnyOf(list(Kind), message=_l("Please choose what would help."))],
    )
    reason = RadioField(
        _l("What is not right?"),
        choices=REASONS,
        validate_choice=False,
        validators=[AnyOf(list(Reason), message=_l("Please choose what is not right."))],
    )
    text = TextAreaField(
        _l("Tell us more"),
        filters=[plain],
        validators=[Length(max=LONGEST_TEXT, message=_l("At most 500 characters, please.")), Told()],
    )
    photos = MultipleFileField(_l("Photos"))
    number = HiddenField()

    def wanted(self, quantities: dict[int, int]) -> Wanted:
        """Return the request for these pieces. The form is valid."""
        kind, reason = Kind(self.kind.data), Reason(self.reason.data)
        number = int(self.number.data) if _NUMBER.fullmatch(self.number.data or "") else 0
        return Wanted(kind, reason, self.text.data or "", quantities, number)
