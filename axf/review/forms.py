"""Forms of reviews: they check the shape; the service checks the truth."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileSize, MultipleFileField
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from axf.core.text import plain
from axf.review.service import LONGEST_TEXT, Opinion
from axf.storage import photos

TOO_LONG = _l("Please write at most 500 characters.")


class ReviewForm(FlaskForm):
    """Stars, words, photos, and whether the name is shown."""

    stars = StringField(
        _l("How was it?"), validators=[AnyOf(("1", "2", "3", "4", "5"), message=_l("Please choose one to five stars."))]
    )
    text = TextAreaField(_l("In your words"), filters=[plain], validators=[Length(max=LONGEST_TEXT, message=TOO_LONG)])
    photos = MultipleFileField(
        _l("Photos"), validators=[FileSize(photos.LARGEST, message=_l("Please choose photos under 8 MB each."))]
    )
    is_anonymous = BooleanField(_l("Do not show my name"))

    def opinion(self) -> Opinion:
        """Return what the shopper says."""
        return Opinion(int(self.stars.data), self.text.data or "", bool(self.is_anonymous.data))


class AddForm(FlaskForm):
    """Words that are added later."""

    text = TextAreaField(
        filters=[plain],
        validators=[InputRequired(_l("Please write something first.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
