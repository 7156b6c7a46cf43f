"""Group work: what each scene of the clip shows, and the picture of benches made into fours."""

import drawn_class as drawn
import figures
from narration import Cue, ease, is_open
from scenes import (
    Face,
    asking_card,
    badge,
    bench,
    blackboard,
    chats,
    near,
    raising,
    title_card,
    wide,
)

APA = {"x": 64.0, "y": 138.0, "size": 31.0}  # where the teacher stands before the class
SHIRIN = figures.Sari("#A8453F", "#2F4A73", drawn.AMBER)
BACK = (1, 3)  # rows whose pairs turn to the pairs behind them
MITU = {"is_girl": True, "skin": 0}
THIRDS = tuple(
    number
    for number, seat in enumerate(drawn.SEATS)
    if seat.partner > 0 and (seat.row in (0, 3) or (seat.row == 4 and seat.place % 4 == 0))
)
COLOURS = (drawn.TEAL, drawn.GREEN, drawn.VIOLET, "#7A4A00")


def apa(sheet: drawn.Sheet, at: float, talks: bool = False, hand: float = 0) -> None:
    figures.teacher(sheet, **APA, is_talking=talks and is_open(at), hand=hand, sari=SHIRIN)


def four(
    sheet: drawn.Sheet, at: float, facing: tuple[Face, Face], *, writer_only: bool = False
) -> None:
    """Draw a group of four round one paper: two face us, two are seen from behind."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 190, drawn.WIDTH, drawn.HEIGHT, "#D9CDB8")
    for face in facing:
        figures.pupil(
            sheet,
            face.x,
            132,
            76,
            is_girl=face.is_girl,
            skin=drawn.SKINS[face.skin],
            look=face.look,
            mouth=face.mouth,
        )
    sheet.box(96, 216, 544, 262, drawn.WOOD, 6)
    sheet.box(96, 256, 544, 270, drawn.DARK_WOOD, 3)
    sheet.shape([(276, 222), (372, 222), (384, 252), (264, 252)], drawn.WHITE)
    lines = 3 if writer_only else 2
    for line in range(lines):
        y = 229 + line * 8
        sheet.line([(284 - line * 3, y), (360 - line * 6, y)], drawn.QUIET, 1.6)
    for x, is_girl in ((186, True), (462, False)):
        figures.turned(sheet, x, 276, 82, is_girl=is_girl)


def before(sheet: drawn.Sheet, at: float, t: float) -> None:
    """Draw last week: one child writes, three chat."""
    writing = Face(226, False, 3, 0.2, "flat")
    chatting = Face(424, True, 1, 0.7, "open" if is_open(at) else "smile")
    four(sheet, at, (writing, chatting), writer_only=True)
    pen = 300 + (at * 24) % 40
    sheet.line([(pen, 240), (pen + 12, 214)], drawn.NAVY, 4)
    if t > 2.6:
        for number, (x, y) in enumerate(((496, 76), (560, 232), (92, 236))):
            if is_open(at * 0.5, number):
                sheet.chat(x, y, 24, drawn.WHITE)


def things(sheet: drawn.Sheet, y: float, lit: tuple[int, ...] = ()) -> None:
    """Draw the six things of the task, in white cards on the board."""
    for number in range(6):
        x = 294 + number * 55
        line = drawn.AMBER if number in lit else None
        sheet.box(x - 25, y - 25, x + 25, y + 25, drawn.WHITE, 7, line)
        thing(sheet, number, x, y)


def thing(sheet: drawn.Sheet, number: int, x: float, y: float) -> None:
    """Draw rice, water, books, a torch, medicine or a hen."""
    if number == 0:
        sheet.box(x - 13, y - 10, x + 13, y + 17, "#D8C39A", 6)
        sheet.box(x - 7, y - 17, x + 7, y - 8, "#C2A974", 3)
        sheet.text(x, y + 4, "চাল", 11)
    elif number == 1:
        sheet.oval(x, y + 5, 16, 13, "#A9744B")
        sheet.box(x - 6, y - 15, x + 6, y - 3, "#A9744B", 2)
        sheet.box(x - 10, y - 18, x + 10, y - 13, "#8F5F3A", 2)
        sheet.oval(x + 4, y + 4, 3, 5, "#8FC3E0")
    elif number == 2:
        for step, colour in enumerate((drawn.RED, drawn.GREEN, drawn.NAVY)):
            sheet.box(x - 15, y - 13 + step * 10, x + 15, y - 4 + step * 10, colour, 2)
            sheet.box(x - 13, y - 11 + step * 10, x + 15, y - 9 + step * 10, drawn.WHITE)
    elif number == 3:
        sheet.box(x - 18, y - 5, x + 6, y + 6, drawn.QUIET, 3)
        sheet.shape([(x + 4, y - 6), (x + 13, y - 12), (x + 13, y + 13), (x + 4, y + 7)], drawn.INK)
        sheet.shape(
            [(x + 14, y - 8), (x + 21, y - 12), (x + 21, y + 13), (x + 14, y + 9)], "#F2C14E"
        )
    elif number == 4:
        sheet.box(x - 11, y - 9, x + 11, y + 18, "#B5702F", 4)
        sheet.box(x - 7, y - 17, x + 7, y - 9, drawn.WHITE, 2, drawn.QUIET)
        sheet.box(x - 8, y - 2, x + 8, y + 12, drawn.WHITE, 2)
        sheet.box(x - 2, y, x + 2, y + 10, drawn.RED)
        sheet.box(x - 5, y + 3, x + 5, y + 7, drawn.RED)
    else:
        sheet.oval(x - 2, y + 5, 15, 11, "#C98A45")
        sheet.circle(x + 11, y - 7, 7, "#C98A45")
        sheet.shape([(x + 17, y - 8), (x + 23, y - 5), (x + 17, y - 3)], drawn.AMBER)
        sheet.circle(x + 10, y - 15, 3.4, drawn.RED)
        sheet.circle(x + 13, y - 8, 1.5, drawn.INK)
        sheet.shape([(x - 14, y + 4), (x - 22, y - 8), (x - 9, y - 2)], "#A86F33")
        for leg in (-4, 3):
            sheet.line([(x + leg, y + 14), (x + leg, y + 21)], drawn.AMBER, 2)


def task(sheet: drawn.Sheet, at: float, talks: bool, t: float) -> None:
    blackboard(sheet)
    chalk = "#F4F1E4"
    sheet.text(431, 68, "বন্যার পানি উঠছে।", 24, chalk)
    if t > 3.4:
        sheet.text(431, 104, "তিনটা জিনিস নেওয়া যাবে।", 22, chalk)
        things(sheet, 156)
    if t > 5.6:
        sheet.text(431, 206, "কোন তিনটা? কেন?", 24, "#F6D989")
    figures.teacher(sheet, 128, 150, 74, look=0.4, is_talking=talks and is_open(at), sari=SHIRIN)
    sheet.box(0, 330, drawn.WIDTH, drawn.HEIGHT, drawn.WOOD)


def roles(sheet: drawn.Sheet, cue: Cue, at: float, t: float) -> None:
    """Draw the four of a group, each with a number; then the jobs as they are named."""
    parts = (0.0, 0.24, 0.42, 0.66) if cue.line.scene == "roles" else (9, 9, 9, 9)
    named = [t >= (cue.spoken - cue.start) * part for part in parts]
    xs = (92, 244, 396, 548)
    who = ((True, 1), (False, 3), (False, 0), (True, 4))
    faces = [
        Face(x, girl, skin, 0, "smile" if is_named else "flat")
        for x, (girl, skin), is_named in zip(xs, who, named, strict=True)
    ]
    bench(sheet, faces, size=80)
    for number, (x, words, is_named) in enumerate(
        zip(xs, ("পড়ি", "লিখি", "সময় দেখি", "পালা দিই"), named, strict=True)
    ):
        if is_named:
            sheet.box(x - 64, 62, x + 64, 106, drawn.WHITE, 12, COLOURS[number])
            sheet.text(x, 85, words, 22, COLOURS[number])
        badge(sheet, x, 44, "১২৩৪"[number], 20, COLOURS[number])


def promise(sheet: drawn.Sheet, at: float, talks: bool, t: float) -> None:
    blackboard(sheet)
    sheet.circle(334, 132, 56, "#F4F1E4")
    clock = [(334 - 50) * 2, (132 - 50) * 2, (334 + 50) * 2, (132 + 50) * 2]
    sheet.pen.pieslice(clock, -90, -42, fill=drawn.AMBER)
    sheet.circle(334, 132, 5, drawn.INK)
    sheet.text(334, 206, "৮ মিনিট", 22, "#F4F1E4")
    if t > 2.2:
        for number in range(4):
            x, y = 450 + number % 2 * 84, 98 + number // 2 * 76
            lit = int(at * 4) % 4 == number
            badge(sheet, x, y, "১২৩৪"[number], 30, COLOURS[number] if lit else "#3B5D54")
    figures.teacher(sheet, 128, 150, 74, look=0.4, is_talking=talks and is_open(at), sari=SHIRIN)
    sheet.box(0, 330, drawn.WIDTH, drawn.HEIGHT, drawn.WOOD)


def argue(sheet: drawn.Sheet, at: float, t: float) -> None:
    speaks = int(t * 1.1) % 2
    facing = (
        Face(226, False, 3, 0.6, "open" if speaks == 0 and is_open(at) else "smile"),
        Face(424, True, 0, -0.6, "flat"),
    )
    four(sheet, at, facing)
    for start, x, y, words, tail in (
        (1.2, 120, 54, "চাল আগে!", (204, 116)),
        (2.0, 98, 178, "পানি ছাড়া বাঁচব?", (160, 246)),
        (3.0, 548, 160, "বই ভিজবে!", (486, 252)),
    ):
        if t > start:
            sheet.bubble(x, y, [words], tail, 19)


def listening(sheet: drawn.Sheet, at: float, t: float) -> None:
    """Draw Apa going along between the groups."""
    where = 3.6 - 1.2 * ease(t / 6)

    def walking(row: int) -> None:
        if row == int(where):
            (y, size), (next_y, next_size) = drawn.ROWS[row], drawn.ROWS[min(row + 1, 4)]
            part = where - row
            head = (size + (next_size - size) * part) * 1.12
            first, second = (
                next(s.x for s in drawn.SEATS if (s.row, s.place) == (row, place))
                for place in (3, 4)
            )
            x, face_y = (first + second) / 2, y + (next_y - y) * part - head * 1.5
            figures.teacher(sheet, x, face_y, head, look=0.8, sari=SHIRIN)
            if t > 3.4:
                sheet.bubble(x + 86, 46, ["কেন?"], (x + 10, face_y - head * 0.7), 24)

    wide(sheet, at, paired=0.6, talking=True, turned=BACK, after_row=walking)


def turn_to_speak(sheet: drawn.Sheet, at: float, t: float, voice: bool) -> None:
    talks = voice and t > 1.4
    facing = (
        Face(226, False, 3, 0.7, "open" if talks and is_open(at) else "smile"),
        Face(424, True, 0, -0.2, "flat"),
    )
    four(sheet, at, facing)
    badge(sheet, 164, 110, "৪", 18, COLOURS[3])
    if talks:
        sheet.bubble(330, 30, ["মিতু, এবার তোমার পালা।"], (262, 104), 20)


def standing(sheet: drawn.Sheet, at: float, t: float, scene: str) -> None:
    wide(sheet, at, smiling=scene == "ready", standing=THIRDS if t > 1.6 else ())
    apa(sheet, at, talks=scene == "call" and t < 2.4)
    if scene == "call":
        sheet.bubble(206, 52, ["তিন নম্বর,", "দাঁড়াও।"], (92, 122), 20)
    if t > 1.6:
        for number in THIRDS:
            seat = drawn.SEATS[number]
            y = seat.y - seat.size * 1.75
            badge(sheet, seat.x, y, "৩", seat.size * 0.46, COLOURS[2])


def picture(sheet: drawn.Sheet, cue: Cue, at: float) -> None:
    """Draw the moment `at` (seconds from the beginning) of a line's scene."""
    t, voice = at - cue.start, at < cue.spoken
    scene = cue.line.scene
    if scene in ("title", "class"):
        wide(sheet, at)
        apa(sheet, at)
        if scene == "title":
            title_card(sheet, "চারজনের দল")
    elif scene == "before":
        before(sheet, at, t)
    elif scene in ("today", "turn"):
        moved = scene == "turn" or t > 3.0
        paired = 0.8 if scene == "turn" else 0.8 * ease(t - 3.0)
        wide(sheet, at, paired=paired, smiling=moved, turned=BACK if moved else ())
        apa(sheet, at, talks=voice and not moved)
        if scene == "turn":
            chats(sheet, at, t / 2.4)
    elif scene == "task":
        task(sheet, at, voice, t)
    elif scene in ("numbers", "roles"):
        roles(sheet, cue, at, t)
    elif scene == "promise":
        promise(sheet, at, voice, t)
    elif scene == "argue":
        argue(sheet, at, t)
    elif scene == "listens":
        listening(sheet, at, t)
    elif scene == "turn-to-speak":
        turn_to_speak(sheet, at, t, voice)
    elif scene == "mitu":
        near(sheet, at, "open" if voice and t > 1 and is_open(at) else "flat", 0.3, **MITU)
        if t > 1.2:
            sheet.bubble(462, 84, ["দাদির ওষুধটা", "আগে নিতে হবে।"], (316, 190), 23)
            sheet.box(440, 168, 492, 226, drawn.WHITE, 8, drawn.QUIET)
            thing(sheet, 4, 466, 196)
    elif scene == "stop":
        hands = raising(t + 1.4)
        wide(sheet, at, hands=hands, talking=min(hands.values()) < 0.5)
        apa(sheet, at, hand=ease((t - 0.8) * 1.6))
    elif scene in ("call", "ready"):
        standing(sheet, at, t if scene == "call" else 99, scene)
    else:
        near(sheet, at, "smile", 0.3, **MITU)
        asking_card(sheet, "আপনার দলের কাজে", "মিতু কি কথা বলে?")


