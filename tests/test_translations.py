"""The Chinese catalogue is whole, and no text a person sees stands outside it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[1] / "axf"
TRANSLATIONS = PACKAGE / "translations"
CATALOGUE = TRANSLATIONS / "zh_Hans" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# What a person may read but no translator writes: data, units of packs, a date pattern, samples.
WITH_CHINESE_DATA = {
    "market/pack.py",
    "pages.py",
    "home/styleguide.py",
    "search/terms.py",
    "search/words.py",
    "user/forms.py",
    "vip/ledger.py",
    "vip/levels.py",
}
# A language and a foreign company call themselves the same in every language.
NAMES = {"English", "中文", "Mock Pay", "模拟支付"}
STYLEGUIDE = "styleguide.html"
# A legal text is a document of its own in each language, not sentences of a catalogue.
DOCUMENTS = {"notice_en.html", "notice_zh.html"}

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
CLASS_BLOCK = re.compile(r"\{% block main_class %\}.*?\{% endblock %\}")
TAG = re.compile(r"<[^>]*>")
SAID_ATTRIBUTE = re.compile(r"""\b(?:alt|title|placeholder|aria-label|data-text-\w+|data-confirm)="([^"]*)\"""")


def texts_of_the_code() -> Iterator[tuple[str, str | None]]:
    with (TRANSLATIONS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for *_place, found, _comments, _context in extract_from_dir(PACKAGE, methods, options, KEYWORDS):
        singular, plural = found[:2] if isinstance(found, tuple) else (found, None)
        yield singular, plural


def messages() -> list[Message]:
    with CATALOGUE.open("rb") as file:
        return [message for message in read_po(file, locale="zh_Hans") if message.id]


def both(texts: str | tuple[str, ...]) -> tuple[str, ...]:
    return texts if isinstance(texts, tuple) else (texts,)


def path_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def templates() -> list[Path]:
    return [
        file for file in sorted((PACKAGE / "templates").rglob("*.html")) if file.name not in {STYLEGUIDE, *DOCUMENTS}
    ]


def test_catalogue_holds_the_texts_of_the_code_and_no_others():
    listed = [(both(message.id)[0], both(message.id)[1] if message.pluralizable else None) for message in messages()]
    assert sorted(listed, key=str) == sorted(set(texts_of_the_code()), key=str)


def test_every_text_is_translated_and_none_is_a_guess():
    assert [message.id for message in messages() if message.fuzzy or not all(both(message.string))] == []


def test_placeholders_of_text_and_translation_are_the_same():
    different = [
        message.id
        for message in messages()
        for text in both(message.string)
        if set(PLACEHOLDER.findall(both(message.id)[-1])) != set(PLACEHOLDER.findall(text))
    ]
    assert different == []


def test_catalogue_has_no_date_that_changes_with_every_run():
    dates = re.findall(r'^"(?:POT-Creation|PO-Revision)-Date: (.*)\\n"$', CATALOGUE.read_text(), re.MULTILINE)
    assert dates == ["2026-11-22 08:00+0000"] * 2


@pytest.mark.parametrize("file", templates(), ids=path_of)
def test_template_says_nothing_untranslated(file: Path):
    markup = JINJA.sub(" ", CLASS_BLOCK.sub("", file.read_text()))
    said = [text.strip() for text in TAG.split(markup)] + SAID_ATTRIBUTE.findall(markup)
    assert [text for text in said if re.search(r"[^\W\d_]{2,}", text) and text not in NAMES] == []


@pytest.mark.parametrize("file", templates(), ids=path_of)
def test_template_has_no_chinese_outside_the_catalogue(file: Path):
    without_comments = re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL)
    for name in NAMES:
        without_comments = without_comments.replace(name, "")
    assert CHINESE.findall(without_comments) == []


def test_python_has_no_chinese_outside_docstrings_and_data():
    found = {}
    for file in PACKAGE.rglob("*.py"):
        if path_of(file) not in WITH_CHINESE_DATA and not path_of(file).startswith("seed/"):
            found[path_of(file)] = [text for text in literals(ast.parse(file.read_text())) if CHINESE.search(text)]
    assert {path: texts for path, texts in found.items() if texts} == {}


def literals(tree: ast.Module) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_a_document_has_the_same_parts_in_each_language():
    texts = [file.read_text() for file in sorted((PACKAGE / "templates").rglob("*.html")) if file.name in DOCUMENTS]
    english, chinese = (re.findall(r"<(h1|h2|dt|dd|li|p)\b", text) for text in texts)
    assert english == chinese
    assert CHINESE.findall(texts[0]) == []


def test_the_shop_says_nin_and_never_ni():
    """One form of "you" everywhere: the polite one, in the catalogue, the documents, the scripts and nginx' pages."""
    said = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.js"), *(PACKAGE.parent / "deploy" / "pages").iterdir()]
    texts = {str(path): path.read_text() for path in said}
    texts |= {str(message.id): "".join(both(message.string)) for message in messages()}
    assert [where for where, text in texts.items() if "你" in text] == []
