"""Text as search reads it."""

import pytest

from axf.search.words import level, pieces, stem


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("丹东99草莓", ["丹东", "99", "草莓"]),
        ("ＡＢＣ　牛奶", ["abc", "牛奶"]),
        ("Crêpe", ["crepe"]),
        ("Pig's Ear", ["pig", "ear"]),
        ("Bamboo Shoots in Sesame Oil", ["bamboo", "shoots", "sesame", "oil"]),
        ("草\u200b莓\u202e", ["草莓"]),
        ("'; DROP TABLE goods; --", ["drop", "table", "goods"]),
        ("%_ \U0001f353 ()", []),
    ],
)
def test_a_text_is_cut_into_runs(text, found):
    assert [piece.text for piece in pieces(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1kg/袋", ["1000g", "袋"]),
        ("1000 g", ["1000g"]),
        ("2斤", ["1000g"]),
        ("1.5L", ["1500ml"]),
        ("500.0ml", ["500ml"]),
        ("250ml*12盒", ["250ml", "12盒"]),
        ("125 g × 4 boxes", ["125g", "4", "boxes"]),
        ("3+2", ["3", "2"]),
    ],
)
def test_one_size_is_written_in_one_way(text, found):
    assert [piece.text for piece in pieces(text)] == found


def test_what_was_typed_is_kept_beside_it():
    assert [piece.written for piece in pieces("大米 5kg")] == ["大米", "5kg"]


def test_levelling_keeps_what_can_be_read():
    assert level("Ｙａｂｏ 鸭脖") == "yabo 鸭脖"


def test_plural_and_singular_have_one_stem():
    assert stem("strawberries") == stem("strawberry")
