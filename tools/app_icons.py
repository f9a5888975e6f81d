"""Draw the icons of the shop on a home screen from its own drawings, the bee and the sprite.

axf/static/img/bee.svg and axf/static/img/icons.svg are the drawings; the colours come from
axf/static/css/tokens.css.  The PNG files are shipped with the shop; this tool is needed only to draw
them again, never to run the shop.  It wants Pillow 13.0.0 and nothing else:

    python tools/app_icons.py

With --check nothing is written: every icon is drawn anew and compared with the shipped file.
"""

import argparse
import math
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw

STATIC = Path(__file__).resolve().parent.parent / "axf/static"
SVG = "{http://www.w3.org/2000/svg}"
SCALE = 4  # drawn so many times larger, then reduced: smooth edges
STEPS = 24  # straight pieces for a curve
TOLERANCE = 8  # of 255: another zlib or libm may round a pixel's edge the other way
TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")
ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "A": 7, "Z": 0}
STROKE = {"fill": "none", "stroke": "currentColor", "stroke-width": "1.8"}  # .icon in base.css


class Icon(NamedTuple):
    """One file: its side in pixels, its drawing, and the shares of the side that drawing and disc fill."""

    name: str
    side: int
    drawing: str
    fill: float
    disc: float
    is_full: bool = False  # the ground reaches the edges: the phone cuts the shape itself


# A maskable icon keeps what matters in the middle circle of 80 % (W3C, Web Application Manifest,
# "Icon masks and safe zone"); Apple's icon is cut to a rounded square.
ICONS = [
    Icon("favicon-32.png", 32, "bee", 0.92, 0),
    Icon("icon-192.png", 192, "bee", 0.76, 0.88),
    Icon("icon-512.png", 512, "bee", 0.76, 0.88),
    Icon("icon-maskable-512.png", 512, "bee", 0.58, 0.7, is_full=True),
    Icon("apple-touch-180.png", 180, "bee", 0.72, 0.84, is_full=True),
    Icon("shortcut-market-192.png", 192, "bolt", 0.5, 0.78),
    Icon("shortcut-cart-192.png", 192, "cart", 0.46, 0.78),
    Icon("shortcut-orders-192.png", 192, "list", 0.46, 0.78),
]


def main(argv=None):
    """Draw the icons, or compare them with what is there; 1 when one differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=STATIC / "img/icons")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    args = parser.parse_args(argv)
    if args.check:
        problems = check(args.out)
        for problem in problems:
            print(problem, file=sys.stderr)
        return 1 if problems else 0
    args.out.mkdir(parents=True, exist_ok=True)
    for icon in ICONS:
        draw_icon(icon).save(args.out / icon.name, optimize=True)
        print(f"{icon.name}: {(args.out / icon.name).stat().st_size} bytes")
    return 0


def check(out):
    """Return a list of what is missing, left over, or not as it is drawn."""
    wanted, found = {icon.name for icon in ICONS}, {path.name for path in out.glob("*")}
    problems = [f"{out / name} is missing" for name in sorted(wanted - found)]
    problems += [f"{out / name} is drawn by nobody" for name in sorted(found - wanted)]
    for icon in ICONS:
        if icon.name in found:
            with Image.open(out / icon.name) as shipped:
                if not is_same(shipped.convert("RGBA"), draw_icon(icon).convert("RGBA")):
                    problems.append(f"{out / icon.name} is not what the drawings show; draw it anew")
    return problems


def is_same(one, other):
    """Tell whether two pictures differ in no pixel by more than the tolerance."""
    if one.size != other.size:
        return False
    return max(high for _low, high in ImageChops.difference(one, other).getextrema()) <= TOLERANCE


def draw_icon(icon):
    """Return one finished icon: its ground, then the drawing in the middle."""
    side = icon.side * SCALE
    colours = tokens()
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    if icon.disc:
        draw, near, far = ImageDraw.Draw(picture), side * (1 - icon.disc) / 2, side * (1 + icon.disc) / 2
        corner = 0 if icon.is_full else side * 0.22
        draw.rounded_rectangle((0, 0, side - 1, side - 1), corner, fill=colours["honey"])
        draw.ellipse((near, near, far, far), fill=colours["honey-soft"])
    shapes, box = bee() if icon.drawing == "bee" else symbol(icon.drawing)
    size = side * icon.fill / max(box[2] - box[0], box[3] - box[1])
    move = [side / 2 - (box[n] + box[n + 2]) / 2 * size for n in (0, 1)]
    for shape in shapes:
        picture = Image.alpha_composite(picture, draw_shape(shape, size, move, picture.size, colours["ink"]))
    picture = picture.resize((icon.side, icon.side), Image.Resampling.LANCZOS)
    return picture.convert("RGB") if icon.is_full else picture


def tokens():
    """Return the light colours of the styles by name."""
    text = (STATIC / "css/tokens.css").read_text(encoding="utf-8").split("@media")[0]
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text))


def bee():
    """Return the bee's shapes and the box around them."""
    shapes = list(shapes_of(ET.parse(STATIC / "img/bee.svg").getroot(), {}))  # noqa: S314 - our own file
    return shapes, box_of(shapes)


