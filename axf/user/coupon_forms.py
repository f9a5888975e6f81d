"""The form of a coupon code; what it is worth is for the service to say."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from axf.core.text import plain


class CodeForm(FlaskForm):
    """A coupon code, as it was typed."""

    code = StringField(
        _l("Coupon code"),
        filters=[plain],
        validators=[
            DataRequired(_l("Please enter the code.")),
            Length(max=60, message=_l("This is too long for a code.")),
        ],
    )
