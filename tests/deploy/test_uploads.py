"""Pictures of shoppers through nginx and uWSGI into an S3-compatible store and back, with the shipped files."""

import re
import shutil
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from axf.cart import service as cart
from axf.extensions import db
from axf.user import accounts
from axf.user.auth import SECURE_TICKET_COOKIE
from tests.conftest import PASSWORD, make_app, place_all
from tests.deploy.conftest import Answer, Stack, served
from tests.mariadb import PrivateMariaDB
from tests.review.conftest import bring, photo
from tests.storage.conftest import S3, s3  # noqa: F401 - a fixture

pytestmark = pytest.mark.mariadb


class Shopper:
    """A logged-in shopper who sends forms as a browser does."""

    def __init__(self, shop: Stack) -> None:
        self.shop, self.cookies, self.token = shop, f"lang=en; {SECURE_TICKET_COOKIE}={shop.ticket}", ""
        page = self.see("/axf/account/")
        self.cookies += f"; {(page['Set-Cookie'] or '').partition(';')[0]}"
        self.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.body.decode())[1]

    def see(self, path: str) -> Answer:
        return self.shop.ask(path, Cookie=self.cookies)

    def send(self, path: str, **fields: object) -> Answer:
        boundary, body = encode_multipart({"csrf_token": self.token, **fields})
        return self.shop.ask(
            path, "POST", body, Cookie=self.cookies, Origin=f"https://{self.shop.authority}",
            Content_Type=f"multipart/form-data; boundary={boundary}",
        )  # fmt: skip


@pytest.fixture
def shop(mariadb_server: PrivateMariaDB, s3: S3, tmp_path) -> Iterator[Stack]:  # noqa: F811
    """A shop whose uploads are in a store, so that nginx finds none in its folder."""
    if shutil.which("nginx") is None and shutil.which("nginx", path="/usr/sbin") is None:
        pytest.skip("nginx is not installed")
    settings = {f"AXF_{name}": value for name, value in s3.config.items()}
    with served(tmp_path, mariadb_server.url("axf_uploads"), **settings) as site:
        yield site


def received_order(shop: Stack) -> str:
    """Bring the shopper an order of goods 475 and return its number."""
    app = make_app(shop.url, shop.folder)
    with app.app_context():
        user_id = accounts.id_of("anna")
        cart.set_quantity(user_id, 475, 1)
        no = bring(place_all(user_id))
        db.session.remove()
        db.engine.dispose()
    return no


def pictures_on(page: Answer) -> list[str]:
    return sorted(set(re.findall(r"/axf/media/[^\"' ]+", page.body.decode())))


def upload(colour: str) -> FileStorage:
    return FileStorage(BytesIO(photo(colour).read()), "me.jpg")


def assert_harmless_picture(answer: Answer, size: tuple[int, int]) -> None:
    """It is a fresh WebP of this size, that no browser takes for a page, and that it may keep."""
    with Image.open(BytesIO(answer.body)) as picture:
        assert (picture.format, picture.size) == ("WEBP", size)
    assert (answer.status, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, "image/webp", "nosniff")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert [answer[name] for name in ("Set-Cookie", "Vary", "X-Accel-Expires")] == [None] * 3
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


def test_pictures_go_round_through_nginx_and_the_store_and_are_gone_with_their_shopper(
    shop: Stack,
    s3: S3,  # noqa: F811
):
    anna, kept = Shopper(shop), s3.bucket()
    assert anna.send("/axf/account/avatar/", avatar=upload("red")).status == 303
    first = list(kept.paths())
    assert [path.rpartition("-")[2] for path in first] == ["256.webp", "64.webp"]
    assert not list((shop.folder / "media").rglob("*.webp"))

    # Who asks for the headers alone leaves no empty picture behind for the others.
    address = f"/axf/media/{first[1]}"
    bare, mine, theirs = shop.ask(address, "HEAD"), shop.ask(address, Cookie=anna.cookies), shop.ask(address)
    assert_harmless_picture(mine, (64, 64))
    assert [each["X-Cache"] for each in (bare, mine, theirs)] == ["MISS", "HIT", "HIT"]
    assert (bare.status, bare.body, theirs.body) == (200, b"", mine.body)

    no = received_order(shop)
    reviewed = anna.send(
        f"/axf/order/{no}/review/475/", stars="5", text="Sweet", photos=[upload("red"), upload("blue")]
    )
    assert (reviewed.status, reviewed["Location"]) == (303, "/axf/reviews/")
    photos = [each for each in pictures_on(shop.ask("/axf/goods/475/")) if "/review/" in each]
    assert len(photos) == 4
    for each in photos:
        assert_harmless_picture(shop.ask(each), (240, 180) if each.endswith("-240.webp") else (640, 480))

    # Another avatar: the store has nothing left of the first, nginx what was looked at, for five minutes.
    assert anna.send("/axf/account/avatar/", avatar=upload("green")).status == 303
    assert [shop.ask(f"/axf/media/{path}").status for path in first] == [404, 200]
    farewell = anna.send("/axf/account/data/delete/", understood="y", farewell=PASSWORD)
    assert (farewell.status, list(kept.paths())) == (303, [])
    shutil.rmtree(shop.folder / "state" / "uploads")  # as if those minutes were over
    gone = [shop.ask(each) for each in (*photos, address)]
    assert [(each.status, each["Cache-Control"]) for each in gone] == [(404, "private, no-store")] * 5


def test_while_the_store_is_away_nginx_shows_what_it_kept_and_takes_no_picture(shop: Stack, s3: S3):  # noqa: F811
    anna = Shopper(shop)
    anna.send("/axf/account/avatar/", avatar=upload("red"))
    large, small = [f"/axf/media/{path}" for path in s3.bucket().paths()]
    before = shop.ask(small)
    s3.server.stop()
    kept, unknown = shop.ask(small), shop.ask(large)
    assert (kept.status, kept["X-Cache"], kept.body) == (200, "HIT", before.body)
    refused = anna.send("/axf/account/avatar/", avatar=upload("blue"))
    for answer in (unknown, refused):
        assert (answer.status, answer["Retry-After"]) == (503, "10")
    assert large in anna.see("/axf/mine/").body.decode()
