"""What is known of a goods besides its price, as lines of words in the page's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from axf.i18n import local
from axf.market.models import ALLERGENS
from axf.market.queries import GoodsDetail

STORAGE_TEXTS = {
    "ambient": _l("At room temperature"),
    "cool": _l("In a cool, dry place"),
    "fridge": _l("Chilled, 2–6 °C"),
    "chilled": _l("Chilled, 0–4 °C"),
    "frozen": _l("Frozen, −18 °C"),
}
ALLERGEN_TEXTS = {
    "gluten": _l("gluten"),
    "crustaceans": _l("crustaceans"),
    "fish": _l("fish"),
    "egg": _l("egg"),
    "peanut": _l("peanut"),
    "soy": _l("soya"),
    "milk": _l("milk"),
    "nuts": _l("nuts"),
    "sesame": _l("sesame"),
}


def facts_of(goods: GoodsDetail) -> list[tuple[str, str]]:
    """Return label and text of each fact that is known, in the order of the goods page."""
    facts = []
    if goods.origin:
        facts.append((_("Origin"), local(goods, "origin")))
    if goods.storage:
        facts.append((_("Storage"), str(STORAGE_TEXTS[goods.storage])))
    if goods.shelf_life_days:
        facts.append((_("Shelf life"), ngettext("%(num)d day", "%(num)d days", goods.shelf_life_days)))
    if goods.allergens is not None:
        facts.append((_("Allergens"), _allergens_text(goods.allergens)))
    return facts


def _allergens_text(allergens: frozenset[str]) -> str:
    if not allergens:
        return _("None of the usual ones")
    return _(", ").join(str(ALLERGEN_TEXTS[word]) for word in ALLERGENS if word in allergens)
