"""Pictures in an S3-compatible store: moto's server on loopback."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from axf.extensions import db
from axf.observe import doctor
from axf.observe.finding import FAIL, OK, WARN
from axf.privacy import deletion
from axf.storage import store
from axf.storage.local import Folder
from axf.storage.store import StoreAway
from axf.user.models import User
from tests.conftest import make_app
from tests.storage.test_images import encoded, two_halves
from tests.user.test_views import register, upload

PATH = f"avatar/ab/{'0' * 30}-64.webp"
OTHER = f"review/cd/{'1' * 30}-240.webp"


@pytest.fixture
def shop(database, tmp_path, s3):
    """A shop that keeps its uploads there; its context is pushed."""
    app = make_app(database.url, tmp_path, **s3.config)
    with app.app_context():
        database.empty(app)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_is_put_is_there_and_nothing_else_is(s3):
    bucket = s3.bucket()
    assert list(bucket.paths()) == []
    bucket.put(PATH, b"one")
    bucket.put(OTHER, b"two")
    s3.bucket("s3://axf/elsewhere").put(PATH, b"not ours")
    assert (bucket.get(PATH), bucket.get(OTHER)) == (b"one", b"two")
    assert (list(bucket.paths()), list(bucket.paths("avatar/ab"))) == ([PATH, OTHER], [PATH])
    for _ in range(2):
        bucket.drop(PATH)
    assert list(bucket.paths()) == [OTHER]
    with pytest.raises(FileNotFoundError):
        bucket.get(PATH)


def test_a_store_without_the_bucket_or_away_is_said_so(s3):
    nowhere = s3.bucket("s3://nowhere")
    for act in (lambda: nowhere.put(PATH, b"x"), lambda: list(nowhere.paths())):
        with pytest.raises(StoreAway):
            act()
    bucket = s3.bucket()
    s3.server.stop()
    acts = (lambda: bucket.put(PATH, b"x"), lambda: bucket.get(PATH), lambda: bucket.drop(PATH))
    for act in (*acts, lambda: list(bucket.paths())):
        with pytest.raises(StoreAway) as refusal:
            act()
        assert refusal.value.details == {"retry_after": 10}


def test_pictures_half_kept_go_again():
    class HalfAway(dict):
        def put(self, path, content):
            if self:
                raise StoreAway
            self[path] = content

        def drop(self, path):
            self.pop(path, None)

    kept = HalfAway()
    with pytest.raises(StoreAway):
        store.save(kept, "avatar", {64: Image.new("RGB", (64, 64)), 256: Image.new("RGB", (256, 256))})
    assert kept == {}


def test_without_an_address_the_folder_is_used(app, tmp_path):
    assert store.uploads() == Folder(tmp_path / "media")


@pytest.mark.sqlite
def test_an_avatar_is_kept_seen_and_gone_with_its_account(shop, tmp_path):
    browser = shop.test_client()
    assert register(browser, avatar=upload(encoded(two_halves()))).status_code == 303
    user_id, name = db.session.execute(select(User.id, User.avatar)).one()
    assert list(store.uploads().paths()) == [f"{name}-256.webp", f"{name}-64.webp"]
    assert not (tmp_path / "media").exists()

    seen = browser.get(f"/axf/media/{name}-64.webp")
    with Image.open(BytesIO(seen.data)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (64, 64))
    assert (seen.status_code, seen.mimetype) == (200, "image/webp")
    assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert seen.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (seen.headers["X-Accel-Expires"], seen.headers.get("Set-Cookie")) == ("300", None)

    deletion.delete_account(user_id, store.uploads())
    assert list(store.uploads().paths()) == []
    assert browser.get(f"/axf/media/{name}-64.webp").status_code == 404


@pytest.mark.sqlite
def test_while_the_store_is_away_no_upload_is_taken_and_the_shop_goes_on(shop, s3):
    browser = shop.test_client()
    register(browser, avatar=upload(encoded(two_halves())))
    user_id, name = db.session.execute(select(User.id, User.avatar)).one()
    s3.server.stop()
    stranger = shop.test_client()
    refused = register(stranger, username="bea", avatar=upload(encoded(two_halves())))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    db.session.rollback()
    assert db.session.scalars(select(User.username)).all() == ["bert"]
    assert stranger.get(f"/axf/media/{name}-64.webp").status_code == 503
    assert register(stranger, username="bea").status_code == 303
    deletion.delete_account(user_id, store.uploads())  # the pictures are left for the sweep
    assert db.session.get_one(User, user_id, populate_existing=True).avatar is None


def test_the_doctor_asks_the_store(s3, tmp_path):
    config = {**s3.config, "MEDIA_DIR": str(tmp_path)}
    assert [found.state for found in doctor.of_uploads(config)] == [OK, OK]
    assert list(doctor.of_uploads({**config, "MEDIA_URL": ""})) == []
    (tmp_path / "left.webp").touch()
    s3.server.stop()
    assert [found.state for found in doctor.of_uploads(config)] == [FAIL, WARN]
