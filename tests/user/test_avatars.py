"""An avatar is stored before it counts, and the one before goes when it does."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from axf.extensions import db
from axf.storage.images import BadPicture
from axf.storage.local import Folder
from axf.user import avatars
from axf.user.models import User


def picture(colour: str = "red") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (32, 32), colour).save(out, "PNG")
    return BytesIO(out.getvalue())


@pytest.fixture
def media(app) -> Path:
    return Path(app.config["MEDIA_DIR"])


def files(media: Path) -> set[str]:
    return {str(file.relative_to(media)) for file in media.rglob("*") if file.is_file()}


def avatar_of(user_id: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(User.avatar).where(User.id == user_id))


def test_two_sizes_are_kept(media):
    name = avatars.store(picture(), Folder(media))
    assert files(media) == {f"{name}-64.webp", f"{name}-256.webp"}


def test_discarding_takes_both_and_may_be_repeated(media):
    name = avatars.store(picture(), Folder(media))
    for _ in range(2):
        avatars.discard(name, Folder(media))
    avatars.discard(None, Folder(media))
    assert files(media) == set()


def test_replacing_removes_the_files_of_the_one_before(shopper, media):
    avatars.replace(shopper, picture("red"), Folder(media))
    first = avatar_of(shopper)
    avatars.replace(shopper, picture("blue"), Folder(media))
    second = avatar_of(shopper)
    assert first != second
    assert files(media) == {f"{second}-64.webp", f"{second}-256.webp"}


def test_a_bad_picture_leaves_the_old_one(shopper, media):
    avatars.replace(shopper, picture(), Folder(media))
    before, kept = avatar_of(shopper), files(media)
    with pytest.raises(BadPicture):
        avatars.replace(shopper, BytesIO(b"<svg/>"), Folder(media))
    assert (avatar_of(shopper), files(media)) == (before, kept)


def test_a_failed_commit_leaves_no_new_files(shopper, media):
    avatars.replace(shopper, picture(), Folder(media))
    kept = files(media)
    with pytest.raises(Exception, match="No row"):
        avatars.replace(shopper + 1, picture("blue"), Folder(media))
    assert files(media) == kept
