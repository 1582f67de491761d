"""Map as a picture for slides: SVG, or PNG drawn by Pillow with the font that it carries."""

from __future__ import annotations

import io
import math
from itertools import cycle, pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from assistant.map import GapMap
from assistant.map_layout import Picture, Shape, Text, lay_out

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

COLOURS = {
    "paper": "#ffffff",
    "ink": "#16202b",
    "soft": "#4d5a68",
    "line": "#c3ccd5",
    "empty": "#f1f3f5",
    "deep": "#0b4f8a",
    "mark": "#eaf2fa",
    "asked": "#b3400a",
}
FONTS = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
LONGEST = 4000  # pixels of a PNG's longer side: what a slide or a channel still takes
BAND = 1024  # finer pixels drawn at a time: a whole large map so drawn takes a fifth of a gigabyte
EDGE = (
    32  # finer pixels more at both ends of a band, where Pillow draws half a line otherwise than a whole one
)
FINER = 2  # Pillow's lines are ragged; drawn so much finer and made smaller they are not


def svg(drawn: GapMap) -> str:
    """The picture as SVG; its text stays text."""
    picture = lay_out(drawn)
    parts = [_text(part) if isinstance(part, Text) else _shape(part) for part in picture.parts]
    size = f'width="{picture.width:.0f}" height="{picture.height:.0f}" viewBox="0 0 {picture.width:.0f} {picture.height:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family={quoteattr(FONTS)}>',
            f"<title>{_plain(picture.title)}</title>",
            f'<rect width="100%" height="100%" fill="{COLOURS["paper"]}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _plain(words: str) -> str:
    """The words for XML, which has no place for control characters."""
    return escape("".join(one for one in words if one >= " " and one not in "\ufffe\uffff"))


def _text(text: Text) -> str:
    turned = f' transform="rotate(-90 {text.x:.1f} {text.y:.1f})"' if text.up else ""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    place = f'x="{text.x:.1f}" y="{text.y:.1f}" font-size="{text.size:g}" fill="{COLOURS[text.ink]}"'
    return f"<text {place}{anchor}{turned}>{_plain(text.words)}</text>"


def _shape(shape: Shape) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    dashes = f' stroke-dasharray="{" ".join(f"{one:g}" for one in shape.dashes)}"' if shape.dashes else ""
    fill, edge = (COLOURS.get(name, "none") for name in (shape.fill, shape.edge))
    return (
        f'<polygon points="{points}" fill="{fill}" stroke="{edge}" stroke-width="{shape.width:g}"{dashes}/>'
    )


def png(drawn: GapMap, *, band: int = BAND) -> bytes:
    """The picture as PNG, twice as fine as a screen where that is not too large; drawn in bands of so many finer pixels."""
    from PIL import Image as Images

    picture = lay_out(drawn)
    scale = min(2.0, LONGEST / max(picture.width, picture.height)) * FINER
    width, height = (math.ceil(side * scale) for side in (picture.width, picture.height))
    image = Images.new("RGB", (math.ceil(width / FINER), math.ceil(height / FINER)), COLOURS["paper"])
    for top in range(0, height, band):
        bottom = min(top + band, height)
        drawing = Images.new("RGB", (width, bottom - top + 2 * EDGE), COLOURS["paper"])
        _Pen(drawing, scale, top - EDGE).all(picture)
        inner = drawing.crop((0, EDGE, width, EDGE + bottom - top))
        image.paste(inner.reduce(FINER), (0, top // FINER))
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


class _Pen:
    """Draws the parts of a picture on an image, which is a band of it that begins so many pixels from its top."""

    def __init__(self, image: Image, scale: float, top: int) -> None:
        from PIL import ImageDraw

        self._image = image
        self._scale = scale
        self._top = top
        self._draw = ImageDraw.Draw(image)
        self._fonts: dict[float, FreeTypeFont | ImageFont] = {}

    def all(self, picture: Picture) -> None:
        """Draw everything, in its order."""
        for part in picture.parts:
            if isinstance(part, Text):
                self._write(part)
            else:
                self._shape(part)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the picture on the band."""
        return x * self._scale, y * self._scale - self._top

    def _font(self, size: float) -> FreeTypeFont | ImageFont:
        from PIL import ImageFont

        if size not in self._fonts:
            self._fonts[size] = ImageFont.load_default(size * self._scale)
        return self._fonts[size]

    def _write(self, text: Text) -> None:
        font = self._font(text.size)
        x, y = self._at(text.x, text.y)
        ink = COLOURS[text.ink]
        if text.up:
            self._write_up(text, font, (x, y))
            return
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[text.anchor]
        self._draw.text((x, y), text.words, fill=ink, font=font, anchor=anchor)

    def _write_up(self, text: Text, font: FreeTypeFont | ImageFont, at: tuple[float, float]) -> None:
        from PIL import Image as Images
        from PIL import ImageDraw

        high = math.ceil(text.size * self._scale * 1.5)
        base = math.ceil(text.size * self._scale * 1.1)
        aside = Images.new("L", (math.ceil(font.getlength(text.words)) + 4, high), 0)
        ImageDraw.Draw(aside).text((0, base), text.words, fill=255, font=font, anchor="ls")
        turned = aside.rotate(90, expand=True)
        place = (round(at[0] - base), round(at[1] - turned.height))
        self._image.paste(COLOURS[text.ink], place, turned)

    def _shape(self, shape: Shape) -> None:
        points = [self._at(x, y) for x, y in shape.points]
        width = max(1, round(shape.width * self._scale))
        if shape.fill:
            self._draw.polygon(points, fill=COLOURS[shape.fill])
        if not shape.edge:
            return
        closed = [*points, points[0]]
        if not shape.dashes:
            self._draw.line([*closed, points[1]], fill=COLOURS[shape.edge], width=width, joint="curve")
            return
        for stretch in _dashed(closed, [one * self._scale for one in shape.dashes]):
            self._draw.line(stretch, fill=COLOURS[shape.edge], width=width)


def _dashed(points: list[tuple[float, float]], dashes: list[float]) -> list[list[tuple[float, float]]]:
    """The stretches of a line that are drawn, where it is drawn and left bare by turns."""
    drawn: list[list[tuple[float, float]]] = []
    turns = cycle(enumerate(dashes))
    number, left = next(turns)
    for start, end in pairwise(points):
        length, gone = math.dist(start, end), 0.0
        while length - gone > 1e-9:  # noqa: PLR2004 - what is shorter than that is rounding
            taken = min(left, length - gone)
            if number == 0:
                drawn.append([_between(start, end, part / length) for part in (gone, gone + taken)])
            gone, left = gone + taken, left - taken
            if left <= 0:
                number, left = next(turns)
    return drawn


def _between(start: tuple[float, float], end: tuple[float, float], part: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