def fours(sheet: drawn.Sheet) -> None:
    """Draw four benches from above, before and after: pairs in front have turned round."""
    shades = ("#BFDDC8", "#F2DDA8", "#E3D3F0", "#CFE6EA")
    for left, turned in ((12, False), (328, True)):
        sheet.box(left, 12, left + 300, 348, drawn.WHITE, 14, "#D8D3C7")
        xs = [left + 42 + place * 72 for place in range(4)]
        for pair in range(2):
            for half in range(2 if turned else 0):
                at = left + 14 + pair * 144
                sheet.box(
                    at, 26 + half * 160, at + 128, 176 + half * 160, shades[pair * 2 + half], 26
                )
        for row in range(4):
            y = 58 + row * 80
            away = turned and row % 2 == 0
            sheet.box(left + 18, y - 34, left + 282, y - 22, drawn.WOOD, 4)
            for x in xs:
                from_above(sheet, x, y, is_girl=row < 2, look=1 if away else -1)


def from_above(sheet: drawn.Sheet, x: float, y: float, *, is_girl: bool, look: int) -> None:
    """Draw a pupil seen from above who looks down (`look` 1) or up (-1) the page."""
    sheet.oval(x, y, 24, 14, drawn.QUIET)
    sheet.oval(x, y, 23, 13, drawn.SKY if is_girl else "#E9EDF0")
    sheet.circle(x, y, 13, drawn.HAIR)
    sheet.circle(x, y + look * 13, 5, drawn.SKINS[1])
    if is_girl:
        for side in (-1, 1):
            sheet.circle(x + side * 12, y - look * 9, 4.5, drawn.RED)
