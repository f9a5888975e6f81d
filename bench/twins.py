"""Hand-written twins of the shop's pages: the statements that a page sent, and a template that answers its bytes."""

import json
import re
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from axf.extensions import db

# What a hand-written page would put in: texts and attribute values that name or number something.
_TEXT = re.compile(r">([^<>]*[\w\d][^<>]*)<")
_VALUE = re.compile(r'((?:href|src|action|value|alt|aria-label|data-goods|data-name|srcset)=")([^"]*\d[^"]*)"')


def write(app: Flask, client: FlaskClient, path: str, file: Path) -> int:
    """Ask for a page, write its twin, and return how many bytes it has."""
    statements: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        statements.append((statement, [plain(each) for each in listed(statement, parameters)]))

    client.get(path)  # compiles, connects
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        answer = client.get(path)
        event.remove(db.engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    template, values = templated(answer.get_data(as_text=True))
    told = {
        "statements": [(unnamed(each), values_) for each, values_ in statements],
        "template": template,
        "values": values,
    }
    file.write_text(json.dumps(told))
    return len(answer.data)


def templated(html: str) -> tuple[str, list[str]]:
    """Return the page with ``{{ v[0] }}`` … for what a page puts in, and the values."""
    values: list[str] = []

    def hole(value: str) -> str:
        values.append(value.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&"))
        return f"{{{{ v[{len(values) - 1}] }}}}"

    html = html.replace("{", "{{ '{' }}") if "{" in html else html
    html = _VALUE.sub(lambda found: f'{found[1]}{hole(found[2])}"' if "{{" not in found[2] else found[0], html)
    html = _TEXT.sub(lambda found: f">{hole(found[1])}<" if "{{" not in found[1] else found[0], html)
    return html, values


def listed(statement: str, parameters: Any) -> list[Any]:
    """Return the parameters in the order in which the statement names them."""
    if isinstance(parameters, dict):
        return [parameters[name] for name in re.findall(r"%\((\w+)\)s", statement)]
    return list(parameters or ())


def unnamed(statement: str) -> str:
    """Return the statement with plain ``%s``."""
    return re.sub(r"%\(\w+\)s", "%s", statement)


def plain(value: Any) -> Any:
    """Return a parameter as JSON holds it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, (int, float, str, type(None))) else str(value)
