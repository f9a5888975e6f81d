"""What the search page reads from its address."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from axf.core.money import fen
from axf.core.paging import LARGEST_INT
from axf.core.text import plain
from axf.fields import Number
from axf.search.queries import Filters
from axf.search.words import MOST_CHARACTERS

_YUAN = r"^[0-9]{1,6}(\.[0-9]{1,2})?$"
_NOT_YUAN = _l("Please write a price like 5 or 12.50.")


def shown(text: str | None) -> str:
    """Return what a shopper typed, fit to be shown: one line of at most 64 visible characters."""
    return plain((text or "")[: 4 * MOST_CHARACTERS])[:MOST_CHARACTERS]


class SearchForm(Form):
    """A text, a food type or child, a sort, and filters; all but the text may be left out."""

    q = StringField(filters=[shown])
    type = StringField(validators=[Optional(), Number(1, LARGEST_INT)])
    sort = StringField(validators=[Optional(), Number(0, 3)])
    price_from = StringField(_l("From ¥"), validators=[Optional(), Regexp(_YUAN, message=_NOT_YUAN)], name="from")
    price_to = StringField(_l("To ¥"), validators=[Optional(), Regexp(_YUAN, message=_NOT_YUAN)], name="to")
    in_stock = BooleanField(_l("In stock"), name="stock")
    featured = BooleanField(_l("Top pick"))
    bogo = BooleanField(_l("Buy 1 get 1"))
    promoted = BooleanField(_l("Special price"), name="promo")
    after = StringField(validators=[Optional(), Length(max=200)])

    def validate_price_to(self, field: Any) -> None:
        """Refuse a highest price below the lowest."""
        if not self.price_from.errors and self.price_from.data and fen(field.data) < fen(self.price_from.data):
            raise ValidationError(_l("The highest price is below the lowest one."))

    @property
    def filters(self) -> Filters:
        """The filters as values; prices that are wrong do not narrow."""
        return Filters(
            price_from=_fen(self.price_from),
            price_to=_fen(self.price_to),
            in_stock=self.in_stock.data,
            featured=self.featured.data,
            bogo=self.bogo.data,
            promoted=self.promoted.data,
        )


def _fen(field: StringField) -> int | None:
    return fen(field.data) if field.data and not field.errors else None
