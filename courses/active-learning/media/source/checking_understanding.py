"""Checking understanding: what each scene of the clip shows, and the picture of three piles."""

import drawn_class as drawn
import figures
from narration import Cue, ease, is_open
from scenes import Face, asking_card, bench, blackboard, chats, near, title_card, wide

APA = {"x": 64.0, "y": 138.0, "size": 31.0}  # where the teacher stands before the class
REHANA = figures.Sari("#3F6B4A", "#B9423A", "#F0D9A0")
JEWEL = {"is_girl": False, "skin": 0}
CHALK, YELLOW = "#F4F1E4", "#F6D989"
FIST, ONE, TWO = 0, 1, 2
SHADES = {FIST: drawn.QUIET, ONE: drawn.TEAL, TWO: "#7A4A00"}


def apa(sheet: drawn.Sheet, at: float, talks: bool = False) -> None:
    figures.teacher(sheet, **APA, is_talking=talks and is_open(at), sari=REHANA)


def at_the_board(sheet: drawn.Sheet, at: float, talks: bool) -> None:
    """Draw the board and Rehana Apa beside it; what is written comes after."""
    blackboard(sheet)
    figures.teacher(sheet, 128, 150, 74, look=0.4, is_talking=talks and is_open(at), sari=REHANA)
    sheet.box(0, 330, drawn.WIDTH, drawn.HEIGHT, drawn.WOOD)


def taking_away(
    sheet: drawn.Sheet, x: float, top: str, below: str, result: str = "", size: float = 44
) -> None:
    """Write one number under another on the board."""
    for row, words in enumerate((top, below, result)):
        for place, digit in enumerate(words):
            sheet.text(x + place * size * 0.8, 82 + row * size * 1.2, digit, size, CHALK)
    sheet.line([(x - size * 1.4, 82 + size * 1.2), (x - size * 0.8, 82 + size * 1.2)], CHALK, 4)
    line_y = 82 + size * 1.83
    sheet.line([(x - size * 1.4, line_y), (x + size * 1.4, line_y)], CHALK, 3)


def answers(sheet: drawn.Sheet) -> None:
    """Write the three answers to choose from."""
    for number, words in enumerate(("৩৫", "৪৫", "৯১")):
        y = 82 + number * 52
        sheet.circle(486, y, 19, YELLOW)
        sheet.text(486, y + 1, "১২৩"[number], 24, drawn.INK)
        sheet.text(550, y, words, 38, CHALK)


def hand_sign(sheet: drawn.Sheet, x: float, y: float, size: float, fingers: int) -> None:
    """Draw a hand that shows a number of fingers; none is a fist."""
    skin, line = drawn.PALM, "#A8714F"
    for finger in range(fingers):
        at = x + (finger - (fingers - 1) / 2) * size * 0.36
        sheet.box(at - size * 0.14, y - size * 1.25, at + size * 0.14, y, skin, size * 0.14, line)
    sheet.box(
        x - size * 0.62, y - size * 0.42, x + size * 0.62, y + size * 0.62, skin, size * 0.3, line
    )
    for knuckle in range(fingers, 3):
        at = x + (knuckle - 1) * size * 0.36
        sheet.line([(at, y - size * 0.28), (at, y + size * 0.06)], line, size * 0.06)
    sheet.box(
        x - size * 0.36, y + size * 0.6, x + size * 0.36, y + size * 1.3, "#E4E6E8", size * 0.1
    )


