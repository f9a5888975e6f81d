"""Static files: their addresses, with a hash of the content, and the bundle of the styles that every page wants.

``static/css/site.list`` names the styles of the bundle in their order; ``css/site.css`` is made of them here, and by
deploy/collect.py for nginx: one request instead of twenty-eight.
"""

import hashlib
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, current_app, send_file

SITE = "css/site.css"
PARTS = "css/site.list"


def init_app(app: Flask) -> None:
    """Serve the bundle beside the static files; give templates the addresses."""
    static = app.send_static_file

    def send(filename: str) -> Response:
        return send_bundle() if filename == SITE else static(filename)

    app.view_functions["static"] = send
    app.add_template_global(asset)
    app.add_template_global(goods_picture)
    app.add_template_global(home_picture)


def send_bundle() -> Response:
    """Answer the styles that every page wants, as one file."""
    return send_file(BytesIO(site_css(_folder())), mimetype="text/css", etag=_hash(_folder(), SITE, _changed(SITE)))


def site_css(static: Path) -> bytes:
    """Return the styles that site.list names, one after the other."""
    return b"\n".join(part.read_bytes() for part in site_parts(static))


def site_parts(static: Path) -> list[Path]:
    """Return the files of the bundle in their order."""
    names = (static / PARTS).read_text().split()
    return [static / "css" / f"{name}.css" for name in names]


def asset(path: str) -> str:
    """Return the address of a static file with a hash of its content, so that it may be cached for long."""
    return _hashed(_folder(), path, _changed(path))


def goods_picture(slug: str, size: int) -> str:
    """Return the address of a goods' square picture, 240 or 480 pixels wide."""
    return _address(f"img/goods/{slug}-{size}.webp")


def home_picture(slug: str, width: int) -> str:
    """Return the address of a home page picture of this width."""
    return _address(f"img/home/{slug}-{width}.webp")


def _folder() -> Path:
    return _path(current_app.static_folder or "")


def _changed(path: str) -> int:
    """Return when a file changed last. A shop in production looks once: it is started anew for new files."""
    if current_app.config["ENV"] == "production":
        return 0
    files = site_parts(_folder()) if path == SITE else [_folder() / path]
    return max((file.stat().st_mtime_ns for file in files if file.exists()), default=0)


@lru_cache(maxsize=4)
def _path(folder: str) -> Path:
    return Path(folder)


# Addresses are asked for some ninety times a page, and Flask's url_for costs 20 µs each time.
@lru_cache(maxsize=8192)
def _address(path: str) -> str:
    return f"/static/{quote(path)}"


@lru_cache(maxsize=1024)
def _hashed(folder: Path, path: str, changed: int) -> str:
    return f"{_address(path)}?v={_hash(folder, path, changed)}"


@lru_cache(maxsize=1024)
def _hash(folder: Path, path: str, _changed: int) -> str:
    file = folder / path
    if path != SITE and not file.exists():
        return "missing"
    return hashlib.sha256(site_css(folder) if path == SITE else file.read_bytes()).hexdigest()[:12]
