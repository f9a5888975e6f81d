"""Sharing a goods: the page without script, and the QR code."""

import re
from io import BytesIO

import pytest
import segno
from PIL import Image

from axf.market.share_views import MODULE_PIXELS, QUIET_MODULES
from tests.test_canonical import SHOP, shop  # noqa: F401 - a fixture

QR = "/axf/goods/475/qr.png"


def modules(png: bytes) -> list[list[int]]:
    """Read a QR picture back: 1 for each dark module, without the quiet zone."""
    picture = Image.open(BytesIO(png)).convert("L")
    side = picture.width // MODULE_PIXELS
    inner = range(QUIET_MODULES, side - QUIET_MODULES)
    half = MODULE_PIXELS // 2
    pixel = picture.getpixel
    assert picture.size == (side * MODULE_PIXELS,) * 2
    return [[int(pixel((x * MODULE_PIXELS + half, y * MODULE_PIXELS + half)) < 128) for x in inner] for y in inner]


@pytest.mark.parametrize(
    ("query", "cookie", "address"),
    [
        ("", None, "/axf/goods/475/"),
        ("", "en", "/axf/goods/475/"),
        ("?lang=en", None, "/axf/goods/475/?lang=en"),
        ("?lang=junk", "en", "/axf/goods/475/"),
    ],
)
def test_the_code_is_the_goods_one_address_whatever_the_cookie(shop, query, cookie, address):  # noqa: F811
    if cookie:
        shop.set_cookie("lang", cookie)
    answer = shop.get(QR + query)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=2592000"
    wanted = segno.make_qr(SHOP + address, error="m").matrix
    assert modules(answer.data) == [list(row) for row in wanted]


@pytest.mark.parametrize(("lang", "query"), [("zh", ""), ("en", "?lang=en")])
def test_page_and_dialog_share_the_address_of_their_language(shop, lang, query):  # noqa: F811
    shop.set_cookie("lang", lang)
    for path in ("/axf/goods/475/share/", "/axf/goods/475/"):
        page = shop.get(path).get_data(as_text=True)
        assert f'src="{QR}{query}"' in page
        assert f'value="{SHOP}/axf/goods/475/{query}" readonly' in page
    assert 'href="/axf/goods/475/share/" data-share' in page
    assert re.search(r"<p class=\"share-wechat\" data-share-wechat hidden>", page)


@pytest.mark.parametrize("path", ["/axf/goods/1/share/", "/axf/goods/1/qr.png"])
def test_what_is_not_there_cannot_be_shared(shop, path):  # noqa: F811
    assert shop.get(path).status_code == 404