def symbol(name):
    """Return the shapes of a drawing of the sprite and its box."""
    root = ET.parse(STATIC / "img/icons.svg").getroot()  # noqa: S314 - our own file
    shapes = list(shapes_of(root.find(f"{SVG}symbol[@id='{name}']"), STROKE))
    return shapes, box_of(shapes)


def shapes_of(parent, inherited):
    """Yield (attributes, subpaths) of every path and circle; a group's attributes hold for its children."""
    attributes = {**inherited, **parent.attrib}
    if parent.tag == f"{SVG}path":
        yield attributes, subpaths(attributes["d"])
    elif parent.tag == f"{SVG}circle":
        x, y, r = (float(attributes[key]) for key in ("cx", "cy", "r"))
        angles = [2 * math.pi * step / (4 * STEPS) for step in range(4 * STEPS + 1)]
        yield attributes, [[(x + r * math.cos(angle), y + r * math.sin(angle)) for angle in angles]]
    for child in parent:
        yield from shapes_of(child, attributes)


def box_of(shapes):
    """Return left, top, right and bottom of all points."""
    points = [point for _attributes, lines in shapes for line in lines for point in line]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def draw_shape(shape, size, move, canvas, ink):
    """Return a transparent picture with one shape: its inside, then its outline with round ends and corners."""
    attributes, lines = shape
    layer = Image.new("RGBA", canvas, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    width = float(attributes.get("stroke-width", 1)) * size
    for line in lines:
        points = [(x * size + move[0], y * size + move[1]) for x, y in line]
        if attributes.get("fill", "black") != "none":
            draw.polygon(points, fill=colour(attributes, "fill", ink))
        if "stroke" in attributes:
            outline = colour(attributes, "stroke", ink)
            draw.line(points, fill=outline, width=round(width))
            for x, y in points:
                draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=outline)
    return layer


def colour(attributes, key, ink):
    """Return a colour with its opacity."""
    value = attributes.get(key, "black")
    red, green, blue = ImageColor.getrgb(ink if value == "currentColor" else value)
    return red, green, blue, round(255 * float(attributes.get("opacity", 1)))


def subpaths(data):
    """Return the lines of points that a path's ``d`` describes (SVG 2, chapter 9)."""
    parts, lines, at, control = TOKEN.findall(data), [], (0.0, 0.0), None
    command = ""
    while parts:
        if parts[0].isalpha():
            command = parts.pop(0)
        kind = command.upper()
        values = [float(parts.pop(0)) for _ in range(ARGUMENTS[kind])]
        if kind == "M":
            lines.append([end_of(command, values, at)])
            command = "L" if command == "M" else "l"  # further pairs are lines
        elif kind == "Z":
            lines[-1].append(lines[-1][0])
        elif kind == "A":
            lines[-1] += arc(at, values[:5], end_of(command, values, at))
        elif kind in "CS":
            points = [absolute(command, values[n : n + 2], at) for n in range(0, len(values), 2)]
            first = points[0] if kind == "C" else (2 * at[0] - control[0], 2 * at[1] - control[1])
            control = points[-2]
            lines[-1] += bezier(at, first, control, points[-1])
        else:
            lines[-1].append(end_of(command, values, at))
        at = lines[-1][-1]
        if kind not in "CS":
            control = at
    return lines


def end_of(command, values, at):
    """Return where a command ends."""
    if command in "Hh":
        return (values[0] + (at[0] if command == "h" else 0), at[1])
    if command in "Vv":
        return (at[0], values[0] + (at[1] if command == "v" else 0))
    return absolute(command, values[-2:], at)


def absolute(command, pair, at):
    """Return a point; small letters count from where the pen is."""
    return (pair[0] + at[0], pair[1] + at[1]) if command.islower() else (pair[0], pair[1])


def bezier(start, first, second, end):
    """Return points of a cubic curve, without its start."""
    found = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        found.append(
            tuple(sum(w * p[n] for w, p in zip(weights, (start, first, second, end), strict=True)) for n in (0, 1))
        )
    return found


def arc(start, shape, end):
    """Return points of a circle's arc, without its start (SVG 2, appendix B.2.4; our circles are not tilted)."""
    radius, _same, _tilt, is_large, is_clockwise = shape
    (x1, y1), (x2, y2) = start, end
    half = math.dist(start, end) / 2
    radius = max(radius, half)
    away = math.sqrt(radius**2 - half**2) / (2 * half) * (1 if is_large != is_clockwise else -1)
    centre = ((x1 + x2) / 2 - away * (y2 - y1), (y1 + y2) / 2 + away * (x2 - x1))
    from_angle = math.atan2(y1 - centre[1], x1 - centre[0])
    turn = (math.atan2(y2 - centre[1], x2 - centre[0]) - from_angle) % (2 * math.pi)
    turn -= 0 if is_clockwise else 2 * math.pi
    angles = [from_angle + turn * step / STEPS for step in range(1, STEPS + 1)]
    return [(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)) for angle in angles]


if __name__ == "__main__":
    sys.exit(main())
