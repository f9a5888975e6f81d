"""What is known of a goods: the type in the database, and the panel in both languages."""

import re

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, StatementError

from axf.extensions import db
from axf.market import facts
from axf.market.models import ALLERGENS, STORAGES, Goods, GoodsPicture
from axf.seed import classic_facts
from tests.conftest import counted


def change(**values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == 475).values(**values))
    db.session.commit()


def panel(client, lang: str) -> dict[str, str]:
    """Return the facts panel of the goods page: texts by label."""
    page = client.get(f"/axf/goods/475/?lang={lang}").get_data(as_text=True)
    rows = re.findall("<dt>(.*?)</dt>\\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return {label: re.sub("<[^>]+>", "", value) for label, value in rows}


KNOWN = {"origin": "越南", "origin_en": "Vietnam", "storage": "frozen", "shelf_life_days": 540}


@pytest.mark.parametrize(
    ("lang", "values", "wanted"),
    [
        ("en", {}, {}),
        ("en", {**KNOWN, "allergens": frozenset({"soy", "crustaceans"})}, {
            "Origin": "Vietnam", "Storage": "Frozen, −18 °C", "Shelf life": "540 days",
            "Allergens": "crustaceans, soya",
        }),
        ("zh", {**KNOWN, "allergens": frozenset({"soy", "crustaceans"})}, {
            "产地": "越南", "储存": "冷冻 −18℃", "保质期": "540天", "致敏物质": "甲壳类、大豆",
        }),
        ("zh", {"allergens": frozenset()}, {"致敏物质": "不含常见致敏物质"}),
        ("en", {"origin": "越南"}, {"Origin": "越南"}),
        ("zh", {"storage": "cool"}, {"储存": "阴凉干燥处"}),
    ],
)  # fmt: skip
def test_the_panel_says_what_is_known_and_nothing_else(client, fruit, lang, values, wanted):
    if values:
        change(**values)
    shown = panel(client, lang)
    others = ("规格", "库存") if lang == "zh" else ("Pack size", "Stock")
    assert {label: value for label, value in shown.items() if label not in others} == wanted


def test_each_way_of_storage_and_each_allergen_has_its_words():
    assert tuple(facts.STORAGE_TEXTS) == STORAGES
    assert tuple(facts.ALLERGEN_TEXTS) == ALLERGENS


@pytest.mark.parametrize("values", [{"storage": "warm"}, {"storage": ""}, {"shelf_life_days": 0}])
def test_the_database_refuses_what_is_no_fact(app, fruit, values):
    with pytest.raises(DatabaseError):
        change(**values)
    db.session.rollback()
    assert db.session.scalars(select(Goods.storage).where(Goods.id == 475)).all() == [None]


@pytest.mark.parametrize(
    ("given", "stored"),
    [(None, None), (frozenset(), ""), (["milk"], "milk"), ({"sesame", "egg", "gluten"}, "gluten,egg,sesame")],
)
def test_allergens_are_a_set_of_known_words_in_one_order(app, fruit, given, stored):
    change(allergens=given)
    assert db.session.execute(text("SELECT allergens FROM goods WHERE id = 475")).scalar() == stored
    wanted = None if given is None else frozenset(given)
    assert db.session.scalar(select(Goods.allergens).where(Goods.id == 475)) == wanted


def test_an_unknown_allergen_is_refused_and_nothing_changes(app, fruit):
    change(allergens={"egg"})
    with pytest.raises(StatementError, match=r"not one of gluten, .*: moonlight"):
        change(allergens={"egg", "moonlight"})
    db.session.rollback()
    assert db.session.scalar(select(Goods.allergens).where(Goods.id == 475)) == {"egg"}


def test_further_pictures_come_in_their_order_without_another_query(client, fruit):
    with counted() as one:
        page = client.get("/axf/goods/475/").get_data(as_text=True)
    assert ("data-gallery" in page, page.count('<div class="detail-picture">')) == (False, 1)
    for position, name in ((2, "generic-milk"), (1, "generic-bread"), (3, "generic-egg")):
        db.session.add(
            GoodsPicture(goods_id=475, position=position, picture=name, alt=f"图{position}", alt_en=f"No {position}")
        )
    db.session.commit()
    with counted() as many:
        page = client.get("/axf/goods/475/?lang=en").get_data(as_text=True)
    assert len(one) == len(many) <= 5
    track = page.partition('class="gallery-track"')[2].partition("</ul>")[0]
    assert re.findall('alt="([^"]*)"( fetchpriority="high"| loading="lazy")', track) == [
        ("Strawberries 475", ' fetchpriority="high"'), ("No 1", ' loading="lazy"'), ("No 2", ' loading="lazy"'),
        ("No 3", ' loading="lazy"'),
    ]  # fmt: skip
    assert re.findall(r'<img [^>]*?width="(\d+)" height="(\d+)"', track) == [("480", "480")] * 4


@pytest.mark.parametrize(
    ("name", "type_id", "child_id", "origin", "storage"),
    [
        ("越南红心火龙果", 103532, 103534, "越南", None),
        ("海南千禧果", 103532, 103533, None, None),
        ("泰国香米", 103569, 103570, None, "cool"),
        ("可爱多", 104958, 104959, None, "frozen"),
        ("三全水饺", 103557, 103562, None, "frozen"),
        ("光明莫斯利安", 103536, 103537, None, None),
        ("洗洁精", 103575, 103577, None, None),
    ],
)
def test_a_classic_goods_gets_only_facts_that_are_certain(name, type_id, child_id, origin, storage):
    found = classic_facts.facts_of(name, type_id, child_id)
    assert (found["origin"], found["storage"]) == (origin, storage)
    assert (found["shelf_life_days"], found["allergens"]) == (None, None)
