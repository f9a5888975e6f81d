"""``flask order papers``: a pick list and packing slips as HTML files to print."""

import re
from pathlib import Path

import click
from flask import current_app, render_template
from flask_babel import force_locale, lazy_gettext
from markupsafe import Markup

from axf.core import clock
from axf.core.errors import NotFound
from axf.i18n import LOCALES
from axf.order import batches
from axf.order.dispatch_cli import Chosen, batch
from axf.order.state import State

# Who picks and who packs read one or the other language: the papers have both.
WORDS = {
    "picks": lazy_gettext("Pick list"),
    "slip": lazy_gettext("Packing slip"),
    "orders": lazy_gettext("orders"),
    "pieces": lazy_gettext("pieces"),
    "printed": lazy_gettext("printed at"),
    "goods": lazy_gettext("goods"),
    "each": lazy_gettext("order × pieces, and if it runs out"),
    "order": lazy_gettext("order"),
    "note": lazy_gettext("note"),
    "invoice": lazy_gettext("invoice for"),
    "substitute": lazy_gettext("substitute"),
    "other": lazy_gettext("Other goods"),
    "replace": lazy_gettext("replace it"),
    "refund": lazy_gettext("refund it"),
    "call": lazy_gettext("call me"),
}


@click.command()
@batch
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write into."
)
def papers(orders: Chosen, out: Path) -> None:
    """Write the pick list and a packing slip for each order, as HTML for A4; older files of these names are replaced.

    Example: flask order papers --slot 12 --out /tmp/papers
    """
    try:
        slips = batches.slips_of(orders.of(State.PAID, State.PICKING))
    except NotFound as unknown:
        raise click.ClickException(f"there is no order {unknown.details['no']}") from None
    said: dict[str, object] = {"slips": slips, "aisles": batches.aisles_of(slips), "now": clock.now()}
    # The files stand alone: their style is in them.
    style = (Path(current_app.static_folder or "") / "css" / "papers.css").read_text()
    with current_app.test_request_context():
        said |= {"words": both(), "style": Markup(style)}  # noqa: S704 # nosec B704 # nosemgrep: markup-from-code - a file of ours
        files = {"pick-list.html": render_template("papers/pick_list.html", **said)}
        for slip in slips:
            files[f"slip-{slip.order.no}.html"] = render_template("papers/slip.html", slip=slip, **said)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(re.sub(r"\n\s*\n+", "\n", text), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None
    click.echo(f"{len(slips)} orders: a pick list and {len(slips)} packing slips are in {out}.")


def both() -> dict[str, str]:
    """Return the papers' words, each in Chinese and English."""
    told: list[dict[str, str]] = []
    for locale in LOCALES.values():
        with force_locale(locale):
            told.append({key: str(words) for key, words in WORDS.items()})
    chinese, english = told
    return {key: f"{chinese[key]} {english[key]}" for key in WORDS}
