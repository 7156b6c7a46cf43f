"""Pair talk in a class of 60: what each scene of the clip shows, and the picture of the benches."""

import math

import drawn_class as drawn
import figures
from narration import Cue, ease, is_open
from scenes import blackboard, chats, counting, near, raising, title_card, wide


def board(sheet: drawn.Sheet) -> None:
    blackboard(sheet)
    sheet.text(431, 76, "কুঁজো বুড়ির গল্প", 25, "#F4F1E4")
    sheet.line([(330, 98), (532, 98)], "#F4F1E4", 1.5)


def two(sheet: drawn.Sheet, t: float, salma_speaks: bool) -> None:
    """Draw Salma and Rina turned to each other."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 220, drawn.WIDTH, drawn.HEIGHT, "#9CB7B0")
    figures.pupil(
        sheet,
        215,
        200,
        116,
        is_girl=True,
        skin=drawn.SKINS[1],
        look=0.9,
        mouth="open" if salma_speaks and is_open(t) else "smile",
    )
    figures.pupil(
        sheet,
        425,
        200,
        116,
        is_girl=True,
        skin=drawn.SKINS[4],
        look=-0.9,
        mouth="smile" if salma_speaks or not is_open(t) else "open",
    )
    sheet.box(40, 318, 600, 360, "#B98A5A", 4)
    sheet.box(160, 310, 270, 324, drawn.WHITE, 2, drawn.QUIET)
    sheet.box(370, 310, 480, 324, drawn.WHITE, 2, drawn.QUIET)
    if salma_speaks:
        sheet.chat(220, 72, 34, drawn.PALE_TEAL)
    else:
        sheet.bubble(408, 62, ["বাঘ মামা, পিঠা খাবে?"], (424, 128), 21)


def three(sheet: drawn.Sheet, t: float, joined: float) -> None:
    """Draw Robin beside a pair: alone at first, then with them."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 220, drawn.WIDTH, drawn.HEIGHT, "#9CB7B0")
    figures.teacher(sheet, 572, 92, 50, look=-0.8, is_talking=0.05 < joined < 0.9 and is_open(t))
    talks = is_open(t * 0.5)
    figures.pupil(
        sheet,
        120,
        206,
        92,
        is_girl=False,
        skin=drawn.SKINS[0],
        look=0.9,
        mouth="open" if talks and is_open(t) else "smile",
    )
    figures.pupil(
        sheet,
        262,
        206,
        92,
        is_girl=False,
        skin=drawn.SKINS[4],
        look=-0.9 + 1.2 * joined,
        mouth="smile" if talks or not is_open(t) else "open",
    )
    mouth = "flat" if joined < 0.5 else "smile"
    figures.pupil(
        sheet,
        452 - 52 * joined,
        206,
        92,
        is_girl=False,
        skin=drawn.SKINS[3],
        look=0.7 - 1.6 * joined,
        mouth=mouth,
    )
    sheet.box(20, 312, 620, 360, "#B98A5A", 4)
    for x in (120, 262, 452 - 52 * joined):
        sheet.box(x - 46, 304, x + 46, 318, drawn.WHITE, 2, drawn.QUIET)
    sheet.chat(170 if talks else 224, 92, 28, drawn.PALE_TEAL)


