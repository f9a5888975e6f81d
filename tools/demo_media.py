"""Compose the demo shop's pictures and banners from 3D food glyphs.

The pictures are shipped with the shop; this tool is needed only to draw them
again, never to run the shop.  It wants Pillow 13.0.0, the Noto Sans CJK font
(Debian package fonts-noto-cjk) and the glyphs of an npm package (MIT licence):

    npm install @lobehub/fluent-emoji-3d
    python tools/demo_media.py --glyphs node_modules/@lobehub/fluent-emoji-3d/assets

tools/demo_pictures.csv says what to draw: kind,picture,glyph,tone,label.  The
glyph column holds one to three file stems joined with '+', the main one first.
With --check nothing is drawn and no glyphs are needed: every CSV row must have
its files in the right sizes, and all pictures together must stay under 4 MiB.
"""

import argparse
import csv
import re
import sys
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FONT_FACE = 2  # Simplified Chinese inside the font collection
TYPES = (".webp", ".png")
BUDGET = 4 * 1024 * 1024
QUALITY = 84
MAX_GLYPH_SCALE = 1.5
COLUMNS = ["kind", "picture", "glyph", "tone", "label"]
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
GLYPHS = re.compile(r"[0-9a-f-]+(\+[0-9a-f-]+){0,2}")
INK, SHADOW = "#1E1B16", "#4A361C"

TONES = {  # the light and the deep end of the background
    "honey": ("#FFFAEA", "#FFE3A3"),
    "leaf": ("#F6FBEF", "#D2E8BC"),
    "tomato": ("#FFF5F1", "#FFD3C4"),
    "sky": ("#F3F9FD", "#CAE3F3"),
    "rose": ("#FFF6F8", "#FAD3DD"),
    "cream": ("#FEFCF7", "#EFE3CC"),
    "plum": ("#FAF6FC", "#DFCFEA"),
    "mint": ("#F2FBF8", "#C5E9DA"),
}

# By number of glyphs: each one's side (-1 left of the main glyph, 1 right), its
# foot above the floor and its size, both measured in main glyphs.
SLOTS = {1: [(0, 0, 1)], 2: [(0, 0, 1), (1, 0.14, 0.72)], 3: [(0, 0, 1), (-1, 0.16, 0.68), (1, 0.16, 0.68)]}


class MediaError(Exception):
    """Something the person running the tool has to put right."""


class Kind(NamedTuple):
    """Where one kind of picture goes and how its glyphs stand in it."""

    folder: str
    size: tuple  # largest size shipped, also the size we draw in
    widths: tuple
    middle: tuple  # centre of the glyph group, as a share of the size
    stage: tuple  # room for the glyph group, as a share of the size
    overlap: float  # how much of a side glyph may hide behind the main one
    disc: int = 0  # strength of the white disc behind the glyphs


GOODS = Kind("goods", (480, 480), (240, 480), (0.50, 0.47), (0.84, 0.68), 0.42)
BANNER = Kind("home", (1280, 640), (640, 1280), (0.68, 0.52), (0.58, 0.66), 0.20, 90)
CARD = Kind("home", (640, 480), (320, 640), (0.65, 0.61), (0.62, 0.62), 0.42, 90)
KINDS = {
    "goods": GOODS,
    "close": GOODS._replace(middle=(0.50, 0.56), stage=(1.30, 1.30)),
    "generic": GOODS._replace(middle=(0.50, 0.50)),
    "wheel": BANNER,
    "mainshow": BANNER,
    "mustbuy": CARD,
    "shop": CARD,
    "nav": Kind("home", (192, 192), (96, 192), (0.50, 0.49), (0.76, 0.68), 0.42),
}


def read_rows(path):
    """Return the CSV's rows as dicts, after checking every field."""
    if not path.is_file():
        raise MediaError(f"The picture list {path} does not exist.")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    seen = set()
    for line, row in enumerate(rows, start=2):
        if (
            list(row) != COLUMNS
            or row["kind"] not in KINDS
            or row["tone"] not in TONES
            or not NAME.fullmatch(row["picture"])
            or not GLYPHS.fullmatch(row["glyph"])
        ):
            raise MediaError(f"{path}, line {line} is not usable: {row}.")
        name = KINDS[row["kind"]].folder, row["picture"]
        if name in seen:
            raise MediaError(f'{path}, line {line}: "{name[1]}" comes twice.')
        seen.add(name)
    return rows


