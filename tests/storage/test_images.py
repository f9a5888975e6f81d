"""Uploaded pictures are decoded, bounded before decoding, turned upright and encoded anew."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from axf.storage.images import LONGEST_SIDE, MOST_PIXELS, BadPicture, fitted, squares

RED, BLUE, WHITE = (254, 0, 0), (0, 0, 254), (255, 255, 255)
ORIENTATION = 0x0112


def encoded(picture: Image.Image, kind: str = "PNG", **how) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def two_halves(width: int = 40, height: int = 40) -> Image.Image:
    """A picture whose upper half is red and whose lower half is blue."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture


def png_of(width: int, height: int) -> bytes:
    """A valid PNG of one colour, one bit a pixel, made without holding its pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def reason(upload: bytes) -> str:
    with pytest.raises(BadPicture) as refusal:
        squares(BytesIO(upload), (64, 256))
    return refusal.value.details["reason"]


def is_near(pixel: tuple, colour: tuple) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_squares_of_the_sizes_asked_for(kind):
    made = squares(BytesIO(encoded(two_halves(), kind)), (64, 256))
    assert {size: (square.size, square.mode) for size, square in made.items()} == {
        64: ((64, 64), "RGB"),
        256: ((256, 256), "RGB"),
    }
    for size, square in made.items():
        assert is_near(square.getpixel((size // 2, 2)), RED)
        assert is_near(square.getpixel((size // 2, size - 3)), BLUE)


def test_the_square_is_cut_around_the_centre():
    wide = Image.new("RGB", (300, 100), BLUE)
    wide.paste(RED, (100, 0, 200, 100))
    square = squares(BytesIO(encoded(wide)), (64,))[64]
    assert all(is_near(square.getpixel(at), RED) for at in ((2, 2), (61, 2), (2, 61), (61, 61)))


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((400, 300), {64: (64, 48), 256: (256, 192)}),
        ((300, 900), {64: (21, 64), 256: (85, 256)}),
        ((100, 50), {64: (64, 32), 256: (100, 50)}),  # never larger than it was
        ((4000, 2000), {64: (64, 32), 256: (256, 128)}),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_fitted_picture_keeps_its_proportions(size, made, kind):
    pictures = fitted(BytesIO(encoded(Image.new("RGB", size, RED), kind)), (64, 256))
    assert {each: picture.size for each, picture in pictures.items()} == made
    assert all(is_near(picture.getpixel((0, 0)), RED) for picture in pictures.values())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_photo_is_upright_afterwards(kind, orientation):
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    picture = two_halves(48, 48)
    stored = picture if undo is None else picture.transpose(undo)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    square = squares(BytesIO(encoded(stored, kind, exif=exif)), (64,))[64]
    assert is_near(square.getpixel((32, 2)), RED)
    assert is_near(square.getpixel((32, 61)), BLUE)


def test_what_is_hidden_in_the_picture_is_gone():
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    exif[0x010F] = "phone of anna"
    exif.get_ifd(0x8825)[1] = "N"
    upload = encoded(two_halves(), "JPEG", exif=exif, icc_profile=b"profile of anna", comment=b"words of anna")
    square = squares(BytesIO(upload + b"more of anna"), (64,))[64]
    assert b"anna" in upload
    again = encoded(square, "WEBP")
    assert b"anna" not in again
    assert dict(Image.open(BytesIO(again)).getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(Image.open(BytesIO(again)).info)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_becomes_plain_colour(mode):
    upload = encoded(Image.new(mode, (32, 32)))
    assert squares(BytesIO(upload), (64,))[64].mode == "RGB"


def test_a_cmyk_jpeg_is_taken():
    assert is_near(squares(BytesIO(encoded(two_halves().convert("CMYK"), "JPEG")), (64,))[64].getpixel((32, 2)), RED)


def test_transparent_parts_become_white():
    clear = Image.new("RGBA", (32, 32), (*RED, 0))
    assert squares(BytesIO(encoded(clear)), (64,))[64].getpixel((32, 32)) == WHITE


def test_of_a_moving_picture_the_first_frame_is_taken():
    frames = [Image.new("RGB", (32, 32), colour) for colour in (RED, BLUE)]
    upload = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert is_near(squares(BytesIO(upload), (64,))[64].getpixel((32, 32)), RED)


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"hello",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        encoded(two_halves(), "GIF"),
        encoded(two_halves(), "BMP"),
        encoded(two_halves(), "TIFF"),
        encoded(two_halves(), "ICO"),
    ],
    ids=["empty", "text", "svg", "svg with entity", "pdf", "png head", "jpeg head", "gif", "bmp", "tiff", "ico"],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(upload):
    assert reason(upload) in ("kind", "broken")


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
def test_another_format_is_named_as_such(kind):
    assert reason(encoded(two_halves(), kind)) == "kind"


@pytest.mark.parametrize("size", [(13000, 13000), (LONGEST_SIDE + 1, 16), (16, LONGEST_SIDE + 1), (6000, 4001)])
def test_a_bomb_is_refused_before_its_pixels_are_decoded(size, monkeypatch):
    def load(_self):
        raise AssertionError("pixels were decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
    bomb = png_of(*size)
    assert len(bomb) < 30_000
    assert reason(bomb) == "size"


def test_a_header_that_lies_is_refused():
    said = bytearray(png_of(32, 32))
    said[16:24] = struct.pack(">II", 20000, 20000)
    said[29:33] = struct.pack(">I", zlib.crc32(bytes(said[12:29])))
    assert reason(bytes(said)) == "size"


def test_the_largest_picture_that_is_promised_is_taken():
    assert MOST_PIXELS == 6000 * 4000
    assert squares(BytesIO(png_of(6000, 4000)), (64,))[64].size == (64, 64)


@pytest.mark.parametrize("size", [(15, 400), (400, 15), (1, 1)])
def test_too_small_a_picture_is_refused(size):
    assert reason(encoded(Image.new("RGB", size))) == "small"


def test_the_smallest_picture_is_taken():
    assert squares(BytesIO(encoded(two_halves(16, 16))), (256,))[256].size == (256, 256)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_cut_off_picture_is_refused(kind, part):
    whole = encoded(Image.effect_noise((300, 300), 80).convert("RGB"), kind)
    assert reason(whole[: int(len(whole) * part)]) in ("broken", "kind")


def test_a_cut_off_jpeg_is_said_to_be_broken():
    whole = encoded(Image.effect_noise((300, 300), 80).convert("RGB"), "JPEG")
    assert reason(whole[: len(whole) // 2]) == "broken"


def test_a_text_that_unpacks_to_megabytes_is_refused():
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "a" * 80_000_000, zip=True)
    upload = encoded(two_halves(), pnginfo=info)
    assert len(upload) < 200_000
    assert reason(upload) == "broken"


def jpeg_with_exif() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "maker"
    exif.get_ifd(0x8825)[2] = (1.0, 2.0, 3.0)
    return encoded(two_halves(), "JPEG", exif=exif)


def test_a_photo_with_damaged_exif_is_still_turned():
    whole = jpeg_with_exif()
    damaged = whole.replace(b"\x01\x0f\x00\x02", b"\x01\x0f\x00\x01")  # the maker's name becomes a number
    assert damaged != whole
    assert is_near(squares(BytesIO(damaged), (64,))[64].getpixel((61, 32)), RED)


WHOLE = {
    "JPEG": jpeg_with_exif(),
    "PNG": encoded(two_halves()),
    "WEBP": encoded(two_halves(), "WEBP", exif=Image.Exif()),
}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_damaged_upload_is_a_picture_or_a_clear_refusal(kind, data):
    upload = bytearray(WHOLE[kind])
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(upload) - 1), st.integers(0, 255)), max_size=6)):
        upload[at] = byte
    upload = upload[: data.draw(st.integers(0, len(upload)))] if data.draw(st.booleans()) else upload
    try:
        made = squares(BytesIO(bytes(upload)), (64,))
    except BadPicture as refusal:
        assert refusal.details["reason"] in ("kind", "size", "small", "broken")
    else:
        assert made[64].size == (64, 64)
