"""Asking questions: what each scene of the clip shows, and the picture of how talk passes on."""

import itertools
import math

import drawn_class as drawn
import figures
from narration import Cue, ease, is_open
from scenes import (
    Face,
    asking_card,
    bench,
    blackboard,
    counting,
    near,
    title_card,
    wide,
)

APA = {"x": 64.0, "y": 138.0, "size": 31.0}  # where the teacher stands before the class
TUHIN = {"is_girl": False, "skin": 2}
MIM = {"is_girl": True, "skin": 4}


def cloth(sheet: drawn.Sheet, x: float, y: float, wide: float, high: float, wet: float) -> None:
    """Draw a checked gamcha hanging from its middle; drops fall while it is `wet` 0..1."""
    ground = "#C8645A" if wet > 0.5 else "#D98A7E"
    sheet.box(x - wide / 2, y, x + wide / 2, y + high, ground, 2)
    for stripe in range(1, 4):
        across = x - wide / 2 + stripe * wide / 4
        sheet.line([(across, y), (across, y + high)], "#F6E3D6", wide * 0.05)
        down = y + stripe * high / 4
        sheet.line([(x - wide / 2, down), (x + wide / 2, down)], "#F6E3D6", wide * 0.05)


def drops(sheet: drawn.Sheet, x: float, y: float, wide: float, t: float) -> None:
    for number in range(4):
        fall = (t * 0.9 + number * 0.37) % 1
        sheet.oval(x + (number - 1.5) * wide / 4, y + fall * 44, 2.6, 4.2, "#5DA3CF")


def chorus(sheet: drawn.Sheet, at: float, t: float, voice: bool) -> None:
    answered = t > 3.0
    wide(sheet, at, talking=answered and voice)
    figures.sir(sheet, **APA, is_talking=voice and not answered and is_open(at))
    sheet.bubble(192, 52, ["পানির অবস্থা", "কয়টি?"], (92, 122), 20)
    if answered:
        sheet.bubble(440, 50, ["তিনটি!"], (400, 112), 26)


def doubt(sheet: drawn.Sheet, at: float, t: float) -> None:
    wide(sheet, at, smiling=True)
    figures.sir(sheet, **APA)
    for number, seat in enumerate(drawn.SEATS):
        if (number * 17) % 60 < min(34, t * 14):
            y = seat.y - seat.size * 0.95
            sheet.circle(seat.x, y, seat.size * 0.4, drawn.WHITE, drawn.QUIET)
            sheet.text(seat.x, y, "?", seat.size * 0.6, drawn.TEAL, bold=True)


def at_the_board(sheet: drawn.Sheet, at: float, talks: bool, lines: list[str]) -> None:
    """Draw Rafiq Sir with the wet cloth in his hand, and what he asks."""
    blackboard(sheet)
    figures.sir(sheet, 112, 150, 74, look=0.5, is_talking=talks and is_open(at), hand=0.5)
    cloth(sheet, 194, 204, 56, 92, 1)
    drops(sheet, 194, 300, 56, at)
    sheet.box(0, 330, drawn.WIDTH, drawn.HEIGHT, drawn.WOOD)
    if lines:
        sheet.bubble(440, 114, lines, (162, 150), 25)


def laughing(sheet: drawn.Sheet, at: float, t: float) -> None:
    if t > 1.9:
        at_the_board(sheet, at, True, ["তোমার এমন", "কেন মনে হলো?"])
        return
    mouth = "open" if is_open(at) else "smile"
    faces = [
        Face(130, True, 0, 0.5, mouth),
        Face(290, False, 3, -0.5, "smile"),
        Face(450, False, 1, -0.8, mouth),
    ]
    bench(sheet, faces)


