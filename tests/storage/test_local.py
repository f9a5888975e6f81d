"""Pictures on the local disk."""

import pytest
from PIL import Image

from axf.storage import store
from axf.storage.local import Folder

PICTURES = {64: Image.new("RGB", (64, 64), "red"), 256: Image.new("RGB", (256, 256), "red")}


def files(root) -> set[str]:
    return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}


def test_pictures_are_kept_as_webp_under_a_random_name(tmp_path):
    name = store.save(Folder(tmp_path), "avatar", PICTURES)
    assert store.NAME.fullmatch(name)
    assert files(tmp_path) == {f"{name}-64.webp", f"{name}-256.webp"}
    for size in PICTURES:
        with Image.open(tmp_path / f"{name}-{size}.webp") as kept:
            assert (kept.format, kept.size) == ("WEBP", (size, size))


def test_no_name_comes_twice(tmp_path):
    assert len({store.save(Folder(tmp_path), "avatar", {64: PICTURES[64]}) for _ in range(20)}) == 20


def test_remove_takes_all_sizes_and_may_be_repeated(tmp_path):
    name, other = (store.save(Folder(tmp_path), "avatar", PICTURES) for _ in range(2))
    store.remove(Folder(tmp_path), [name], (64, 256))
    store.remove(Folder(tmp_path), [name], (64, 256))
    assert files(tmp_path) == {f"{other}-64.webp", f"{other}-256.webp"}


@pytest.mark.parametrize(
    "name", ["../secret", "avatar/../../secret", "/etc/passwd", "avatar/ab/short", "", "avatar/ab/" + "G" * 30]
)
def test_remove_touches_only_names_that_save_made(tmp_path, name):
    root = tmp_path / "media"
    root.mkdir()
    outside = tmp_path / "secret-64.webp"
    outside.write_text("keep")
    store.remove(Folder(root), [name], (64,))
    assert outside.read_text() == "keep"


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    written = []

    def fsync(descriptor):
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        store.save(Folder(tmp_path), "avatar", PICTURES)
    assert (len(written), files(tmp_path)) == (2, set())


def test_a_picture_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("os.fsync", lambda _descriptor: seen.append(files(tmp_path)))
    name = store.save(Folder(tmp_path), "avatar", {64: PICTURES[64]})
    assert seen == [{f"{name}-64.part"}]
    assert files(tmp_path) == {f"{name}-64.webp"}
