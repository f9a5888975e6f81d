"""On the home screen: the manifest that installs the shop, and the service worker that keeps it open offline."""

import hashlib
from pathlib import Path
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import gettext as _

from axf.assets import SITE, asset, site_parts
from axf.i18n import HTML_LANGS, current_lang

# Two of the tokens in css/tokens.css, --card and --ground: the bar around the shop, and the ground before it is drawn.
THEME_COLOUR, GROUND_COLOUR = "#ffffff", "#faf7f1"
SCOPE = "/axf/"
KEPT_PAGES = 30  # copies of public pages a browser keeps: an evening's walk through the market
# Each has a drawing in tools/app_icons.py.
ICONS = (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable"))


def manifest() -> dict[str, Any]:
    """Return the Web Application Manifest in the page's language.

    ``id`` is the same in both languages, so that switching never makes a second app of it.
    """
    home = url_for("home.index")
    return {
        "id": home,
        "start_url": url_for("home.index", source="home-screen"),
        "scope": SCOPE,
        "name": _("AXF fresh groceries"),
        "short_name": _("AXF"),
        "description": _("Fresh things, fair prices, at your door."),
        "lang": HTML_LANGS[current_lang()],
        "dir": "ltr",
        "display": "standalone",
        "theme_color": THEME_COLOUR,
        "background_color": GROUND_COLOUR,
        "categories": ["food", "shopping"],
        "icons": [_icon(name, side, purpose) for name, side, purpose in ICONS],
        "shortcuts": [
            _shortcut(_("Market"), url_for("market.index"), "shortcut-market-192"),
            _shortcut(_("Cart"), url_for("cart.index"), "shortcut-cart-192"),
            _shortcut(_("All my orders"), url_for("order.index"), "shortcut-orders-192"),
        ],
    }


def worker() -> str:
    """Return the service worker's source; its first line is a version that a change of any file it keeps renews.

    With ``AXF_SERVICE_WORKER=0`` it is a worker that empties what the other one kept, and goes.
    """
    if not current_app.config["SERVICE_WORKER"]:
        return render_template("home/worker_off.js")
    source = render_template(
        "home/worker.js",
        files=shell(),
        offline=url_for("home.offline"),
        home=url_for("home.index"),
        most=KEPT_PAGES,
    )
    return f'const VERSION = "{_version(source)}";\n{source}'


def shell() -> list[str]:
    """Return the addresses of all styles, modules and drawings, each with the hash of its content."""
    static = Path(current_app.static_folder or "")
    found = {file for pattern in ("*.css", "*.js", "*.svg") for file in static.rglob(pattern)} - set(site_parts(static))
    return [asset(path) for path in sorted([SITE, *(file.relative_to(static).as_posix() for file in found)])]


def _version(source: str) -> str:
    """Hash the worker, with it the addresses of its files, and the templates of the page it keeps from the start."""
    pages = [current_app.jinja_env.get_template(name) for name in ("layout.html", "home/offline.html")]
    texts = [source, *(Path(page.filename).read_text(encoding="utf-8") for page in pages if page.filename)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    address = asset(f"img/icons/{name}.png")
    return {"src": address, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _shortcut(name: str, address: str, picture: str) -> dict[str, Any]:
    return {"name": name, "url": address, "icons": [_icon(picture, 192, "any")]}
