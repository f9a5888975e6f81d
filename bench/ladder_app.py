"""What the shop is measured against: the rungs from bare WSGI to a page written by hand, and hand-written twins.

``bench.serving`` starts it under uWSGI with the shop's own settings. AXF_BENCH_TWINS names a folder with one JSON file
for each page of the shop: the statements it sent and the bytes it answered (bench.twins writes them).
"""

import json
import os
from pathlib import Path

from flask import Flask, Response
from jinja2 import Environment
from sqlalchemy import create_engine, text

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
    """A page written by hand: the same statements, the same bytes, every text and number of it put in by Jinja."""

    def __init__(self, file: Path) -> None:
        told = json.loads(file.read_text())
        self.statements = [(statement, tuple(values)) for statement, values in told["statements"]]
        self.template = Environment(autoescape=True).from_string(told["template"])
        self.values = told["values"]

    def page(self) -> Response:
        """Send the statements, read all rows, render the page."""
        with engine.connect() as connection:
            for statement, values in self.statements:
                connection.exec_driver_sql(statement, values).all()
        return Response(self.template.render(v=self.values), mimetype="text/html")


for _file in sorted(Path(os.environ["AXF_BENCH_TWINS"]).glob("*.json")):
    bare.add_url_rule(f"/twin/{_file.stem}/", _file.stem, Twin(_file).page)


def application(environ, start_response):
    """Answer ``/wsgi/`` without any framework, the rest by Flask."""
    if environ["PATH_INFO"] == "/wsgi/":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]
    return bare(environ, start_response)
