"""The photos of a form, all or none."""

from io import BytesIO

import pytest
from PIL import Image

from axf.storage import photos
from axf.storage.images import BadPicture
from axf.storage.local import Folder
from axf.storage.store import NAME
from tests.storage.test_images import encoded, two_halves
from tests.storage.test_local import files


def upload() -> BytesIO:
    return BytesIO(encoded(two_halves(1600, 400)))


def test_photos_are_on_disk_in_two_sizes_before_anything_is_committed(tmp_path):
    with photos.kept(Folder(tmp_path), "review", [upload(), upload()]) as names:
        assert [bool(NAME.fullmatch(name)) for name in names] == [True, True]
        assert files(tmp_path) == {f"{name}-{size}.webp" for name in names for size in (240, 1200)}
    with Image.open(tmp_path / f"{names[0]}-240.webp") as small:
        assert small.size == (240, 60)
    photos.discard(Folder(tmp_path), names)
    assert files(tmp_path) == set()


def test_no_photo_is_kept_when_the_use_case_fails(tmp_path):
    with pytest.raises(RuntimeError, match="refused"), photos.kept(Folder(tmp_path), "review", [upload()]):
        raise RuntimeError("refused")
    assert files(tmp_path) == set()


def test_one_bad_photo_is_named_and_none_is_written(tmp_path, monkeypatch):
    def save(*_args):
        raise AssertionError("written")

    monkeypatch.setattr("axf.storage.photos.save", save)
    with pytest.raises(BadPicture) as refusal, photos.kept(Folder(tmp_path), "review", [upload(), BytesIO(b"GIF89a")]):
        raise AssertionError("went on")
    assert refusal.value.details == {"reason": "kind", "number": 2}


def test_a_disk_that_fills_up_leaves_none(tmp_path, monkeypatch):
    written = []

    def fsync(descriptor):
        written.append(descriptor)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(OSError, match="No space"), photos.kept(Folder(tmp_path), "review", [upload(), upload()]):
        raise AssertionError("went on")
    assert (len(written), files(tmp_path)) == (3, set())


def test_a_seventh_photo_is_refused(tmp_path):
    with pytest.raises(photos.TooManyPhotos) as refusal, photos.kept(Folder(tmp_path), "review", [upload()] * 7):
        raise AssertionError("went on")
    assert (refusal.value.details, files(tmp_path)) == ({"most": 6}, set())