def four_signs(sheet: drawn.Sheet, t: float, length: float) -> None:
    """Draw the four signs as they are named."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, drawn.PAPER)
    signs = ((1, "৩৫", 0.0), (2, "৪৫", 0.2), (3, "৯১", 0.36), (0, "নিশ্চিত নই", 0.6))
    for place, (fingers, words, part) in enumerate(signs):
        x = 92 + place * 152
        sheet.box(x - 68, 52, x + 68, 308, drawn.WHITE, 12, "#D8D3C7")
        if t >= length * part:
            hand_sign(sheet, x, 168, 56, fingers)
            sheet.text(x, 278, words, 30 if fingers else 23, drawn.TEAL)
        else:
            sheet.circle(x, 170, 26, drawn.SUNKEN)


def shown_by(number: int, second_time: bool) -> int:
    """Tell what a pupil shows: at first many are wrong or unsure, then only a few."""
    dice = (number * 37 + 11) % 60
    if second_time:
        return ONE if dice < 54 else FIST if dice > 57 else TWO
    return ONE if dice < 31 else TWO if dice < 53 else FIST


def signs(sheet: drawn.Sheet, at: float, shown: float, second_time: bool = False) -> None:
    """Draw the class with a sign before every chest; `shown` 0..1 of them are up."""

    def cards(row: int) -> None:
        for number, seat in enumerate(drawn.SEATS):
            if seat.row != row or (number * 23) % 60 > shown * 60:
                continue
            sign = shown_by(number, second_time)
            x, y, r = seat.x, seat.y + seat.size * 0.88, seat.size * 0.42
            if sign == ONE:
                sheet.circle(x, y, r, SHADES[sign], drawn.WHITE)
            else:
                sheet.box(x - r, y - r, x + r, y + r, SHADES[sign], 2, drawn.WHITE)
            if sign != FIST:
                sheet.text(x, y + 0.5, "১২"[sign - 1], r * 1.5, drawn.WHITE)

    wide(sheet, at, after_row=cards)
    apa(sheet, at)


def sticks(sheet: drawn.Sheet, opened: float, *, is_solved: bool = False) -> None:
    """Draw six bundles of ten and three sticks; one bundle `opened` 0..1."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 250, drawn.WIDTH, drawn.HEIGHT, drawn.WOOD)
    for bundle in range(6):
        x = 52 + bundle * 58
        if bundle < 5 or opened == 0:
            for stick in range(10):
                at = x - 18 + stick * 4
                sheet.line([(at, 118), (at, 236)], "#A9744B" if stick % 2 else "#C08B5C", 3.4)
            sheet.box(x - 23, 168, x + 23, 182, drawn.RED, 4)
    loose = [450 + stick * 14 for stick in range(3)]
    if opened:
        for stick in range(10):
            start, end = 324 + stick * 4, 358 + stick * 13
            x = start + (end - start) * opened
            sheet.line([(x, 118), (x, 236)], "#C08B5C", 3.4)
        loose = [450 + 46 * opened + stick * 14 for stick in range(3)]
    for x in loose:
        sheet.line([(x, 118), (x, 236)], "#8F5F3A", 3.4)
    tens, ones = ("৫ আঁটি", "১৩টি কাঠি") if opened == 1 else ("৬ আঁটি", "৩টি কাঠি")
    left = 170 if opened == 1 else 197
    sheet.text(left, 76, tens, 28, drawn.TEAL)
    sheet.text(442 if opened == 1 else 464, 76, ones, 28, drawn.TEAL)
    if is_solved:
        sheet.box(392, 276, 592, 338, drawn.WHITE, 12, drawn.TEAL)
        sheet.text(492, 308, "১৩ − ৮ = ৫", 30, drawn.TEAL)


def mistake_found(sheet: drawn.Sheet, at: float, t: float, voice: bool) -> None:
    at_the_board(sheet, at, voice)
    taking_away(sheet, 420, "৬৩", "২৮", "৪৫")
    x = 420 + 44 * 0.8
    if t > 1:
        for y in (82, 82 + 44 * 1.2):
            sheet.pen.arc(
                [(x - 24) * 2, (y - 26) * 2, (x + 24) * 2, (y + 26) * 2], 0, 360, YELLOW, width=7
            )
        sheet.line([(x + 30, 138), (x + 52, 108), (x + 30, 82)], YELLOW, 4)
        sheet.shape([(x + 26, 82), (x + 40, 74), (x + 40, 92)], YELLOW)
    if t > 2.4:
        sheet.text(552, 96, "উল্টে", 21, YELLOW)
        sheet.text(552, 124, "গেছে", 21, YELLOW)


def beside(sheet: drawn.Sheet, at: float, t: float) -> None:
    """Draw Apa sitting on the bench between two pupils."""
    faces = [
        Face(180, False, 2, 0.7, "smile"),
        Face(470, True, 3, -0.7, "open" if is_open(at) and t > 1.6 else "smile"),
    ]
    bench(
        sheet,
        faces,
        behind=lambda: figures.teacher(sheet, 326, 150, 88, look=0.5, sari=REHANA),
    )
    for stick in range(5):
        sheet.line([(296 + stick * 14, 320), (292 + stick * 14, 352)], "#8F5F3A", 4)


