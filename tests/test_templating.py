"""Templates compiled for each language: the same words as by gettext, and no gettext left to call."""

import itertools

import pytest
from flask import render_template_string
from flask_babel import force_locale
from jinja2 import DictLoader
from markupsafe import Markup

pytestmark = pytest.mark.sqlite
PAGES = {
    "words.html": "{{ _('Home') }}",
    "outer.html": "{% from 'macro.html' import label %}{% include 'words.html' %} {{ label() }}",
    "macro.html": "{% macro label() %}{{ _('Cart') }}{% endmacro %}",
    "value.html": "{{ _('Search for %(name)s', name=name) }}",
    "chosen.html": "{{ _(text) }}",
    "plain.txt": "{{ _('Home') }} & {{ name }}",
}


@pytest.fixture
def rendered(app):
    app.jinja_env.loader = DictLoader(PAGES)

    def render(page: str, lang: str, **values: object) -> str:
        with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
            return app.jinja_env.get_template(page).render(**values)

    return render


@pytest.mark.parametrize(("lang", "words"), [("zh", "首页 购物车"), ("en", "Home Cart"), ("zh", "首页 购物车")])
def test_a_page_and_what_it_includes_speak_the_language_of_the_request(rendered, lang, words):
    assert rendered("outer.html", lang) == words


def test_constant_texts_ask_no_catalogue(app, rendered):
    rendered("outer.html", "en")
    asked = []

    def note(text: str) -> str:
        asked.append(text)
        return text

    app.jinja_env.install_gettext_callables(note, note, newstyle=True)
    assert (rendered("outer.html", "en"), asked) == ("Home Cart", [])
    assert (rendered("chosen.html", "en", text="Home"), asked) == ("Home", ["Home"])


def test_values_are_escaped_once(rendered):
    assert "<b>" not in rendered("value.html", "en", name="<b>")
    assert "&lt;b&gt;" in rendered("value.html", "en", name="<b>")
    assert "<b>" in rendered("value.html", "en", name=Markup("<b>"))


def test_plain_text_is_not_escaped(rendered):
    assert rendered("plain.txt", "zh", name="<b>") == "首页 & <b>"


def test_mail_is_written_in_the_language_that_is_forced(app):
    app.jinja_env.loader = DictLoader(PAGES)
    said = []
    for locale in ("en", "zh_Hans", "en"):
        with app.app_context(), force_locale(locale):
            said.append(app.jinja_env.get_template("words.html").render())
    assert said == ["Home", "首页", "Home"]


def test_a_percent_sign_stays_one(app):
    with app.test_request_context():
        assert render_template_string("{{ _('100%%') }}") == "100%"


KEPT = "{% kept key, [1]|first %}{{ count() }}{% endkept %}"


def test_a_fragment_is_rendered_once_for_each_key_and_language(app):
    app.jinja_env.loader = DictLoader({"kept.html": KEPT})
    numbers = itertools.count(1)

    def render(lang: str, key: object) -> str:
        page = app.jinja_env.in_locale(lang).get_template("kept.html")
        return page.render(key=key, count=lambda: next(numbers))

    asked = [("en", "a"), ("en", "a"), ("en", "b"), ("zh_Hans", "a"), ("en", "a")]
    assert [render(lang, key) for lang, key in asked] == ["1", "1", "2", "3", "1"]


def test_the_oldest_fragment_goes_first(app, monkeypatch):
    monkeypatch.setattr("axf.templating.MOST_KEPT", 2)
    app.jinja_env.loader = DictLoader({"kept.html": KEPT})
    numbers = itertools.count(1)
    page = app.jinja_env.in_locale("en").get_template("kept.html")
    assert [page.render(key=key, count=lambda: next(numbers)) for key in "ababcba"] == [
        "1",
        "2",
        "1",
        "2",
        "3",
        "2",
        "4",
    ]


def test_what_a_fragment_shows_is_escaped(app):
    app.jinja_env.loader = DictLoader({"kept.html": "{% kept name %}{{ name }}{% endkept %}"})
    with app.test_request_context():
        assert app.jinja_env.get_template("kept.html").render(name="<b>") == "&lt;b&gt;"


def test_addresses_of_static_files_are_constants_in_production_only(app):
    app.jinja_env.loader = DictLoader({"icon.html": "{{ asset('img/bee.svg') }}"})
    source = app.jinja_env.loader.get_source(app.jinja_env, "icon.html")[0]
    with app.test_request_context():
        assert "asset" in app.jinja_env.in_locale("en").compile(source, raw=True)
        app.jinja_env.in_locale("en").is_production = True
        assert "asset" not in app.jinja_env.in_locale("en").compile(source, raw=True)
