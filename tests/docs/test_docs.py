"""The documents say what the code does: compared name by name, and the HTTP examples are played."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from flask import Flask
from sqlalchemy.schema import Table

import axf.models  # noqa: F401 - the whole metadata
from axf import errors
from axf.config.table import SETTINGS
from axf.core.errors import ShopError
from axf.coupon import terms
from axf.extensions import db
from axf.payment.providers import mock_cashier
from axf.search import making
from tests.conftest import wishes_of
from tests.coupon.conftest import add_coupon
from tests.docs.examples import PLACEHOLDER, Player, read_examples

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "axf").rglob("*.py"))
KEY = re.compile(r"\bAXF_[A-Z0-9_]*[A-Z0-9]\b")
NO_SOURCES = {".venv", "instance", "node_modules"}


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def headings(text: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} (.+)$", text, re.MULTILINE)


def rows(text: str) -> list[list[str]]:
    """Return the cells of the table rows that begin with a name in backticks."""
    found = re.findall(r"^\| `.+\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in found]


def test_every_address_is_described_and_nothing_else(app: Flask):
    described = []
    for heading in headings(document("http.md"), 3):
        methods, path = re.fullmatch(r"((?:GET|POST)(?:, POST)?) `(\S+)`", heading).groups()
        described += [(method, path) for method in methods.split(", ")]
    answered = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    ]
    assert sorted(described) == sorted(answered)


def test_every_configuration_key_is_described_and_nothing_else():
    settings = [setting.name for setting in SETTINGS]
    listed = [row[0].strip("`") for row in rows(document("configuration.md"))]
    assert sorted(listed) == sorted(settings)
    files = {f"{setting.name}_FILE" for setting in SETTINGS if setting.by_file}
    assert set(KEY.findall(document("configuration.md"))) <= {*settings, *files}
    assert {key for file in CODE for key in KEY.findall(file.read_text())} <= {*settings, *files}


def test_every_setting_that_may_be_a_file_is_described_so():
    described = {row[0].strip("`"): row[2] for row in rows(document("configuration.md"))}
    marked = {name for name, text in described.items() if text.endswith("(or a file)")}
    assert marked == {setting.name for setting in SETTINGS if setting.by_file}


def shop_errors(parent: type[ShopError] = ShopError) -> Iterator[type[ShopError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from shop_errors(child)


def test_every_error_code_is_described_with_its_status(app: Flask):
    statuses = {error.code: error.status for error in shop_errors() if error.__module__.startswith("axf.")}
    statuses |= {code: status for status, code in errors.HTTP_CODES.items()} | {"csrf": 400, "server-error": 500}
    described = {row[0].strip("`"): row[1] for row in rows(document("errors.md"))}
    assert described == {code: str(status) for code, status in statuses.items()}
    assert set(errors.MESSAGES) <= set(described)


def test_the_words_of_every_error_are_described(app: Flask):
    described = {row[0].strip("`"): row[3] for row in rows(document("errors.md"))}
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        told = {code: str(message) for code, message in errors.MESSAGES.items()}
    assert {code: words for code, words in told.items() if words not in described[code]} == {}


def our_commands(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command)
    for child_name in command.list_commands(context):
        child = command.get_command(context, child_name)
        if isinstance(child, click.Group):
            yield from our_commands(child, f"{name} {child_name}")
        elif child.callback.__module__.startswith("axf."):
            yield f"{name} {child_name}"


def test_every_command_is_described_and_nothing_else(app: Flask):
    described = [heading.strip("`") for heading in headings(document("commands.md"), 3)]
    assert sorted(described) == sorted(our_commands(app.cli, "flask"))


def test_every_option_of_a_command_is_described(app: Flask):
    sections = re.split(r"^### `(.+)`$", document("commands.md"), flags=re.MULTILINE)
    texts = dict(zip(sections[1::2], sections[2::2], strict=True))
    for name, text in texts.items():
        command: click.Command = app.cli
        for word in name.split()[1:]:
            command = command.get_command(click.Context(command), word)
        options = {text for each in command.params if isinstance(each, click.Option) for text in each.opts}
        assert set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE)) == options, name


def sections_of_tables() -> dict[str, str]:
    parts = re.split(r"^### `(\w+)`$", document("data-model.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_table_is_described_and_nothing_else():
    assert sorted(sections_of_tables()) == sorted(db.metadata.tables)


@pytest.mark.parametrize("table", db.metadata.tables.values(), ids=lambda table: table.name)
def test_every_column_and_index_is_described_and_nothing_else(table: Table):
    text = sections_of_tables()[table.name].split("\n## ")[0]
    described = [(row[0].strip("`"), "NULL" in row[1]) for row in rows(text)]
    assert described == [(column.name, column.nullable) for column in table.columns]
    written = set(re.findall(r"^- `\((.+?)\)`", text, re.MULTILINE))
    assert written == {", ".join(index.columns.keys()) for index in table.indexes}


def markdown() -> list[Path]:
    return [file for file in ROOT.rglob("*.md") if not NO_SOURCES & set(file.relative_to(ROOT).parts)]


def anchors(file: Path) -> set[str]:
    """Return the anchors that a reader of Markdown makes of the headings."""
    words = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", word.lower()).replace(" ", "-") for word in words}


@pytest.mark.parametrize("file", markdown(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path):
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", file.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^()\s]+)\)", text):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        there = (file.parent / parts.path).resolve() if parts.path else file
        assert there.exists(), target
        assert ROOT in (there, *there.parents), target
        if parts.fragment and there.suffix == ".md":
            assert parts.fragment in anchors(there), target


def test_the_examples_are_true(app: Flask, shopper: int, fruit: list[int], monkeypatch: pytest.MonkeyPatch):
    class Answer(BytesIO):
        """What urlopen returns."""

    def through_the_wire(request, timeout):
        """Carry the gateway's notice to this very shop instead of over the network."""
        client = app.test_client(use_cookies=False)
        path = urlsplit(request.full_url).path
        response = client.post(path, data=request.data, headers=dict(request.header_items()))
        return Answer(response.get_data())

    monkeypatch.setattr(mock_cashier, "urlopen", through_the_wire)
    wishes_of(shopper)
    making.make()
    add_coupon()
    terms.make_own_code(add_coupon(issue="code"), "BEE2026")
    examples = read_examples(document("http.md"))
    player = Player(app)
    for example in examples:
        player.play(example)
    assert len(examples) > 30


def test_every_address_has_an_example(app: Flask):
    adapter = app.url_map.bind("shop.example")
    shown = {
        adapter.match(urlsplit(PLACEHOLDER.sub("1", each.path)).path, method=each.method)[0]
        for each in read_examples(document("http.md"))
    }
    assert {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"} - shown == set()
