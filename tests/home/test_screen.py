"""The manifest and the service worker as they are served; tests/browser/test_home_screen.py has the worker at work."""

import json
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import url_for
from PIL import Image

from axf.assets import site_parts
from axf.home import screen
from tests.conftest import make_app

STATIC = Path(screen.__file__).parents[1] / "static"


@pytest.fixture
def client(tmp_path):
    """A browser of a shop without a database: none of this asks it."""
    return make_app("sqlite://", tmp_path).test_client()


def shell_of(worker: str) -> list[str]:
    return json.loads(re.search(r"^const SHELL = (\[.*\]);$", worker, re.MULTILINE)[1])


@pytest.mark.parametrize(
    ("lang", "html_lang", "name", "shortcuts"),
    [
        ("zh", "zh-Hans", "爱鲜蜂 新鲜到家", ["闪购", "购物车", "全部订单"]),
        ("en", "en", "AXF fresh groceries", ["Market", "Cart", "All my orders"]),
    ],
)
def test_the_manifest_speaks_the_shops_language(client, lang, html_lang, name, shortcuts):
    client.set_cookie("lang", lang)
    answer = client.get("/manifest.webmanifest")
    assert (answer.status_code, answer.mimetype) == (200, "application/manifest+json")
    manifest = json.loads(answer.text)
    assert (manifest["lang"], manifest["name"]) == (html_lang, name)
    assert [each["name"] for each in manifest["shortcuts"]] == shortcuts
    assert [each["url"] for each in manifest["shortcuts"]] == ["/axf/market/", "/axf/cart/", "/axf/orders/"]
    told = (manifest["id"], manifest["start_url"], manifest["scope"], manifest["display"])
    assert told == ("/axf/home/", "/axf/home/?source=home-screen", "/axf/", "standalone")


def test_the_manifests_icons_are_there_in_their_sizes(client):
    manifest = json.loads(client.get("/manifest.webmanifest").text)
    icons = [*manifest["icons"], *(icon for each in manifest["shortcuts"] for icon in each["icons"])]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        with client.get(icon["src"]) as answer, Image.open(BytesIO(answer.data)) as picture:
            assert (answer.mimetype, "x".join(map(str, picture.size))) == (icon["type"], icon["sizes"])


def test_the_manifests_colours_are_those_of_the_styles(client):
    tokens = (STATIC / "css/tokens.css").read_text().split("@media")[0]
    card, ground = (re.search(rf"--{name}: (#[0-9a-f]+);", tokens)[1] for name in ("card", "ground"))
    manifest = json.loads(client.get("/manifest.webmanifest").text)
    told = (manifest["theme_color"], manifest["background_color"])
    assert told == (card.replace("#fff", "#ffffff"), ground)


def test_every_page_leads_to_the_manifest_and_registers_the_worker(client):
    page = client.get("/axf/offline/").text
    assert '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">' in page
    assert re.search(r'<link rel="apple-touch-icon" href="/static/img/icons/apple-touch-180\.png\?v=\w{12}">', page)
    assert (page.count('data-worker="/sw.js"'), page.count("js/install.js")) == (1, 1)


def test_the_worker_is_asked_for_anew_each_time(client):
    answer = client.get("/sw.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self';" in answer.headers["Content-Security-Policy"]
    assert client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_worker_names_files_that_are_there_and_all_of_them(client):
    shell = shell_of(client.get("/sw.js").text)
    found = [f"/static/{file.relative_to(STATIC).as_posix()}" for file in STATIC.rglob("*.*")]
    bundled = {f"/static/css/{file.name}" for file in site_parts(STATIC)}
    wanted = {path for path in found if path.endswith((".css", ".js", ".svg"))} - bundled | {"/static/css/site.css"}
    assert sorted(urlsplit(address).path for address in shell) == sorted(wanted)
    for address in shell:
        assert re.fullmatch("[0-9a-f]{12}", parse_qs(urlsplit(address).query)["v"][0]), address
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_worker_keeps_public_pages_only(client):
    pattern = re.search("^const PUBLIC = /(.*)/;$", client.get("/sw.js").text, re.MULTILINE)[1].replace(r"\/", "/")
    app, number = client.application, {"type_id": 1, "child_id": 0, "sort": 0, "goods_id": 475}
    kept = set()
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: number.get(name, "x" if name in ("no", "name", "path") else 1) for name in rule.arguments}
            if re.search(pattern, url_for(rule.endpoint, **values)):
                kept.add(rule.endpoint)
    assert kept == {"home.index", "market.listing", "market.goods"}
    assert all(app.view_functions[endpoint].is_public for endpoint in kept)


def test_a_changed_file_makes_a_new_version(tmp_path):
    def version() -> str:
        app = make_app("sqlite://", tmp_path)
        app.static_folder = str(tmp_path)
        return app.test_client().get("/sw.js").text.splitlines()[0]

    (tmp_path / "css").mkdir()
    (tmp_path / "css/site.list").write_text("base")
    (tmp_path / "css/base.css").write_text("a {}")
    first = version()
    assert re.fullmatch(r'const VERSION = "[0-9a-f]{12}";', first)
    assert version() == first
    (tmp_path / "css/base.css").write_text("a { color: red }")
    assert version() != first


def test_the_kill_switch_leaves_a_worker_that_goes(tmp_path):
    client = make_app("sqlite://", tmp_path, SERVICE_WORKER=False).test_client()
    worker, page = client.get("/sw.js").text, client.get("/axf/offline/").text
    assert "registration.unregister()" in worker
    assert not re.search('"fetch"|SHELL|addAll', worker)
    assert "install.js" not in page
    assert "data-worker" not in page


@pytest.mark.parametrize(("lang", "told"), [("zh", "zh-Hans"), ("en", "en")])
def test_pages_tell_their_language_and_nothing_else_does(client, lang, told):
    client.set_cookie("lang", lang)
    assert client.get("/axf/offline/").headers["Content-Language"] == told
    assert client.get("/axf/nowhere/").headers["Content-Language"] == told
    assert "Content-Language" not in client.get("/sw.js").headers
