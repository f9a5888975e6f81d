"""What a username and a password may be."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from axf.user.accounts import username_key
from axf.user.forms import COMMON_PASSWORDS, RegisterForm, malformed


@pytest.mark.parametrize(
    "username",
    [
        "anna",
        "张三",
        "张三丰_99",
        "a-",
        "_-",
        "Жанна",
        "ひろし",
        "étoile",
        "ａｘｆ",
        "ab" * 10,
        "李" * 20,
        "42",
        "𠮷野家",
        "〇一",
    ],
)
def test_usernames(username):
    assert not malformed(username)


@pytest.mark.parametrize(
    "username",
    [
        "", "a", "a" * 21, "李" * 21,
        "a b", "a\tb", "a\nb", "ab\n", " ab", "a\u3000b", "a\u00a0b",
        "a'b", 'a"b', "a`b", "a\\b", "a/b", "a;b", "a<b>", "a&b", "a%b", "a@b.c", "a.b", "a,b", "a+b", "a=b", "a#b",
        "a\x00b", "a\x1bb", "a\x7fb", "a\u0085b", "a\u2028b",
        "a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb",
        "a\u200bb", "a\u200db", "a\ufeffb", "a\u00adb", "a\u034fb", "a\ufe0fb",
        "😀😀", "a😀", "❤️", "🇨🇳", "a️⃣b",
        "e\u0301e", "z̸̢a",
        "٣٣", "१२", "½a", "²½", "ﷺﷺ", "㎏㎏", "ﷲﷲﷲﷲﷲﷲﷲﷲﷲﷲ",
        "\u3164\u3164", "\uffa0a", "a\u115f", "\u1160b",
    ],
)  # fmt: skip
def test_these_are_no_usernames(username):
    assert malformed(username)


@given(st.text(max_size=24))
def test_a_username_can_be_seen_typed_and_stored(username):
    if malformed(username):
        return
    assert 2 <= len(username) <= 20
    assert len(username_key(username)) <= 60
    for text in (username, username_key(username)):
        assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp") for each in text)
    assert not set(username_key(username)) & set(" <>&'\"\\/%;`")


@given(st.text(st.characters(categories=["L", "N"]), min_size=2, max_size=20))
def test_the_key_of_any_username_fits_its_column(username):
    assert malformed(username) or len(username_key(username)) <= 60


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna", "ANNA"),
        ("axf", "ＡＸＦ"),
        ("Straße", "STRASSE"),
        ("ﬁsh", "fish"),
        ("ΣΑΣ", "σας"),
        ("①②", "12"),
        ("\u212aelly", "kelly"),
    ],
)
def test_names_that_read_the_same_are_one(one, other):
    assert one != other
    assert username_key(one) == username_key(other)


@pytest.mark.parametrize(("one", "other"), [("anna", "аnna"), ("anna", "anna_"), ("张三", "張三"), ("o0", "oO")])
def test_names_of_other_letters_are_others(one, other):
    assert username_key(one) != username_key(other)


def errors(app, **fields) -> dict[str, list[str]]:
    data = {
        "username": "anna",
        "password": "a fine pass phrase",
        "repeat": "a fine pass phrase",
        "agrees": "1",
        **fields,
    }
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        form = RegisterForm(MultiDict(data), meta={"csrf": False})
        form.validate()
        return {name: [str(error) for error in found] for name, found in form.errors.items()}


@pytest.mark.parametrize("password", ["8 chars!", "长长长长长长长长", "x" * 128, " " * 8 + "x", "😀" * 8, "12345678xq"])
def test_passwords(app, password):
    assert errors(app, password=password, repeat=password) == {}


@pytest.mark.parametrize("password", ["", "7 chars", "x" * 129])
def test_too_short_or_long_a_password_says_so(app, password):
    assert errors(app, password=password, repeat=password) == {"password": ["Use 8 to 128 characters."]}


@pytest.mark.parametrize("password", ["12345678", "PASSWORD", "aixianfeng", "Anna-Anna"])
def test_an_easy_password_is_refused(app, password):
    found = errors(app, username="anna-anna", password=password, repeat=password)
    assert found == {"password": ["This password is too easy to guess. Please choose another one."]}


def test_the_list_of_easy_passwords_names_only_what_could_be_taken():
    assert all(8 <= len(password) <= 128 and password == password.casefold() for password in COMMON_PASSWORDS)


def test_a_password_is_typed_the_same_twice(app):
    assert errors(app, repeat="A fine pass phrase") == {"repeat": ["The two passwords are not the same."]}


def test_a_password_is_not_trimmed(app):
    assert errors(app, password=" a fine pass phrase ") == {"repeat": ["The two passwords are not the same."]}


def test_spaces_around_a_username_are_a_slip_of_the_thumb(app):
    assert errors(app, username=" anna\u3000") == {}


@pytest.mark.parametrize(
    "password",
    [
        "password1",
        "PASSWORD123",
        "iloveyou1",
        "woaini1314",
        "axf20262026",
        "AiXianFeng2026",
        "爱鲜蜂12345",
        "anna!2026!!",
        "2026-anna",
    ],
)
def test_well_known_passwords_and_the_words_of_this_shop_are_refused(app, password):
    with app.test_request_context(
        "/", method="POST", data={"username": "anna", "password": password, "repeat": password}
    ):
        form = RegisterForm(meta={"csrf": False})
        assert not form.validate()
        assert form.password.errors == ["这个密码太容易猜到，请换一个。"] or len(form.password.errors) == 1


@pytest.mark.parametrize(
    "password", ["anna likes pears", "lilac and pears", "axf is my favourite shop", "  8 blanks  "]
)
def test_a_phrase_is_fine_whatever_is_in_it(app, password):
    with app.test_request_context(
        "/", method="POST", data={"username": "anna", "password": password, "repeat": password, "agrees": "1"}
    ):
        assert RegisterForm(meta={"csrf": False}).validate()


def test_three_thousand_well_known_passwords_are_known():
    assert len(COMMON_PASSWORDS) >= 3000