def picture(sheet: drawn.Sheet, cue: Cue, at: float) -> None:
    """Draw the moment `at` (seconds from the beginning) of a line's scene."""
    t, length, voice = at - cue.start, cue.end - cue.start, at < cue.spoken
    scene = cue.line.scene
    if scene in ("title", "class"):
        wide(sheet, at)
        apa(sheet, at)
        if scene == "title":
            title_card(sheet, "সবাই কি সত্যিই বুঝল?")
    elif scene == "shown":
        at_the_board(sheet, at, voice)
        taking_away(sheet, 470, "৫২", "২৭", "২৫")
        if t > 3.6:
            sheet.bubble(320, 66, ["বুঝেছ?"], (178, 140), 25)
    elif scene == "chorus":
        wide(sheet, at, talking=voice and t > 1, smiling=True)
        apa(sheet, at)
        sheet.bubble(176, 52, ["বুঝেছ?"], (92, 122), 20)
        if t > 1.2:
            sheet.bubble(440, 50, ["জি আপা!"], (400, 112), 28)
    elif scene == "new":
        at_the_board(sheet, at, voice)
        taking_away(sheet, 356, "৬৩", "২৮")
        if t > 3.2:
            answers(sheet)
    elif scene == "rule":
        at_the_board(sheet, at, voice)
        taking_away(sheet, 356, "৬৩", "২৮")
        answers(sheet)
    elif scene == "signs":
        four_signs(sheet, t, cue.spoken - cue.start)
    elif scene == "fingers":
        signs(sheet, at, shown=t / 1.8)
    elif scene == "how":
        near(sheet, at, "flat", 0.6, **JEWEL)
        figures.teacher(
            sheet, 500, 150, 84, look=-0.6, is_talking=voice and is_open(at), sari=REHANA
        )
        sheet.box(40, 330, 600, 360, drawn.WOOD, 4)
        if t > 1.6:
            sheet.bubble(344, 48, ["৪৫ কীভাবে পেলে?"], (470, 112), 22)
    elif scene == "mistake":
        near(sheet, at, "open" if voice and is_open(at) else "smile", 0.3, **JEWEL)
        lines = ["৮ − ৩ = ৫"] + (["৬ − ২ = ৪"] if t > length * 0.5 else [])
        sheet.bubble(462, 92, lines, (316, 190), 28)
    elif scene == "found":
        mistake_found(sheet, at, t, voice)
    elif scene == "sticks":
        sticks(sheet, ease((t - length * 0.6) * 0.9))
    elif scene == "thirteen":
        sticks(sheet, 1, is_solved=t > 1.6)
    elif scene == "partners":
        wide(sheet, at, paired=1, talking=True)
        chats(sheet, at, t / 1.6)
        apa(sheet, at)
    elif scene == "again":
        signs(sheet, at, shown=(t - 1.6) / 1.6, second_time=True)
    elif scene == "beside":
        beside(sheet, at, t)
    else:
        near(sheet, at, "smile", 0.3, **JEWEL)
        asking_card(sheet, "“বুঝেছ?” না বলে", "কী জিজ্ঞেস করবেন?")


def piles(sheet: drawn.Sheet) -> None:
    """Draw three piles of slips: most have it, some nearly, a few not yet."""
    for x, count, colour, sign in (
        (120, 11, drawn.GREEN, "tick"),
        (320, 6, "#7A4A00", "half"),
        (520, 3, drawn.VIOLET, "ask"),
    ):
        for slip in range(count):
            y = 300 - slip * 15
            shift = (slip * 7) % 5 - 2
            sheet.box(x - 74 + shift, y - 13, x + 74 + shift, y + 1, drawn.WHITE, 3, "#A9B2B8")
        top = 300 - count * 15
        sheet.circle(x, top - 46, 34, colour)
        mark(sheet, x, top - 46, sign)
    sheet.box(20, 304, 620, 318, drawn.WOOD, 4)


def mark(sheet: drawn.Sheet, x: float, y: float, sign: str) -> None:
    """Draw a tick, half a disc or a question mark in white."""
    if sign == "tick":
        sheet.line([(x - 15, y + 1), (x - 4, y + 13), (x + 16, y - 12)], drawn.WHITE, 7)
    elif sign == "half":
        sheet.pen.pieslice(
            [(x - 20) * 2, (y - 20) * 2, (x + 20) * 2, (y + 20) * 2], 90, 270, fill=drawn.WHITE
        )
        sheet.arc(x, y, 20, 270, 90, drawn.WHITE, 4)
    else:
        sheet.text(x, y + 1, "?", 42, drawn.WHITE, bold=True)
