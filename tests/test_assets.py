"""Static files: addresses that change with the content only, and one bundle for the styles of every page."""

import os

import pytest

from axf import assets
from axf.assets import asset
from deploy import collect

pytestmark = pytest.mark.sqlite


def test_an_assets_address_changes_with_its_content_only(app, tmp_path):
    app.static_folder = str(tmp_path)
    file = tmp_path / "a.css"
    with app.test_request_context():
        file.write_text("a {}")
        os.utime(file, (1, 1))
        first = asset("a.css")
        os.utime(file, (2, 2))
        touched = asset("a.css")
        file.write_text("b {}")
        os.utime(file, (3, 3))
        changed = asset("a.css")
        app.config["ENV"] = "production"
        started = asset("a.css")
        file.write_text("c {}")
        assert asset("a.css") == started
    assert first.startswith("/static/a.css?v=")
    assert touched == first
    assert changed == started != first


def test_the_bundle_is_its_parts_in_their_order_and_has_their_hash(app, client, tmp_path):
    app.static_folder = str(tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "site.list").write_text("b\na\n")
    for number, name in enumerate("ab"):
        (tmp_path / "css" / f"{name}.css").write_text(f"{name} {{}}")
        os.utime(tmp_path / "css" / f"{name}.css", (number, number))
    with app.test_request_context():
        first = asset(assets.SITE)
    answer = client.get(first)
    assert (answer.data, answer.mimetype) == (b"b {}\na {}", "text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(first, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    (tmp_path / "css" / "a.css").write_text("c {}")
    os.utime(tmp_path / "css" / "a.css", (9, 9))
    with app.test_request_context():
        assert asset(assets.SITE) != first


def test_nginx_gets_the_same_bundle(app, client):
    shipped = collect.contents(collect.SOURCE)
    assert shipped[collect.Path(assets.SITE)] == client.get(f"/static/{assets.SITE}").data
    assert not any(path.suffix == ".list" for path in shipped)


def test_every_asset_that_the_pages_name_is_there(client, fruit):
    for path in ("/axf/home/", "/axf/goods/475/", "/axf/login/", "/axf/register/", "/axf/_styleguide/"):
        page = client.get(path).get_data(as_text=True)
        assert "/static/css/site.css?v=" in page
        assert "?v=missing" not in page


def test_addresses_of_pictures(app):
    with app.test_request_context():
        assert assets.goods_picture("apple", 240) == "/static/img/goods/apple-240.webp"
        assert assets.goods_picture("a b%", 480) == "/static/img/goods/a%20b%25-480.webp"
        assert assets.home_picture("fruit", 640) == "/static/img/home/fruit-640.webp"