def outdoors(sheet: drawn.Sheet, at: float, sun: float, wet: tuple[float, float]) -> None:
    """Draw the yard, a cloth in the sun and one in the shade; `sun` 0..1 crosses the sky."""
    sheet.box(0, 0, drawn.WIDTH, 218, "#CBE7F1")
    sheet.box(0, 218, drawn.WIDTH, drawn.HEIGHT, "#DCCB9F")
    centre = (70 + sun * 170, 62 - sun * 22)
    for ray in range(10):
        angle = ray * math.pi / 5 + at * 0.2
        start, end = (
            (centre[0] + math.cos(angle) * r, centre[1] + math.sin(angle) * r) for r in (32, 44)
        )
        sheet.line([start, end], drawn.AMBER, 4)
    sheet.circle(*centre, 26, "#F2C14E")
    sheet.oval(520, 236, 130, 26, "#B9A97C")
    sheet.box(548, 92, 574, 236, drawn.DARK_WOOD)
    for x, y, r in ((500, 70, 62), (580, 60, 70), (446, 96, 42), (620, 104, 46)):
        sheet.circle(x, y, r, "#79AE78")
    sheet.line([(40, 110), (548, 122)], drawn.DARK_WOOD, 2.4)
    for x, y, amount in ((180, 114, wet[0]), (452, 121, wet[1])):
        cloth(sheet, x, y, 70, 92, amount)
        if amount > 0.5:
            drops(sheet, x, y + 96, 60, at)
    if wet[0] < 1:
        rise(sheet, 180, 106, at)


def rise(sheet: drawn.Sheet, x: float, y: float, t: float) -> None:
    """Draw water going into the air: dots that rise and grow pale."""
    for number in range(9):
        up = (t * 0.35 + number * 0.111) % 1
        sway = math.sin(t * 2 + number * 1.9) * 7
        sheet.circle(x + (number % 5 - 2) * 15 + sway, y - up * 78, 4.2 * (1 - up) + 0.8, "#8FC3E0")


def onlookers(sheet: drawn.Sheet, t: float, talking: bool) -> None:
    """Draw five pupils from behind, before the cloths."""
    for number, x in enumerate((96, 208, 322, 436, 548)):
        y = 292 + (number % 2) * 8
        figures.turned(sheet, x, y, 62, is_girl=number in (0, 2, 3))
        if talking and is_open(t * 0.4, number):
            sheet.chat(x + 34, y - 42, 17, drawn.PALE_TEAL)


def compare(sheet: drawn.Sheet, t: float) -> None:
    """Draw what came of either question: one word from all; many thoughts."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, drawn.PAPER)
    for x, question in ((26, ["পানির অবস্থা", "কয়টি?"]), (334, ["পানিটা যায়", "কোথায়?"])):
        sheet.box(x, 26, x + 280, 334, drawn.WHITE, 12, "#D8D3C7")
        for number, words in enumerate(question):
            sheet.text(x + 140, 58 + number * 34, words, 24, drawn.TEAL)
    if t > 1.2:
        sheet.bubble(166, 176, ["তিনটি!"], (166, 246), 34)
        for number in range(20):
            row, place = divmod(number, 10)
            sheet.circle(56 + place * 24.4, 268 + row * 28, 9, "#DDD8CC")
    thoughts = (
        (430, 146, "খেয়ে ফেলে?", drawn.PALE_TEAL),
        (520, 204, "উড়ে যায়?", "#F2DDA8"),
        (424, 258, "কেন বলো তো?", "#E3D3F0"),
        (536, 306, "দেখি তো!", "#BFDDC8"),
    )
    for number, (x, y, words, colour) in enumerate(thoughts):
        if t > 3.2 + number * 0.6:
            half = sheet.width_of(words, 19) / 2 + 14
            sheet.box(x - half, y - 21, x + half, y + 21, colour, 18)
            sheet.text(x, y, words, 19)


def picture(sheet: drawn.Sheet, cue: Cue, at: float) -> None:
    """Draw the moment `at` (seconds from the beginning) of a line's scene."""
    t, voice = at - cue.start, at < cue.spoken
    scene = cue.line.scene
    mouth = "open" if voice and t > 1 and is_open(at) else "smile"
    if scene in ("title", "class"):
        wide(sheet, at)
        figures.sir(sheet, **APA)
        if scene == "title":
            title_card(sheet, "যে প্রশ্ন ভাবায়")
    elif scene == "chorus":
        chorus(sheet, at, t, voice)
    elif scene == "doubt":
        doubt(sheet, at, t)
    elif scene == "towel":
        at_the_board(sheet, at, voice and t > 2, ["পানিটা যায়", "কোথায়?"] if t > 4.6 else [])
    elif scene == "wait":
        at_the_board(sheet, at, False, [])
        counting(sheet, max(0, min(3, int((at - cue.spoken) + 0.9))))
    elif scene == "answer":
        near(sheet, at, mouth, 0.3, **TUHIN)
        if t > 1.6:
            sheet.bubble(456, 92, ["গামছা পানি", "খেয়ে ফেলে!"], (316, 190), 24)
    elif scene == "why":
        laughing(sheet, at, t)
    elif scene == "reason":
        near(sheet, at, mouth, 0.3, **TUHIN)
        sheet.bubble(462, 84, ["নিংড়ালে তো", "পানি বের হয়!"], (316, 190), 23)
        cloth(sheet, 470, 186, 40, 70, 1)
        drops(sheet, 470, 258, 40, at)
    elif scene == "other":
        at_the_board(sheet, at, voice, ["আর কে", "অন্য কিছু ভাবে?"])
    elif scene == "mim":
        near(sheet, at, mouth, -0.3, **MIM)
        sheet.bubble(468, 90, ["ছায়ায় দেরিতে শুকায়।", "রোদে পানি উড়ে যায়!"], (316, 190), 20)
    elif scene in ("hung", "guess"):
        outdoors(sheet, at, 0, (1, 1))
        onlookers(sheet, at, talking=scene == "guess")
    elif scene == "touch":
        outdoors(sheet, at, ease(t / 3), (0.4, 0.8))
        onlookers(sheet, at, talking=False)
    elif scene == "air":
        outdoors(sheet, at, 1, (0.2, 0.7))
        figures.pupil(
            sheet, 330, 236, 84, is_girl=False, skin=drawn.SKINS[2], look=-0.4, mouth=mouth
        )
        if t > 1.4:
            sheet.bubble(452, 52, ["পানি বাতাসে", "মিশে গেছে!"], (356, 204), 22)
    elif scene == "compare":
        compare(sheet, t)
    else:
        near(sheet, at, "smile", 0.3, **TUHIN)
        asking_card(sheet, "আপনার কোন প্রশ্নে", "শিশুরা ভাবে?")


