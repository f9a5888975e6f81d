"""What forms of several packages check."""

import re

from wtforms import Form, StringField, ValidationError

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
