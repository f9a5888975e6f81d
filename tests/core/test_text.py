"""Typed text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.core.text import plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("  门口  放下 ", "门口 放下"),
        ("a\r\nb\tc", "a b c"),
        ("a\u202eb\u200bc\x00d\ufeff", "abcd"),
        ("\ud800x", "x"),
        ("请轻放 🍓", "请轻放 🍓"),
    ],
)
def test_plain(typed, kept):
    assert plain(typed) == kept


@given(st.text())
def test_plain_text_is_plain_already(text):
    assert plain(plain(text)) == plain(text)
    assert plain(text).isprintable()
