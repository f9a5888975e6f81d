"""Forms of the cart. They read the query string too: the seed addresses carry ``?goodsid=``."""

from wtforms import Form, StringField

from axf.cart.models import MOST_A_LINE
from axf.core.paging import LARGEST_INT
from axf.fields import Number


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
