"""How a shopper's words are read by what the shop sells."""

import pytest

from axf.search.readings import reading
from axf.search.understanding import Wish, question, understand

SOLD = dict.fromkeys(
    [
        "草莓", "~caomei", "^cm", "蛋糕", "~dangao", "^dg", "草", "莓", "米", "~mi", "牛", "牛奶", "~niunai", "^nn",
        "300g", "24瓶", "24听", "strawberri", "milk", "沙琪玛", "沙琪", "琪玛",
    ],
    7,
)  # fmt: skip


def read(text: str, known: dict[str, int] = SOLD) -> list[Wish]:
    return understand(question(text), known)


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("草莓", [("草莓", [("草莓",)])]),
        ("草莓蛋糕", [("草莓", [("草莓",)]), ("蛋糕", [("蛋糕",)])]),
        ("草每", [("草每", [("~caomei",)])]),
        ("caomei", [("caomei", [("~caomei",)])]),
        ("caomeidangao", [("caomei", [("~caomei",)]), ("dangao", [("~dangao",)])]),
        ("cm", [("cm", [("^cm",)])]),
        ("cmdg", [("cm", [("^cm",)]), ("dg", [("^dg",)])]),
        ("Strawberries", [("strawberries", [("strawberri",)])]),
        ("straw", [("straw", [("strawberri",)])]),
        ("牛奶 0.3KG", [("牛奶", [("牛奶",)]), ("0.3kg", [("300g",)])]),
        ("24", [("24", [("24瓶",), ("24听",)])]),
        ("沙琪玛", [("沙琪玛", [("沙琪玛",), ("沙琪", "琪玛")])]),
        ("草莓 草莓", [("草莓", [("草莓",)])]),
        ("火箭 草莓", [("火箭", []), ("草莓", [("草莓",)])]),
        ("qwzxv", [("qwzxv", [])]),
        ("", []),
        ("%_'\"", []),
    ],
)
def test_the_fewest_known_terms_win(text, wishes):
    assert read(text) == [Wish(word, tuple(ways)) for word, ways in wishes]


def test_words_come_before_what_only_sounds_like_them():
    assert read("草莓", SOLD | {"~caomei": 1000})[0].ways == (("草莓",),)


def test_an_unknown_word_has_no_way():
    assert read("轮胎") == [Wish("轮胎")]


def test_only_the_beginning_of_an_endless_text_is_asked_for():
    assert len(question("草莓" * 5_000).terms) < 1_000
    assert len(question("ab " * 5_000).pieces) <= 12


def test_readings_come_from_the_shipped_table():
    assert (reading("草莓"), reading("绿茶"), reading("𠮷")) == ("caomei", "lvcha", None)


def test_the_shipped_table_is_what_the_tool_writes():
    from tools.readings_table import FILE, table

    assert FILE.read_text(encoding="utf-8") == table()
