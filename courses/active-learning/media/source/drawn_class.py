"""The room of a class of sixty, who sits where, and the sheet that all is drawn on.

Coordinates are pixels of a 640x360 frame; everything is drawn twice as large and scaled down, so
that edges come out smooth. What is said, and when, is decided by the clips; people
are drawn in `figures.py`.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SCALE = 640, 360, 2
PAPER, SUNKEN, INK, QUIET = "#FAF9F6", "#EFEDE6", "#1E2730", "#52606B"
TEAL, PALE_TEAL, GREEN, AMBER, VIOLET = "#0B5A6B", "#CFE6EA", "#1B6638", "#E0A63A", "#6B4A8F"
WALL, FLOOR, WOOD, DARK_WOOD, BOARD = "#F3EBDD", "#D9CDB8", "#B98A5A", "#8F6740", "#2C4A42"
SKINS = ("#8D5A3B", "#A06A46", "#7A4B31", "#96633F", "#B07A55")
PALM = "#D9A37C"
HAIR, WHITE, SKY, NAVY, RED = "#231C1A", "#FFFFFF", "#7FB2D9", "#2F4A73", "#B9423A"

# Rows from the back wall to the front: height of the heads, size of a head.
ROWS = ((118, 15.0), (148, 17.5), (184, 20.5), (228, 24.0), (282, 28.5))
MIDDLE = 380
BENCHES = 3


@dataclass(frozen=True)
class Seat:
    """Where a pupil sits, and who the partners are: pupils with the same `group` talk together."""

    row: int
    place: int
    x: float
    y: float
    size: float
    is_girl: bool
    group: int
    partner: int  # -1: looks left to the partner, 1: looks right


def seats() -> list[Seat]:
    """Return sixty seats, five rows of three benches. One bench holds five, its neighbour three."""
    found: list[Seat] = []
    group = 0
    for row, (y, size) in enumerate(ROWS):
        counts = (4, 5, 3) if row == 2 else (4, 4, 4)
        step, gap = size * 1.16, size * 1.75
        left = MIDDLE - (11 * step + 2 * gap) / 2
        place = 0
        for bench, count in enumerate(counts):
            groups = {5: (2, 3), 3: (3,)}.get(count, (2, 2))
            for members in groups:
                for member in range(members):
                    x = left + place * step + bench * gap
                    side = 1 if member == 0 else -1
                    girl = bench == 0 or (bench == 1 and row % 2 == 0)
                    found.append(Seat(row, place, x, y, size, girl, group, side))
                    place += 1
                group += 1
    return found


SEATS = seats()
SALMA = next(i for i, seat in enumerate(SEATS) if (seat.row, seat.place) == (0, 1))
ROBIN = next(i for i, seat in enumerate(SEATS) if (seat.row, seat.place) == (2, 8))
EAGER = tuple(
    i for i, seat in enumerate(SEATS) if (seat.row, seat.place) in ((4, 3), (4, 6), (3, 9))
)


class Sheet:
    """A frame being drawn."""

    def __init__(self, fonts: tuple[Path, Path], ground: str = PAPER) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.fonts = fonts

    def finished(self) -> Image.Image:
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)

    def circle(self, x: float, y: float, r: float, fill: str, line: str | None = None) -> None:
        box = [(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE]
        self.pen.ellipse(box, fill=fill, outline=line, width=2 * SCALE if line else 0)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self.pen.ellipse(box, fill=fill)

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        fill: str,
        radius: float = 0,
        line: str | None = None,
    ) -> None:
        box = [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE]
        width = 2 * SCALE if line else 0
        self.pen.rounded_rectangle(box, radius * SCALE, fill=fill, outline=line, width=width)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: list[tuple[float, float]], fill: str, width: float) -> None:
        self.pen.line(
            [(x * SCALE, y * SCALE) for x, y in points],
            fill=fill,
            width=max(1, round(width * SCALE)),
            joint="curve",
        )

    def arc(
        self, x: float, y: float, r: float, start: float, end: float, fill: str, width: float
    ) -> None:
        box = [(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE]
        self.pen.arc(box, start, end, fill=fill, width=max(1, round(width * SCALE)))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        fill: str = INK,
        bold: bool = False,
        anchor: str = "mm",
    ) -> None:
        font = ImageFont.truetype(
            str(self.fonts[bold]), round(size * SCALE), layout_engine=ImageFont.Layout.RAQM
        )
        self.pen.text((x * SCALE, y * SCALE), words, fill, font, anchor=anchor, language="bn")

    def width_of(self, words: str, size: float) -> float:
        font = ImageFont.truetype(
            str(self.fonts[0]), round(size * SCALE), layout_engine=ImageFont.Layout.RAQM
        )
        return font.getlength(words, language="bn") / SCALE

    def bubble(
        self,
        x: float,
        y: float,
        lines: list[str],
        tail: tuple[float, float],
        size: float = 19,
        is_thought: bool = False,
    ) -> None:
        """Draw what someone says, or thinks, centred on x and y, with its tail at the speaker."""
        half = max(self.width_of(words, size) for words in lines) / 2 + 14
        high = len(lines) * size * 0.78 + 10
        below = 1 if tail[1] > y else -1
        is_beside = tail[0] < x - half and abs(tail[1] - y) < high
        if is_thought:
            from_x, from_y = x - half + 16, y + below * high
            for part, r in ((0.3, 7), (0.65, 5), (0.92, 3)):
                self.circle(
                    from_x + (tail[0] - from_x) * part,
                    from_y + (tail[1] - from_y) * part,
                    r,
                    WHITE,
                    QUIET,
                )
            outline = []
        elif is_beside:
            outline = [(x - half + 3, y - 10), tail, (x - half + 3, y + 10)]
        else:
            root, edge = max(x - half + 22, min(x + half - 22, tail[0])), y + below * (high - 3)
            outline = [(root - 10, edge), tail, (root + 10, edge)]
        self.box(x - half, y - high, x + half, y + high, WHITE, 14, QUIET)
        if outline:
            self.shape(outline, WHITE)
            self.line(outline, QUIET, 2)
        for number, words in enumerate(lines):
            self.text(x, y + (number - (len(lines) - 1) / 2) * size * 1.5, words, size)

    def chat(self, x: float, y: float, size: float, fill: str = WHITE) -> None:
        """Draw a small bubble with three dots: someone is talking."""
        self.shape(
            [(x - size * 0.3, y), (x + size * 0.3, y), (x - size * 0.1, y + size * 0.95)], QUIET
        )
        self.box(x - size, y - size * 0.62, x + size, y + size * 0.62, fill, size * 0.5, QUIET)
        for dot in (-0.45, 0, 0.45):
            self.circle(x + dot * size, y, size * 0.13, INK)


def room(sheet: Sheet) -> None:
    """Draw the back wall with two windows, a chart and the door; then the floor."""
    sheet.box(0, 0, WIDTH, 128, WALL)
    sheet.box(0, 128, WIDTH, HEIGHT, FLOOR)
    sheet.box(0, 108, WIDTH, 128, "#9CB7B0")
    for x in (150, 470):
        sheet.box(x, 20, x + 92, 86, "#BFE0EC", 2, DARK_WOOD)
        sheet.oval(x + 28, 82, 24, 22, "#8FBF8A")
        sheet.oval(x + 66, 84, 22, 16, "#79AE78")
        sheet.box(x, 82, x + 92, 88, DARK_WOOD)
        for bar in range(1, 6):
            sheet.line([(x + bar * 15.4, 20), (x + bar * 15.4, 84)], DARK_WOOD, 1.6)
    sheet.box(304, 18, 408, 84, WHITE, 3, QUIET)
    for number, letter in enumerate("অআইঈউঊএঐ"):
        sheet.text(
            320 + number % 4 * 24.5,
            37 + number // 4 * 30,
            letter,
            17,
            (TEAL, RED, GREEN, VIOLET)[number % 4],
        )
    sheet.box(586, 26, 632, 128, WOOD, 2, DARK_WOOD)


def desk(sheet: Sheet, row: int) -> None:
    """Draw the three desks in front of a row."""
    in_row = [seat for seat in SEATS if seat.row == row]
    counts = (4, 5, 3) if row == 2 else (4, 4, 4)
    first = 0
    for count in counts:
        bench = in_row[first : first + count]
        size = bench[0].size
        left, right, top = (
            bench[0].x - size * 0.75,
            bench[-1].x + size * 0.75,
            bench[0].y + size * 0.98,
        )
        sheet.box(left + 3, top, left + 3 + size * 0.16, top + size * 1.1, DARK_WOOD)
        sheet.box(right - 3 - size * 0.16, top, right - 3, top + size * 1.1, DARK_WOOD)
        sheet.box(left, top, right, top + size * 0.3, WOOD, 2)
        sheet.box(left, top + size * 0.24, right, top + size * 0.48, DARK_WOOD, 1)
        for seat in bench:
            sheet.box(
                seat.x - size * 0.26,
                top - size * 0.02,
                seat.x + size * 0.26,
                top + size * 0.14,
                WHITE,
                1,
            )
        first += count
