"""What the shop is measured against: the rungs from bare WSGI to a page written by hand, and hand-written twins.

``bench.serving`` starts it under uWSGI with the shop's own settings. AXF_BENCH_TWINS names a folder with one JSON file
for each page of the shop: the statements it sent and the bytes it answered (bench.twins writes them).
"""

import json
import os
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import DictLoader, Environment
from sqlalchemy import TextClause, create_engine, text

CARDS = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1><ul>
{% for card in cards %}<li><article class="goods">
<img src="/static/img/goods/{{ card.picture }}-240.webp" width="240" height="240" alt="">
<h2><a href="/axf/goods/{{ card.id }}/">{{ card.name }}</a></h2><p>{{ card.pack }}</p>
<p>¥{{ '%.2f'|format(card.price / 100) }}</p>
<form method="post" action="/axf/addtocart/?goodsid={{ card.id }}">
<button aria-label="{{ card.name }}">+</button></form>
</article></li>
{% endfor %}</ul></body></html>"""
)
TWENTY = "SELECT id, name, pack, price, picture FROM goods WHERE on_sale = 1 ORDER BY id LIMIT 20"
TYPES = "SELECT id, name FROM food_type WHERE parent_id IS NULL ORDER BY position"

bare = Flask("bare")
engine = create_engine(
    os.environ["AXF_DATABASE_URL"],
    isolation_level="READ COMMITTED",
    pool_pre_ping=True,
    connect_args={"ssl_disabled": True},
)
fixed = [
    {"id": n, "name": f"Strawberries {n}", "pack": "500 g", "price": 990 + n, "picture": "apple"} for n in range(20)
]
with engine.connect() as _connection:
    # As long as the pool lives there is a connection, as in the shop's workers.
    _connection.execute(text("SELECT 1"))


@bare.get("/flask/")
def ok() -> str:
    """Answer ok by bare Flask."""
    return "ok"


@bare.get("/jinja/")
def cards() -> str:
    """Answer twenty cards from a list."""
    return CARDS.render(title="Fruit", cards=fixed)


@bare.get("/sql/")
def cards_from_rows() -> str:
    """Answer twenty cards from MariaDB by SQLAlchemy: two queries."""
    with engine.connect() as connection:
        types = connection.execute(text(TYPES)).all()
        rows = connection.execute(text(TWENTY)).all()
    return CARDS.render(title=types[0].name, cards=rows)


class Twin:
    """A page as one writes it by hand with Flask, Jinja and SQLAlchemy: the same statements, the same bytes.

    Every text and number of it is put in by Jinja; what they are is known already and costs nothing.
    """

    def __init__(self, name: str, told: dict[str, Any]) -> None:
        self.name, self.values = name, told["values"]
        self.statements = [named(statement, values) for statement, values in told["statements"]]

    def page(self) -> str:
        """Send the statements, read all rows, render the page."""
        with engine.connect() as connection:
            for statement, values in self.statements:
                connection.execute(statement, values).all()
        return render_template(self.name, v=self.values)


def named(statement: str, values: list[Any]) -> tuple[TextClause, dict[str, Any]]:
    """Return a statement with ``%s`` as SQLAlchemy's text with names, and the values by name."""
    first, *others = statement.replace(":", "\\:").split("%s")
    parts = [first, *(f":p{number}{part}" for number, part in enumerate(others))]
    return text("".join(parts).replace("%%", "%")), {f"p{number}": value for number, value in enumerate(values)}


_told = {file.stem: json.loads(file.read_text()) for file in sorted(Path(os.environ["AXF_BENCH_TWINS"]).glob("*.json"))}
bare.jinja_loader = DictLoader({f"{name}.html": told["template"] for name, told in _told.items()})  # type: ignore[assignment]
for _name, _page in _told.items():
    bare.add_url_rule(f"/twin/{_name}/", _name, Twin(f"{_name}.html", _page).page)


def application(environ, start_response):
    """Answer ``/wsgi/`` without any framework, the rest by Flask."""
    if environ["PATH_INFO"] == "/wsgi/":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]
    return bare(environ, start_response)
