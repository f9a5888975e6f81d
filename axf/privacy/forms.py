"""Forms of what the shop knows: the password is asked for again, and the code of a two-step login."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import DataRequired, Length


def _proof() -> PasswordField:
    return PasswordField(
        _l("Your password"), validators=[DataRequired(_l("Please enter your password.")), Length(max=1000)]
    )


def _code() -> StringField:
    return StringField(_l("Code"), validators=[Length(max=40)])


class ExportForm(FlaskForm):
    """Hand over my data."""

    proof = _proof()
    code = _code()


class DeleteForm(FlaskForm):
    """Delete my account."""

    understood = BooleanField(
        _l("I understand that this cannot be undone."), validators=[DataRequired(_l("Please tick this box first."))]
    )
    farewell = _proof()
    last_code = _code()
