"""Forms of the two-step login."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Regexp

_code_needed = [DataRequired(_l("Please enter the code.")), Length(max=40)]


class CodeForm(FlaskForm):
    """The second step of a login."""

    code = StringField(_l("Code"), validators=_code_needed)
    next = HiddenField()


class OnForm(FlaskForm):
    """Switch on: the app's first code and the password; ``setup`` is the signed secret that the page showed."""

    code = StringField(
        _l("Code that the app shows"),
        validators=[*_code_needed, Regexp(r"\A *[0-9]{3} *[0-9]{3} *\Z", message=_l("The code has six digits."))],
    )
    password = PasswordField(_l("Your password"), validators=[DataRequired(_l("Please enter your password."))])
    setup = HiddenField()


class OffForm(FlaskForm):
    """Switch off: a code and the password."""

    code = StringField(_l("Code"), validators=_code_needed)
    password = PasswordField(_l("Your password"), validators=[DataRequired(_l("Please enter your password."))])
