"""The form of an address: shape and cleaning; its region is chosen level by level, with or without JavaScript."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp

from axf.core.text import plain
from axf.delivery import regions
from axf.delivery.regions import Region
from axf.user import pasted
from axf.user.addresses import AddressView, Fields
from axf.user.pasted import LONGEST_DETAIL, LONGEST_NAME

TAGS = [
    SelectChoice("", _l("None")),
    SelectChoice("home", _l("Home address")),
    SelectChoice("company", _l("Company")),
    SelectChoice("school", _l("School")),
]


def _phone(text: str | None) -> str:
    """Return the eleven digits, or what was typed, so that it can be put right."""
    return pasted.phone_of(text or "") or plain(text)


class AddressForm(FlaskForm):
    """An address; ``paste`` is a text that holds one, in any order."""

    paste = TextAreaField(_l("Paste an address (if you have one)"))
    name = StringField(
        _l("Name of who receives it"),
        filters=[plain],
        validators=[
            DataRequired(_l("Please tell us a name.")),
            Length(max=LONGEST_NAME, message=_l("Use at most 40 characters.")),
        ],
    )
    phone = StringField(
        _l("Mobile number"),
        filters=[_phone],
        validators=[Regexp(r"\A1[3-9][0-9]{9}\Z", message=_l("Please enter a Chinese mobile number of 11 digits."))],
    )
    province = SelectField(
        _l("Province"), default="", validate_choice=False, validators=[DataRequired(_l("Please choose a province."))]
    )
    city = SelectField(
        _l("City"), default="", validate_choice=False, validators=[DataRequired(_l("Please choose a city."))]
    )
    district = SelectField(
        _l("District"), default="", validate_choice=False, validators=[DataRequired(_l("Please choose a district."))]
    )
    detail = StringField(
        _l("Street, building, room"),
        filters=[plain],
        validators=[
            Length(min=2, message=_l("Please tell us street, building and room.")),
            Length(max=LONGEST_DETAIL, message=_l("Use at most 120 characters.")),
        ],
    )
    tag = RadioField(
        _l("Kind"), default="", choices=TAGS, invalid_choice_message=_l("Please choose one of these kinds.")
    )
    next = HiddenField()

    def settle_region(self) -> None:
        """Offer what belongs to what was chosen above; what does not belong there is dropped."""
        self._offer(self.province, regions.provinces())
        self._offer(self.city, regions.cities(self.province.data))
        self._offer(self.district, regions.districts(self.city.data))

    def _offer(self, field: SelectField, choices: list[Region]) -> None:
        """Fill a select; when there is only one to choose, it is chosen."""
        codes = [each.code for each in choices]
        if field.data not in codes:
            field.data = codes[0] if len(codes) == 1 else ""
        field.choices = [
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(each.code, each.name) for each in choices),
        ]

    def show(self, address: AddressView) -> None:
        """Fill the form with an address that is there."""
        self.province.data, self.city.data = regions.parents_of(address.district)
        for name in Fields.__annotations__:
            self[name].data = getattr(address, name)

    def take_paste(self) -> bool:
        """Spread the pasted text over the fields; what it does not hold stays. Tell whether it held anything."""
        found = pasted.split(self.paste.data or "")
        for name in ("name", "phone", "detail"):
            if getattr(found, name):
                self[name].data = getattr(found, name)
        if found.province:
            self.province.data, self.city.data, self.district.data = found.province, found.city, found.district
        return found != pasted.Pasted()

    def fields(self) -> Fields:
        """Return what was written, once it is valid."""
        return Fields(
            name=self.name.data or "",
            phone=self.phone.data or "",
            district=self.district.data or "",
            detail=self.detail.data or "",
            tag=self.tag.data or "",
        )
