"""What a web process does before its first shopper: compile the templates, ask the public pages once, tidy memory.

Else the first shopper after each reload would wait for it: 1.4 s for all templates in both languages.
"""

import gc
import logging

from flask import Flask, url_for
from sqlalchemy.exc import SQLAlchemyError

from axf.i18n import LANG_COOKIE, LOCALES
from axf.market import kinds, queries

log = logging.getLogger(__name__)


def up(app: Flask) -> None:
    """Warm a web process up. It serves as well without: a database that is away is told and waited for by nobody."""
    compile_templates(app)
    try:
        for lang in LOCALES:
            ask_public_pages(app, lang)
    except SQLAlchemyError as error:
        log.warning("not warmed up: %s", getattr(error, "orig", None) or error)
    # What is loaded by now stays: the collector need not look through it again and again (100 ms each time). And a
    # page makes thousands of objects that go by themselves: looking after every 700 costs a tenth of it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def compile_templates(app: Flask) -> None:
    """Compile all templates for each language."""
    with app.app_context():
        for locale in LOCALES.values():
            environment = app.jinja_env.in_locale(locale)  # type: ignore[attr-defined]
            for name in environment.list_templates():
                environment.get_template(name)


def ask_public_pages(app: Flask, lang: str) -> None:
    """Ask home, the first market page and a goods, so that their statements are compiled and a connection is open.

    Neither the log nor the metrics hear of it. Raises SQLAlchemyError.
    """
    with app.test_request_context():
        paths = [url_for("home.index"), url_for("search.index"), url_for("user.login")]
        for node in kinds.rail().nodes[:1]:
            paths.append(url_for("market.listing", type_id=node.id, child_id=0, sort=0))
            cards = queries.listing(node, 0, 0, None).cards
            paths += [url_for("market.goods", goods_id=card.id) for card in cards[:1]]
    for path in paths:
        with app.test_request_context(path, headers={"Cookie": f"{LANG_COOKIE}={lang}"}):
            app.full_dispatch_request()