def load_glyph(folder, stem):
    """Return one glyph without its transparent margin."""
    path = folder / f"{stem}.webp"
    if not path.is_file():
        raise MediaError(f'There is no glyph "{stem}" in {folder}.')
    glyph = Image.open(path).convert("RGBA")
    return glyph.crop(glyph.getchannel("A").getbbox())


def rounded_mask(size, radius):
    """Return a smooth mask of a rounded rectangle (drawn 4x, then reduced)."""
    mask = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *mask.size), radius * 4, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def backdrop(kind, tone):
    """Return the studio background: a soft gradient with a glow of light."""
    light, deep = (Image.new("RGB", kind.size, colour) for colour in TONES[tone])
    slope = Image.linear_gradient("L").resize(kind.size, Image.Resampling.BICUBIC)
    if kind.middle[0] > 0.5:  # text stands at the left: keep it light there
        across = Image.linear_gradient("L").rotate(90).resize(kind.size)
        slope = Image.blend(slope, across, 0.6)
    picture = Image.composite(deep, light, slope)
    side = round(kind.size[1] * 1.15)
    glow = Image.radial_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    glow = glow.point([max(0, round((181 - level) * 0.8)) for level in range(256)])
    side = round(kind.size[1] * 0.78)
    disc = rounded_mask((side, side), side // 2).point([level * kind.disc // 255 for level in range(256)])
    for mask in (glow, disc):
        corner = (
            round(kind.size[0] * kind.middle[0] - mask.width / 2),
            round(kind.size[1] * (kind.middle[1] - 0.03) - mask.height / 2),
        )
        picture.paste((255, 255, 255), corner, mask)
    return picture


def arrange(glyphs, kind):
    """Return (glyph, left, top) for each glyph, the farthest one first."""
    main_width = glyphs[0].width / max(glyphs[0].size)
    boxes, limits = [], []
    for glyph, (side, foot, share) in zip(glyphs, SLOTS[len(glyphs)], strict=True):
        width, height = (length / max(glyph.size) * share for length in glyph.size)
        middle = side * (main_width / 2 + width * (0.5 - kind.overlap))
        boxes.append((middle - width / 2, -foot - height, middle + width / 2, -foot))
        limits.append(MAX_GLYPH_SCALE * max(glyph.size) / share)
    edges = list(zip(*boxes, strict=True))
    low, high = (min(edges[0]), min(edges[1])), (max(edges[2]), max(edges[3]))
    scale = min(limits + [kind.size[n] * kind.stage[n] / (high[n] - low[n]) for n in (0, 1)])
    move = [kind.size[n] * kind.middle[n] - (low[n] + high[n]) / 2 * scale for n in (0, 1)]
    placed = []
    for glyph, (left, top, right, bottom) in zip(glyphs, boxes, strict=True):
        size = (round((right - left) * scale), round((bottom - top) * scale))
        placed.append(
            (glyph.resize(size, Image.Resampling.LANCZOS), round(left * scale + move[0]), round(top * scale + move[1]))
        )
    return placed[::-1]


def cast_shadow(picture, glyph, left, top):
    """Lay a soft shadow on the floor under a glyph: a wide one and its core."""
    width, height = glyph.size
    for share, flat, strength in ((0.96, 0.17, 46), (0.66, 0.08, 70)):
        half, rise = width * share / 2, max(width, height) * flat / 2
        middle, floor = left + width / 2, top + height - rise * 0.35
        mask = Image.new("L", picture.size)
        ImageDraw.Draw(mask).ellipse((middle - half, floor - rise, middle + half, floor + rise), fill=strength)
        picture.paste(SHADOW, (0, 0), mask.filter(ImageFilter.GaussianBlur(rise * 0.55)))


def add_label(picture, text):
    """Write the pack size in a translucent white pill at the bottom left."""
    if not FONT.is_file():
        raise MediaError(f"The font {FONT} is missing; install fonts-noto-cjk.")
    font = ImageFont.truetype(FONT, 25, index=FONT_FACE)
    pill = (round(font.getlength(text)) + 36, 44)
    left, top = 20, picture.height - 20 - pill[1]
    mask = rounded_mask(pill, pill[1] // 2).point([level * 4 // 5 for level in range(256)])
    picture.paste((255, 255, 255), (left, top), mask)
    ImageDraw.Draw(picture).text((left + 18, top + pill[1] / 2 + 9), text, font=font, fill=INK, anchor="ls")


def compose(row, folder):
    """Return one finished picture in its largest size."""
    kind = KINDS[row["kind"]]
    glyphs = [load_glyph(folder, stem) for stem in row["glyph"].split("+")]
    picture = backdrop(kind, row["tone"])
    for glyph, left, top in arrange(glyphs, kind):
        cast_shadow(picture, glyph, left, top)
        picture.paste(glyph, (left, top), glyph)
    if row["kind"] == "goods" and row["label"]:
        add_label(picture, row["label"])
    if row["kind"] == "nav":
        picture.putalpha(rounded_mask(kind.size, kind.size[0] * 3 // 10))
    return picture


def targets(row, out):
    """Return [(path, (width, height))] of the files one row asks for."""
    kind = KINDS[row["kind"]]
    return [
        (out / kind.folder / f"{row['picture']}-{width}.webp", (width, kind.size[1] * width // kind.size[0]))
        for width in kind.widths
    ]


def draw_rows(rows, folder, out):
    """Compose and save the pictures of all rows, with a progress line."""
    if rows and not folder.is_dir():
        raise MediaError(f"The glyphs folder {folder} does not exist; see --help.")
    for number, row in enumerate(rows, start=1):
        picture = compose(row, folder)
        for path, size in targets(row, out):
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.resize(size, Image.Resampling.LANCZOS).save(path, "WEBP", quality=QUALITY, method=6)
        print(f"\r{number}/{len(rows)} {row['picture']:<40.40}", end="", flush=True)
    print()


def check(rows, out):
    """Return a list of what is missing, left over or wrong in size."""
    wanted = dict(target for row in rows for target in targets(row, out))
    found = {path for folder in ("goods", "home") for path in (out / folder).glob("*")}
    problems = [f"{path} is missing" for path in sorted(wanted.keys() - found)] + [
        f"{path} has no row in the CSV" for path in sorted(found - wanted.keys())
    ]
    for path in sorted(wanted.keys() & found):
        with Image.open(path) as image:
            if image.size != wanted[path]:
                problems.append(f"{path} is {image.size}, not {wanted[path]}")
    return problems


def parse_args(argv):
    """Return the command line's settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glyphs", type=Path, help="the glyph package's assets folder")
    parser.add_argument("--only", choices=KINDS, help="draw only this kind")
    parser.add_argument("--out", type=Path, default=HERE.parent / "axf/static/img")
    parser.add_argument("--csv", type=Path, default=HERE / "demo_pictures.csv")
    parser.add_argument("--check", action="store_true", help="verify, draw nothing")
    args = parser.parse_args(argv)
    if not (args.check or args.glyphs):
        parser.error("--glyphs is needed; see --help for how to get them")
    return args


def main(argv=None):
    """Run the tool; a MediaError becomes one sentence and status 2."""
    args = parse_args(argv)
    problems = []
    try:
        rows = read_rows(args.csv)
        if args.check:
            problems = check(rows, args.out)
        else:
            rows = [row for row in rows if args.only in (None, row["kind"])]
            draw_rows(rows, args.glyphs, args.out)
    except MediaError as error:
        print(error, file=sys.stderr)
        return 2
    sizes = [path.stat().st_size for path in args.out.rglob("*.*") if path.suffix in TYPES]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1024 / 1024:.2f} MiB of 4 MiB")
    if sum(sizes) >= BUDGET:
        problems.append("All pictures together must stay under 4 MiB.")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
