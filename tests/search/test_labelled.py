"""Labelled queries on the two catalogues: what must be found, and what must come first.

The labels are in ``queries_*.txt``, written by hand from the lists of goods; what misses is printed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from axf.extensions import db
from axf.market.models import Goods
from axf.search import making
from axf.seed.catalog import load_catalog
from axf.seed.classic import import_classic
from tests.search.conftest import ids
from tests.seed.conftest import EXTENDED, dump, shipped

RECALL, FIRST = 0.98, 0.9


@dataclass(frozen=True)
class Label:
    """A query, the pattern of its first hit, and of what must be among the first ten; None: nothing may be found."""

    query: str
    first: str | None
    expected: str


def labels(name: str) -> list[Label]:
    lines = (Path(__file__).parent / f"queries_{name}.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            query, first, *rest = line.split(" · ")
            found.append(Label(query, None if first == "-" else first, rest[0] if rest else first))
    return found


def scores(label: Label, names: dict[int, str]) -> tuple[float, bool]:
    """Return the share of the expected among the first ten, and whether the first is right."""
    got = ids(label.query)[:10]
    if label.first is None:
        return float(not got), not got
    expected = {goods_id for goods_id, name in names.items() if re.search(label.expected, name)}
    assert expected, f"{label} expects nothing"
    recall = len(expected & set(got)) / min(10, len(expected))
    return recall, bool(got) and re.search(label.first, names[got[0]]) is not None


@pytest.mark.parametrize("name", ["demo", "classic"])
def test_labelled_queries_find_what_is_meant(app, name):
    if name == "demo":
        load_catalog(shipped())
    else:
        import_classic(dump(EXTENDED))
    making.make()
    rows = db.session.execute(select(Goods.id, Goods.name, Goods.pack).where(Goods.on_sale))
    names = {row.id: f"{row.name} {row.pack}" for row in rows}
    results = {label: scores(label, names) for label in labels(name)}
    for label, (recall, is_first_right) in results.items():
        if recall < 1 or not is_first_right:
            print(f"{label.query}: recall {recall:.2f}, first {is_first_right}")
    recall = sum(recall for recall, _ in results.values()) / len(results)
    first = sum(is_right for _, is_right in results.values()) / len(results)
    print(f"{name}: {len(results)} queries, recall@10 {recall:.3f}, first right {first:.3f}")
    assert (recall >= RECALL, first >= FIRST) == (True, True)


def test_there_are_enough_labels():
    assert len(labels("demo")) + len(labels("classic")) >= 150
