"""Scenes that several clips share: the whole class, one child, one bench, the board."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import drawn_class as drawn
import figures
from narration import FPS, ease, is_open


def wide(
    sheet: drawn.Sheet,
    t: float,
    *,
    hands: dict[int, float] | None = None,
    paired: float = 0,
    talking: bool = False,
    smiling: bool = False,
    standing: Collection[int] = (),
    turned: Collection[int] = (),
    after_row: Callable[[int], None] | None = None,
) -> None:
    """Draw the whole class. `paired` 0..1 turns partners to each other, `turned` rows face back."""
    drawn.room(sheet)
    hands = hands or {}
    for row in range(len(drawn.ROWS)):
        for number, seat in enumerate(drawn.SEATS):
            if seat.row != row:
                continue
            look = paired * seat.partner
            speaks = talking and is_open(t, seat.group) == (seat.partner > 0)
            lift = seat.size * 0.75 if number in standing else 0
            if row in turned:
                figures.turned(sheet, seat.x, seat.y - lift, seat.size, is_girl=seat.is_girl)
                continue
            figures.pupil(
                sheet,
                seat.x + look * seat.size * 0.07,
                seat.y - lift,
                seat.size,
                is_girl=seat.is_girl,
                skin=drawn.SKINS[number * 7 % 5],
                look=look if paired else (-0.35 if seat.x > 300 else -0.2),
                mouth="open" if speaks else "smile" if smiling or talking else "flat",
                blink=(int(t * FPS) + number * 13) % 47 == 0,
            )
        for number, hand in hands.items():
            if drawn.SEATS[number].row == row and hand > 0:
                figures.arm(sheet, drawn.SEATS[number], drawn.SKINS[number * 7 % 5], hand)
        drawn.desk(sheet, row)
        if after_row:
            after_row(row)


def chats(sheet: drawn.Sheet, t: float, shown: float) -> None:
    """Draw a small bubble over every group, the last row first, popping up one after another."""
    for number, seat in enumerate(drawn.SEATS):
        if seat.partner < 0 or shown * 30 < (seat.group * 11) % 30:
            continue
        first_speaks = is_open(t * 0.35, seat.group)
        x = seat.x + (0 if first_speaks else seat.size * 1.2)
        bob = math.sin(t * 5 + seat.group * 1.7) * 1.2
        sheet.chat(
            x,
            seat.y - seat.size * 1.02 + bob,
            seat.size * 0.5,
            drawn.PALE_TEAL if number % 4 else drawn.WHITE,
        )


def raising(total: float) -> dict[int, float]:
    """Tell how far each hand is up `total` seconds into the signal; the front row sees first."""
    hands = {}
    for number, seat in enumerate(drawn.SEATS):
        delay = 3.4 + (4 - seat.row) * 0.55 + (seat.place * 5 % 12) * 0.08
        hands[number] = ease((total - delay) * 2.2)
    return hands


def title_card(sheet: drawn.Sheet, words: str) -> None:
    sheet.box(90, 118, 550, 242, drawn.WHITE, 14, drawn.TEAL)
    sheet.text(320, 158, words, 34, drawn.TEAL)
    sheet.text(320, 206, "আঁকা ছবির ক্লাস, যন্ত্রের কণ্ঠ", 20, drawn.QUIET)


def asking_card(sheet: drawn.Sheet, first: str, second: str) -> None:
    """Draw the question that a clip leaves its viewer with."""
    half = max(sheet.width_of(first, 27), sheet.width_of(second, 30)) / 2 + 20
    centre = 622 - half
    sheet.box(622 - half * 2, 60, 622, 168, drawn.WHITE, 14, drawn.TEAL)
    sheet.text(centre, 93, first, 27, drawn.TEAL)
    sheet.text(centre, 135, second, 30, drawn.TEAL)


def blackboard(sheet: drawn.Sheet) -> None:
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(250, 34, 612, 232, "#8F6740", 4)
    sheet.box(258, 42, 604, 224, drawn.BOARD, 2)
    sheet.box(0, 300, drawn.WIDTH, drawn.HEIGHT, "#D9CDB8")


def counting(sheet: drawn.Sheet, reached: int) -> None:
    """Draw one, two, three on the board, the first `reached` of them lit."""
    for number in range(3):
        lit = number < reached
        x = 341 + number * 90
        sheet.circle(x, 160, 36, drawn.AMBER if lit else "#3B5D54")
        sheet.text(x, 161, "১২৩"[number], 38, drawn.INK if lit else "#8FA8A0")


def near(
    sheet: drawn.Sheet, t: float, mouth: str, look: float, *, is_girl: bool = True, skin: int = 1
) -> None:
    """Draw one pupil from close by, on a bench by the window."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 210, drawn.WIDTH, drawn.HEIGHT, "#9CB7B0")
    sheet.box(26, 30, 176, 186, "#BFE0EC", 3, "#8F6740")
    sheet.oval(70, 176, 40, 36, "#8FBF8A")
    sheet.oval(140, 180, 34, 26, "#79AE78")
    sheet.box(26, 180, 176, 190, "#8F6740")
    for bar in range(1, 5):
        sheet.line([(26 + bar * 30, 30), (26 + bar * 30, 186)], "#8F6740", 3)
    figures.pupil(
        sheet,
        250,
        190,
        120,
        is_girl=is_girl,
        skin=drawn.SKINS[skin],
        look=look,
        mouth=mouth,
        blink=int(t * FPS) % 31 == 0,
    )
    sheet.box(40, 316, 600, 360, "#B98A5A", 4)
    sheet.box(190, 308, 300, 322, drawn.WHITE, 2, drawn.QUIET)


@dataclass(frozen=True)
class Face:
    """A pupil seen from close by: where, who, and what the face does."""

    x: float
    is_girl: bool
    skin: int
    look: float = 0
    mouth: str = "flat"


def bench(
    sheet: drawn.Sheet,
    faces: list[Face],
    size: float = 92,
    behind: Callable[[], None] = lambda: None,
) -> None:
    """Draw pupils side by side on one bench; `behind` draws who stands behind them."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 220, drawn.WIDTH, drawn.HEIGHT, "#9CB7B0")
    behind()
    for face in faces:
        figures.pupil(
            sheet,
            face.x,
            206,
            size,
            is_girl=face.is_girl,
            skin=drawn.SKINS[face.skin],
            look=face.look,
            mouth=face.mouth,
        )
    sheet.box(20, 312, 620, 360, "#B98A5A", 4)
    for face in faces:
        sheet.box(face.x - 40, 304, face.x + 40, 318, drawn.WHITE, 2, drawn.QUIET)


def badge(sheet: drawn.Sheet, x: float, y: float, words: str, r: float, fill: str) -> None:
    """Draw a number on a disc."""
    sheet.circle(x, y, r, fill, drawn.WHITE)
    sheet.text(x, y + 1, words, r * 1.15, drawn.WHITE)
