"""Uploaded pictures are decoded, bounded before decoding, turned upright and encoded anew.

What comes out is fresh WebP: EXIF, GPS, colour profiles and anything hidden behind the
picture are gone. SVG and every other format but JPEG, PNG and WebP is refused.
"""

import warnings
from collections.abc import Callable
from typing import IO

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from axf.core.errors import ShopError

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 6000
MOST_PIXELS = 24_000_000
SHORTEST_SIDE = 16
# min or max: which side of a picture is to be near a size.
Side = Callable[[tuple[int, int]], int]
# By size.
Pictures = dict[int, Image.Image]
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class BadPicture(ShopError):
    """The upload is no picture that can be used; ``reason`` says why."""

    code = "bad-picture"
    status = 400


def squares(upload: IO[bytes], sizes: tuple[int, ...]) -> Pictures:
    """Return the upload as upright squares of these sizes (pixels), cut around the centre.

    Size and kind are read from the header before a pixel is decoded: a 20 KB file may hold
    169 million of them. Raises BadPicture with reason kind, size, small or broken.
    """
    upright = _upright(upload, max(sizes), min)
    return {size: ImageOps.fit(upright, (size, size), Image.Resampling.LANCZOS) for size in sizes}


def fitted(upload: IO[bytes], sizes: tuple[int, ...]) -> Pictures:
    """Return the upload upright in its own proportions, its longer side at most each of these sizes (pixels).

    A small picture is not made larger. Raises BadPicture as ``squares`` does.
    """
    upright = _upright(upload, max(sizes), max)
    return {size: _within(upright, size) for size in sizes}


def _upright(upload: IO[bytes], size: int, side: Side) -> Image.Image:
    """Return the upload decoded and turned upright, ``side`` of it still twice ``size`` where it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # damaged EXIF is thrown away like any other
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(upload, formats=FORMATS) as picture:
                _check_bounds(picture)
                # The right size of a JPEG can be had without decoding it whole.
                picture.draft("RGB", (size * 2, size * 2))
                turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
                flat = _flat(_shrunk(picture, side(picture.size) // (size * 2)))
        except UnidentifiedImageError as error:
            raise BadPicture(reason="kind") from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise BadPicture(reason="size") from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise BadPicture(reason="broken") from error
    # exif_transpose would fail where it writes damaged EXIF anew.
    return flat if turn is None else flat.transpose(turn)


def _within(picture: Image.Image, size: int) -> Image.Image:
    """Return a copy whose longer side is at most ``size``."""
    copy = picture.copy()
    copy.thumbnail((size, size), Image.Resampling.LANCZOS)
    return copy


def _check_bounds(picture: Image.Image) -> None:
    width, height = picture.size
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise BadPicture(reason="size")
    if min(width, height) < SHORTEST_SIDE:
        raise BadPicture(reason="small")


def _shrunk(picture: Image.Image, times: int) -> Image.Image:
    """Return the picture so many times smaller: whole, its copies would take a quarter of a gigabyte."""
    if times < 2:
        return picture
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):  # a palette cannot be averaged
        picture = picture.convert("RGBA")
    return picture.reduce(times)


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB, transparent parts on white."""
    colours = picture.convert("RGBA")
    ground = Image.new("RGBA", colours.size, "white")
    ground.alpha_composite(colours)
    return ground.convert("RGB")