def compare(sheet: drawn.Sheet, t: float) -> None:
    """Draw sixty dots twice: three that spoke, sixty that spoke."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, drawn.PAPER)
    for x, title, count, colour in (
        (34, "একজন একজন করে", 3, "#7A4A00"),
        (338, "জোড়ায়", 60, drawn.GREEN),
    ):
        sheet.box(x, 30, x + 268, 330, drawn.WHITE, 12, "#D8D3C7")
        sheet.text(x + 134, 62, title, 24, drawn.INK)
        begin = 1.2 if count == 3 else 3.4
        lit = max(0, min(count, int((t - begin) * (4 if count == 3 else 34))))
        for number in range(60):
            row, place = divmod(number, 10)
            order = (number * 23) % 60
            spoke = number in (44, 47, 53) if count == 3 else order < lit
            is_lit = spoke and lit > (0 if count == 60 else (44, 47, 53).index(number))
            centre_x, centre_y = x + 32 + place * 22.6, 108 + row * 26
            sheet.circle(centre_x, centre_y, 8.5, colour if is_lit else "#DDD8CC")
        if not lit:
            continue
        words = f"{str(lit).translate(str.maketrans('0123456789', '০১২৩৪৫৬৭৮৯'))} জন"
        sheet.text(x + 134, 292, words, 36, colour)


def picture(sheet: drawn.Sheet, cue: Cue, at: float) -> None:
    """Draw the moment `at` (seconds from the beginning) of a line's scene."""
    t, length = at - cue.start, cue.end - cue.start
    voice = at < cue.spoken
    scene = cue.line.scene
    apa = {"x": 64.0, "y": 138.0, "size": 31.0}
    if scene == "title":
        wide(sheet, at)
        figures.teacher(sheet, **apa)
        title_card(sheet, "জোড়ায় কথা বলা")
    elif scene in ("class", "asks", "hands"):
        up = {number: ease(t * 2.5 - place * 0.5) for place, number in enumerate(drawn.EAGER)}
        wide(sheet, at, hands=up if scene == "hands" else None)
        figures.teacher(sheet, **apa, is_talking=scene == "asks" and voice and is_open(at))
        if scene != "class":
            sheet.bubble(196, 52, ["বুড়ি বাঘকে", "কী বলেছিল?"], (92, 122), 20)
    elif scene == "salma":
        near(sheet, at, "flat", 0.25 if t < length * 0.65 else -0.5)
        if t > 1.5:
            lines = ["“এখন খেলে হাড়", "আর চামড়া!”"]
            sheet.bubble(455, 90, lines, (316, 168), 21, is_thought=True)
    elif scene in ("new", "wait", "one", "two", "three"):
        board(sheet)
        talks = scene == "new" and voice and t > 2.2
        raised = {"one": 1, "two": 2, "three": 3}.get(scene, 0)
        figures.teacher(sheet, 128, 150, 74, look=0.4, is_talking=talks and is_open(at))
        sheet.box(0, 330, drawn.WIDTH, drawn.HEIGHT, "#B98A5A")
        if scene == "new" and t > 2.0:
            sheet.bubble(446, 162, ["তুমি হলে", "বাঘকে কী বলতে?"], (184, 172), 25)
        if scene != "new":
            counting(sheet, raised)
    elif scene == "turn":
        wide(sheet, at, paired=ease((t - length * 0.35) * 1.4))
        figures.teacher(sheet, **apa, is_talking=voice and is_open(at), hand=0)
        sheet.bubble(200, 52, ["পাশের জনের", "দিকে ফেরো।"], (92, 122), 20)
    elif scene == "pairs":
        wide(sheet, at, paired=1, talking=True)
        chats(sheet, at, t / 2.2)
        figures.teacher(sheet, **apa)
    elif scene == "partner":
        two(sheet, at, salma_speaks=t > length * 0.5)
    elif scene == "walk":
        where = 3.6 - 2.4 * ease(t / length)

        def walking(row: int) -> None:
            if row == int(where):
                (y, size), (next_y, next_size) = drawn.ROWS[row], drawn.ROWS[min(row + 1, 4)]
                part = where - row
                head = (size + (next_size - size) * part) * 1.12
                first, second = (
                    next(s.x for s in drawn.SEATS if (s.row, s.place) == (row, place))
                    for place in (3, 4)
                )
                figures.teacher(
                    sheet,
                    (first + second) / 2,
                    y + (next_y - y) * part - head * 1.5,
                    head,
                    look=0.8,
                )

        wide(sheet, at, paired=1, talking=True, after_row=walking)
        chats(sheet, at, 1)
    elif scene == "robin":
        three(sheet, at, joined=ease((t - length * 0.36) * 1.3))
    elif scene in ("signal", "quiet"):
        total = t if scene == "signal" else 99
        up = raising(total)
        calm = min(up.values()) > 0.5
        wide(sheet, at, hands=up, paired=1 - ease(total - 4.2), talking=not calm)
        if total < 3.6:
            chats(sheet, at, 1)
        figures.teacher(sheet, **apa, hand=ease((total - 1.4) * 1.6))
        if scene == "quiet":
            part = min(4, int(t / (cue.spoken - cue.start) * 6.2))
            sheet.circle(216, 52, 34, drawn.WHITE, drawn.TEAL)
            sheet.text(216, 53, "৫৪৩২১"[part], 36, drawn.TEAL)
    elif scene == "invite":
        wide(sheet, at)
        figures.teacher(sheet, **apa, is_talking=voice and is_open(at))
        sheet.bubble(206, 52, ["সালমা, তোমার", "সঙ্গী কী বলল?"], (92, 122), 20)
    elif scene == "speaks":
        if t < 1.3:
            wide(sheet, at, standing=(drawn.SALMA,))
            figures.teacher(sheet, **apa)
        else:
            near(sheet, at, "open" if voice and is_open(at) else "smile", 0.3)
            sheet.bubble(462, 84, ["রিনা বলেছে: বাঘ মামা,", "আমার বাড়ি চলো,", "পিঠা খাবে!"], (316, 196), 20)
    elif scene == "laugh":
        wide(sheet, at, smiling=True, standing=(drawn.SALMA,))
        figures.teacher(sheet, **apa)
        seat = drawn.SEATS[drawn.SALMA]
        sheet.pen.arc(
            [(seat.x - 24) * 2, (seat.y - 34) * 2, (seat.x + 24) * 2, (seat.y + 14) * 2],
            0,
            360,
            fill=drawn.AMBER,
            width=6,
        )
    elif scene == "compare":
        compare(sheet, t)
    else:
        near(sheet, at, "smile", 0.3)
        sheet.box(352, 60, 622, 168, drawn.WHITE, 14, drawn.TEAL)
        sheet.text(487, 93, "আপনার ক্লাসে", 27, drawn.TEAL)
        sheet.text(487, 135, "সালমা কে?", 32, drawn.TEAL)


