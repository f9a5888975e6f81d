"""Templates compiled for each language: the same words as by gettext, and no gettext left to call."""

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
