"""Forms of the cart. They read the query string too: the seed addresses carry ``?goodsid=``."""

import re

from wtforms import Form, StringField, ValidationError

from axf.cart.models import MOST_A_LINE
from axf.core.paging import LARGEST_INT

# ASCII digits only: int() would also take "１２", "+5" and " 5 ".
NUMBER = re.compile(r"(?a:\d{1,10})")


class Number:
    """A whole number from least to most, in ASCII digits; ``field.data`` becomes the int."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, _form: Form, field: StringField) -> None:
        text = field.data or ""
        if not NUMBER.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise ValidationError(f"wants a whole number from {self.least} to {self.most}")
        field.data = int(text)


class GoodsForm(Form):
    """Which goods."""

    goodsid = StringField(validators=[Number(1, LARGEST_INT)])


class QuantityForm(GoodsForm):
    """How many of which goods."""

    quantity = StringField(validators=[Number(0, MOST_A_LINE)])


class SelectForm(GoodsForm):
    """Whether a line is selected."""

    is_select = StringField(validators=[Number(0, 1)])


class SelectAllForm(Form):
    """Whether all lines are selected."""

    is_select = StringField(validators=[Number(0, 1)])
