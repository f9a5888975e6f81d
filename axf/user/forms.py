"""Forms of accounts: they check the shape; the services check the truth."""

import re
import unicodedata
from calendar import monthrange
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileSize
from wtforms import BooleanField, Form, HiddenField, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length

LONGEST_USERNAME = 20
LEAP_YEAR = 2000
LARGEST_AVATAR = 5 * 1024 * 1024
# Letters of any script, ASCII digits, _ and -: what can be typed again on a phone.
USERNAME = re.compile(r"(?:[^\W\d_]|[0-9_-]){2,20}")
# Hangul fillers count as letters and are not seen.
INVISIBLE = frozenset("\u115f\u1160")
# The best-known leaked passwords that have eight characters or more: out of Django's list of 20,000 by Royce Williams,
# and some that are well known in China. Folded, one a line.
COMMON_PASSWORDS = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines())
# What everybody tries here first, alone or with a few digits.
CONTEXT_WORDS = frozenset(Path(__file__).with_name("context_words.txt").read_text(encoding="utf-8").splitlines())


def malformed(username: str) -> bool:
    """Tell whether this cannot be a username, as typed or folded: ﷺ is one letter that folds into eighteen."""
    folded = unicodedata.normalize("NFKC", username)
    return not (USERNAME.fullmatch(username) and USERNAME.fullmatch(folded)) or not INVISIBLE.isdisjoint(folded)


class Username:
    """2–20 letters, digits, _ or -."""

    def __call__(self, _form: Form, field: StringField) -> None:
        if malformed(field.data or ""):
            raise ValidationError(_l("Use 2 to 20 letters, digits, - or _."))


class NewPassword:
    """8–128 characters, anything but the best-known ones, the username and the shop's name."""

    def __call__(self, form: Form, field: PasswordField) -> None:
        password = field.data or ""
        if not 8 <= len(password) <= 128:
            raise ValidationError(_l("Use 8 to 128 characters."))
        username = (form["username"].data or "") if "username" in form else getattr(form, "owner", "")
        if _is_easy(password.casefold(), username.casefold()):
            raise ValidationError(_l("This password is too easy to guess. Please choose another one."))


def _is_easy(password: str, username: str) -> bool:
    """Tell whether it is well known, or the username or the shop's name with nothing but digits and signs around."""
    bare = re.sub(r"[\W\d_]+", "", password)
    words = {*CONTEXT_WORDS, re.sub(r"[\W\d_]+", "", username)} - {""}
    return password in COMMON_PASSWORDS or password == username or bare in words


class MailAddress:
    """An address that a letter can be sent to, or nothing; brought into the one form that is kept.

    Nobody is asked whether its domain exists: that would take seconds, and tell what is typed here.
    """

    def __call__(self, _form: Form, field: StringField) -> None:
        if not field.data:
            return
        try:
            found = validate_email(field.data, allow_smtputf8=False, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(_l("This is not an e-mail address. Please check it.")) from None
        field.data = found.ascii_email


def _strip(text: str | None) -> str | None:
    return text.strip() if text else text


def _two_digits(most: int) -> list[SelectChoice]:
    return [SelectChoice(f"{number:02d}", str(number)) for number in range(1, most + 1)]


def avatar_field(label: str) -> FileField:
    """Return the picture field; the picture itself is checked by decoding it."""
    return FileField(label, validators=[FileSize(LARGEST_AVATAR, message=_l("Please choose a picture under 5 MB."))])


class RegisterForm(FlaskForm):
    """A new account."""

    username = StringField(_l("Username"), filters=[_strip], validators=[Username()])
    password = PasswordField(_l("Password"), validators=[NewPassword()])
    repeat = PasswordField(
        _l("Password again"), validators=[EqualTo("password", message=_l("The two passwords are not the same."))]
    )
    avatar = avatar_field(_l("Picture of you (if you like)"))
    agrees = BooleanField(
        _l("I have read the privacy notice and agree to it."),
        validators=[DataRequired(_l("Please read the privacy notice and tick this box."))],
    )
    next = HiddenField()


class LoginForm(FlaskForm):
    """A login."""

    username = StringField(
        _l("Username"),
        filters=[_strip],
        validators=[DataRequired(_l("Please enter your username.")), Length(max=100)],
    )
    password = PasswordField(
        _l("Password"), validators=[DataRequired(_l("Please enter your password.")), Length(max=1000)]
    )
    next = HiddenField()


class AvatarForm(FlaskForm):
    """Another picture."""

    avatar = avatar_field(_l("New picture"))


class BirthdayForm(FlaskForm):
    """Month and day of the birthday, or neither."""

    month = SelectField(_l("Month"), choices=[SelectChoice("", _l("Month")), *_two_digits(12)])
    day = SelectField(_l("Day"), choices=[SelectChoice("", _l("Day")), *_two_digits(31)])

    def validate_day(self, field: SelectField) -> None:
        """Refuse half a birthday and the 30th of February; the 29th is a birthday."""
        if bool(self.month.data) != bool(field.data):
            raise ValidationError(_l("Please choose month and day, or neither."))
        if self.month.errors or field.errors or not field.data:
            return
        if int(field.data) > monthrange(LEAP_YEAR, int(self.month.data))[1]:
            raise ValidationError(_l("This month has no such day."))

    def show(self, birthday: str | None) -> None:
        """Fill the form with ``MM-DD``."""
        self.month.data, _, self.day.data = (birthday or "").partition("-")

    def birthday(self) -> str | None:
        """Return ``MM-DD``, or None when it is left empty."""
        return f"{self.month.data}-{self.day.data}" if self.month.data else None


class EmailForm(FlaskForm):
    """Where mail goes, or nowhere; the password is asked for."""

    email = StringField(_l("E-mail address"), filters=[_strip], validators=[Length(max=254), MailAddress()])
    proof = PasswordField(_l("Your password"), validators=[DataRequired(_l("Please enter your password."))])


class PasswordForm(FlaskForm):
    """Another password; the current one is asked for again. ``owner`` is whose it is."""

    owner = ""

    current = PasswordField(
        _l("Current password"), validators=[DataRequired(_l("Please enter your current password."))]
    )
    password = PasswordField(_l("New password"), validators=[NewPassword()])
    repeat = PasswordField(
        _l("New password again"), validators=[EqualTo("password", message=_l("The two passwords are not the same."))]
    )