def benches(sheet: drawn.Sheet) -> None:
    """Draw five benches from above: who talks with whom."""

    def group(places: list[tuple[float, float]], colour: str) -> None:
        xs, ys = [x for x, _ in places], [y for _, y in places]
        sheet.box(min(xs) - 24, min(ys) - 24, max(xs) + 24, max(ys) + 24, colour, 24)

    def child(x: float, y: float, is_girl: bool, toward: tuple[float, float]) -> None:
        angle = math.atan2(toward[1] - y, toward[0] - x)
        across = abs(math.cos(angle)) > 0.5
        shirt = "#7FB2D9" if is_girl else drawn.WHITE
        sheet.oval(x, y, 13 if across else 23, 23 if across else 13, drawn.QUIET)
        sheet.oval(x, y, 12 if across else 22, 22 if across else 12, shirt)
        sheet.circle(x, y, 13, "#231C1A")
        nose = (x + math.cos(angle) * 13, y + math.sin(angle) * 13)
        sheet.circle(*nose, 5, drawn.SKINS[1])
        if is_girl:
            for turn in (2.2, -2.2):
                sheet.circle(
                    x + math.cos(angle + turn) * 15, y + math.sin(angle + turn) * 15, 5, "#B9423A"
                )

    green, sand, rose = "#BFDDC8", "#F2DDA8", "#E3D3F0"
    rows = [
        ([(66, 60, True), (126, 60, True), (196, 60, True), (256, 60, True)], [2, 2]),
        (
            [
                (356, 60, False),
                (412, 60, False),
                (476, 60, False),
                (532, 60, False),
                (588, 60, False),
            ],
            [2, 3],
        ),
        ([(66, 172, False), (126, 172, False), (196, 172, False), (256, 172, False)], [2, 2]),
        ([(66, 286, True), (126, 286, True), (196, 286, True), (256, 286, True)], [2, 2]),
    ]
    shades = iter([green, sand, sand, rose, sand, green, green, sand])
    for children, sizes in rows:
        first = 0
        y = children[0][1]
        sheet.box(children[0][0] - 34, y + 22, children[-1][0] + 34, y + 44, "#B98A5A", 4)
        for size in sizes:
            members = children[first : first + size]
            group([(x, at) for x, at, _ in members], next(shades))
            for number, (x, at, girl) in enumerate(members):
                other = members[1 if number == 0 else number - 1 if number == size - 1 else 0]
                child(x, at, girl, (other[0], other[1]))
            first += size
    # one child alone in front turns round to the pair behind
    sheet.box(424, 140, 548, 318, rose, 40)
    sheet.box(412, 196, 560, 214, "#B98A5A", 4)
    sheet.box(412, 308, 560, 330, "#B98A5A", 4)
    child(486, 172, False, (486, 286))
    child(456, 286, False, (486, 172))
    child(516, 286, False, (486, 172))