def passing(sheet: drawn.Sheet) -> None:
    """Draw two rounds of talk from above: back to the teacher each time; from child to child."""
    for left, passes in ((12, False), (328, True)):
        sheet.box(left, 12, left + 300, 348, drawn.WHITE, 14, "#D8D3C7")
        centre = left + 150
        children = [(centre - 96, 196), (centre, 258), (centre + 96, 196), (centre - 50, 312)]
        children += [(centre + 50, 312)]
        teacher = (centre, 74)
        if passes:
            route = [teacher, children[0], children[3], children[4], children[2], teacher]
            for start, end in itertools.pairwise(route):
                arrow(sheet, start, end, drawn.GREEN)
        else:
            arrow(sheet, (centre - 9, 74), (centre - 9, 258), drawn.AMBER)
            arrow(sheet, (centre + 9, 258), (centre + 9, 74), drawn.AMBER)
        sheet.circle(*teacher, 27, drawn.TEAL)
        sheet.circle(teacher[0], teacher[1], 15, drawn.HAIR)
        for number, (x, y) in enumerate(children):
            speaks = (number == 1) != passes
            sheet.oval(x, y, 25, 17, drawn.SKY if number % 2 else "#9AA7B0")
            sheet.circle(x, y, 14, drawn.HAIR)
            if speaks:
                sheet.chat(x + 25, y - 22, 13, drawn.PALE_TEAL)


def arrow(
    sheet: drawn.Sheet, start: tuple[float, float], end: tuple[float, float], fill: str
) -> None:
    """Draw an arrow that stops short of either end."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    tip = (end[0] - math.cos(angle) * 32, end[1] - math.sin(angle) * 32)
    tail = (start[0] + math.cos(angle) * 28, start[1] + math.sin(angle) * 28)
    sheet.line([tail, (tip[0] - math.cos(angle) * 10, tip[1] - math.sin(angle) * 10)], fill, 4)
    wings = [
        (tip[0] - math.cos(angle + turn) * 17, tip[1] - math.sin(angle + turn) * 17)
        for turn in (0.45, -0.45)
    ]
    sheet.shape([tip, *wings], fill)
