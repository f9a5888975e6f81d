"""``flask media``: uploads move between folder and store and nothing is lost; what no row names goes."""

from pathlib import Path

import pytest
from sqlalchemy import update

from axf.extensions import db
from axf.media import service
from axf.storage.local import Folder
from axf.user.models import User
from tests.conftest import make_app
from tests.storage.conftest import s3  # noqa: F401 - a fixture

NAMES = [f"avatar/ab/{digit * 30}" for digit in "012"]
PATHS = [f"{name}-64.webp" for name in NAMES]


@pytest.fixture
def run(database, tmp_path, s3):  # noqa: F811
    """A shop whose uploads are in a store, and its command."""
    app = make_app(database.url, tmp_path, **s3.config)

    def invoke(*arguments: str):
        with app.app_context():
            found = app.test_cli_runner().invoke(args=["media", *arguments])
            db.session.remove()
            return found

    return invoke


@pytest.mark.sqlite
def test_uploads_move_to_the_store_and_back(run, s3, tmp_path):  # noqa: F811
    folder, bucket = Folder(tmp_path / "media"), s3.bucket()
    for path in PATHS:
        folder.put(path, path.encode())
    bucket.put(PATHS[0], PATHS[0].encode())
    assert run("copy", "store").output == "2 pictures are copied, 1 were there; all are the same in both.\n"
    assert run("copy", "store").output == "0 pictures are copied, 3 were there; all are the same in both.\n"
    assert {path: bucket.get(path) for path in bucket.paths()} == {path: path.encode() for path in PATHS}
    folder.drop(PATHS[1])
    bucket.put(PATHS[2], b"another")
    back = run("copy", "folder")
    assert (back.exit_code, PATHS[2] in back.output) == (1, True)
    assert {path: folder.get(path) for path in folder.paths()} == {path: path.encode() for path in PATHS}
    s3.server.stop()
    away = run("copy", "store")
    assert (away.exit_code, "(AXF_MEDIA_URL) does not answer: look at" in away.output) == (1, True)


@pytest.mark.sqlite
def test_a_store_without_the_bucket_is_told_from_one_that_is_away(database, tmp_path, s3):  # noqa: F811
    app = make_app(database.url, tmp_path, **{**s3.config, "MEDIA_URL": "s3://nowhere"})
    refused = app.test_cli_runner().invoke(args=["media", "copy", "store"])
    assert (refused.exit_code, "(AXF_MEDIA_URL) answers 404 NoSuchBucket: look at" in refused.output) == (1, True)


def test_where_no_row_names_any_picture_all_stay_until_that_is_said(app):
    folder = Folder(Path(app.config["MEDIA_DIR"]))
    sweep = ["media", "sweep", "--pause", "0"]
    assert app.test_cli_runner().invoke(args=sweep).output == "0 of 0 pictures are removed.\n"
    for path in PATHS:
        folder.put(path, b"a picture")
    refused = app.test_cli_runner().invoke(args=sweep)
    assert (refused.exit_code, "but there are 3: is AXF_DATABASE_URL right?" in refused.output) == (1, True)
    assert list(folder.paths()) == PATHS
    assert app.test_cli_runner().invoke(args=[*sweep, "--all"]).output == "3 of 3 pictures are removed.\n"
    assert list(folder.paths()) == []


@pytest.mark.sqlite
def test_without_a_store_there_is_nothing_to_copy_to(app):
    refused = app.test_cli_runner().invoke(args=["media", "copy", "store"])
    assert (refused.exit_code, "Set AXF_MEDIA_URL" in refused.output) == (1, True)


def test_what_no_row_names_goes_and_all_else_stays(app, shopper):
    folder = Folder(Path(app.config["MEDIA_DIR"]))
    for path in (*PATHS, "avatar/by-hand.webp"):
        folder.put(path, b"a picture")
    db.session.execute(update(User).where(User.id == shopper).values(avatar=NAMES[1]))
    db.session.commit()
    found = service.found_in(folder)
    folder.put(f"avatar/cd/{'3' * 30}-64.webp", b"under way")
    assert service.sweep(folder, found) == 2
    assert list(folder.paths()) == [
        "avatar/ab/" + "1" * 30 + "-64.webp",
        "avatar/by-hand.webp",
        f"avatar/cd/{'3' * 30}-64.webp",
    ]
    swept = app.test_cli_runner().invoke(args=["media", "sweep", "--pause", "0"])
    assert swept.output == "1 of 2 pictures are removed.\n"
