"""Pack sizes: every form the classic catalogue uses, and what must not be taken for one."""

import gzip
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.market.pack import Pack, UnitPrice, parse_pack, unit_price
from axf.seed.classic_dump import GOODS, read_dump

DUMP = Path(__file__).parent.parent / "seed" / "data" / "classic" / "axf-row-per-insert.sql.gz"


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("500ml", 500_000, "ml"),
        ("1L", 1_000_000, "ml"),
        ("1.25L", 1_250_000, "ml"),
        ("23.8g", 23_800, "g"),
        ("4.5g", 4_500, "g"),
        ("1.7kg", 1_700_000, "g"),
        ("500 G", 500_000, "g"),
        ("２５０ｍｌ", 250_000, "ml"),
        ("一斤", None, None),
        ("2斤", 1_000_000, "g"),
        ("3两", 150_000, "g"),
        ("1公斤", 1_000_000, "g"),
        ("500克/袋", 500_000, "g"),
        ("330毫升", 330_000, "ml"),
        # The smaller end of a range, so that the unit price is never understated.
        ("1.5-2.5kg/粒", 1_500_000, "g"),
        ("400-500g/盒", 400_000, "g"),
        ("500-400g/盒", 400_000, "g"),
        ("800g-1kg", 800_000, "g"),
        ("1kg-800g", 800_000, "g"),
        ("300~360g", 300_000, "g"),
        ("800g以上/个", 800_000, "g"),
        ("约300g", 300_000, "g"),
        ("800g以下/个", None, None),
        # Multiplied out.
        ("250ml*24听", 6_000_000, "ml"),
        ("330ml×24听", 7_920_000, "ml"),
        ("4L*6", 24_000_000, "ml"),
        ("4*150g", 600_000, "g"),
        ("150g*2卷", 300_000, "g"),
        ("10g*10包*2盒", 200_000, "g"),
        # How it is packed says nothing about how much there is.
        ("400-500g 2粒/盒", 400_000, "g"),
        ("180-220g2粒/袋", 180_000, "g"),
        ("600-800g/粒g/粒", 600_000, "g"),
        # Pieces.
        ("10片", 10_000, "piece"),
        ("12包/条", 12_000, "piece"),
        ("6枚/盒", 6_000, "piece"),
        ("50片/盒", 50_000, "piece"),
        ("200抽*3包", 600_000, "piece"),
        ("1盒", 1_000, "piece"),
        ("1.0支", 1_000, "piece"),
        ("10双/包", 10_000, "piece"),
        # No pack size.
        ("30其他", None, None),
        ("半只", None, None),
        ("6寸", None, None),
        ("30cm*150片", None, None),
        ("", None, None),
        ("g", None, None),
        ("0g", None, None),
        ("0ml*24听", None, None),
        ("-5g", None, None),
        ("1.2.3g", None, None),
        ("500g苹果", None, None),
        ("1kg-5L", None, None),
        ("5kgg", None, None),
        ("买一送一", None, None),
        ("999999999kg", None, None),
        ("2147483.647g", 2_147_483_647, "g"),
        ("2147483.648g", None, None),
    ],
)
def test_parse_pack(text, amount, unit):
    assert parse_pack(text) == (Pack(amount, unit) if amount else None)


@pytest.mark.parametrize(
    ("price", "pack", "expected"),
    [
        (1000, "500g", UnitPrice(1000, "500g")),
        (1580, "1.5-2.5kg/粒", UnitPrice(527, "500g")),
        (200, "50g", UnitPrice(2000, "500g")),
        (300, "330ml", UnitPrice(909, "L")),
        (4800, "250ml*24听", UnitPrice(800, "L")),
        (1500, "200抽*3包", UnitPrice(3, "piece")),
        (700, "10片", UnitPrice(70, "piece")),
        (5, "10片", UnitPrice(1, "piece")),  # half a fen is rounded up
        (4, "10片", UnitPrice(0, "piece")),
        (100, "1个", None),
        (100, "30其他", None),
    ],
)
def test_unit_price(price, pack, expected):
    found = parse_pack(pack)
    assert unit_price(price, found and found.amount, found and found.unit) == expected


@pytest.mark.parametrize(("amount", "unit"), [(None, None), (500_000, None), (None, "g"), (0, "g"), (500, "yard")])
def test_unit_price_needs_a_known_pack(amount, unit):
    assert unit_price(1000, amount, unit) is None


WRITTEN = st.text(
    st.one_of(st.characters(), st.sampled_from("0123456789.-*~/ gkGmlL克斤个片抽听约以上下装")), max_size=60
)


@given(WRITTEN)
def test_any_text_is_a_pack_or_none(text):
    found = parse_pack(text)
    if found:
        assert 0 < found.amount < 2**31
        assert found.unit in ("g", "ml", "piece")
        price = unit_price(999, found.amount, found.unit)
        assert price is None or price.amount >= 0


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["g", "ml"]))
def test_a_range_is_its_smaller_end(one, other, unit):
    assert parse_pack(f"{one}-{other}{unit}/盒") == parse_pack(f"{min(one, other)}{unit}")


@given(st.integers(1, 999), st.integers(1, 99))
def test_a_case_is_its_bottles(size, count):
    assert parse_pack(f"{size}ml*{count}瓶") == Pack(size * count * 1000, "ml")


@given(st.integers(1, 10**7), st.integers(1, 2**31 - 1), st.sampled_from([("g", 500), ("ml", 1000), ("piece", 1)]))
def test_a_unit_price_is_the_nearest_fen(price, amount, unit):
    found = unit_price(price, amount, unit[0])
    if found:
        assert -Fraction(1, 2) < found.amount - Fraction(price * unit[1] * 1000, amount) <= Fraction(1, 2)


def test_the_classic_catalogue():
    """829 of the 830 classic rows say how much is in the pack; the other one is "30其他"."""
    rows = read_dump(gzip.decompress(DUMP.read_bytes()).decode()).rows[GOODS]
    unread = [row.text("specifics") for row in rows if parse_pack(row.text("specifics")) is None]
    assert (len(rows), unread) == (830, ["30其他"])
