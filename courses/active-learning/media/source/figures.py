"""The people of a class: pupils, and the teachers in front of them."""

from dataclasses import dataclass

from drawn_class import AMBER, HAIR, NAVY, PALM, RED, SKY, TEAL, VIOLET, WHITE, Seat, Sheet


def pupil(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    *,
    is_girl: bool,
    skin: str,
    look: float = 0,
    mouth: str = "flat",
    blink: bool = False,
) -> None:
    """Draw head and shoulders. `look` -1..1 turns the face."""
    shirt = SKY if is_girl else WHITE
    trim = WHITE if is_girl else NAVY
    sheet.box(x - size * 0.6, y + size * 0.48, x + size * 0.6, y + size * 1.9, shirt, size * 0.3)
    sheet.shape(
        [
            (x - size * 0.22, y + size * 0.48),
            (x + size * 0.22, y + size * 0.48),
            (x, y + size * 0.85),
        ],
        trim,
    )
    if is_girl:
        for side in (-1, 1):
            sheet.line(
                [
                    (x + side * size * 0.45, y + size * 0.1),
                    (x + side * size * 0.52, y + size * 0.78),
                ],
                HAIR,
                size * 0.2,
            )
            sheet.circle(x + side * size * 0.52, y + size * 0.72, size * 0.1, RED)
    sheet.box(x - size * 0.14, y + size * 0.3, x + size * 0.14, y + size * 0.62, skin, size * 0.1)
    sheet.circle(x, y - size * 0.04, size * 0.54, HAIR)
    shift = look * size * 0.13
    sheet.oval(x + shift * 0.6, y + size * 0.07, size * 0.44, size * 0.44, skin)
    if is_girl:
        for side in (-1, 1):
            sheet.oval(
                x + side * size * 0.23 + shift * 0.7, y - size * 0.3, size * 0.25, size * 0.15, HAIR
            )
    else:
        sheet.oval(x + shift * 0.6, y - size * 0.32, size * 0.42, size * 0.2, HAIR)
    for side in (-1, 1):
        eye_x, eye_y = x + side * size * 0.17 + shift, y + size * 0.04
        if size > 60:
            sheet.arc(eye_x, eye_y - size * 0.005, size * 0.14, 225, 315, HAIR, size * 0.022)
        if blink:
            sheet.line(
                [(eye_x - size * 0.06, eye_y), (eye_x + size * 0.06, eye_y)], HAIR, size * 0.035
            )
        elif size > 60:
            sheet.oval(eye_x, eye_y, size * 0.082, size * 0.06, WHITE)
            sheet.circle(eye_x + shift * 0.22, eye_y, size * 0.055, HAIR)
            sheet.circle(
                eye_x + shift * 0.22 - size * 0.015, eye_y - size * 0.018, size * 0.014, WHITE
            )
            sheet.arc(eye_x, eye_y + size * 0.02, size * 0.088, 205, 335, HAIR, size * 0.022)
        else:
            sheet.circle(eye_x, eye_y, size * 0.065, HAIR)
    mouth_y = y + size * 0.28
    if mouth == "open":
        sheet.oval(x + shift, mouth_y, size * 0.1, size * 0.085, "#5B1F1C")
    elif mouth == "smile":
        sheet.arc(
            x + shift, mouth_y - size * 0.1, size * 0.17, 25, 155, "#5B1F1C", max(1, size * 0.045)
        )
    else:
        sheet.line(
            [(x + shift - size * 0.09, mouth_y), (x + shift + size * 0.09, mouth_y)],
            "#5B1F1C",
            max(0.8, size * 0.035),
        )


def turned(sheet: Sheet, x: float, y: float, size: float, *, is_girl: bool) -> None:
    """Draw a pupil from behind."""
    shirt = SKY if is_girl else WHITE
    sheet.box(x - size * 0.6, y + size * 0.48, x + size * 0.6, y + size * 1.9, shirt, size * 0.3)
    sheet.circle(x, y - size * 0.02, size * 0.54, HAIR)
    sheet.box(x - size * 0.2, y + size * 0.3, x + size * 0.2, y + size * 0.56, HAIR, size * 0.1)
    if is_girl:
        for side in (-1, 1):
            braid = x + side * size * 0.34
            sheet.line([(braid, y + size * 0.2), (braid, y + size * 0.95)], HAIR, size * 0.2)
            sheet.circle(braid, y + size * 0.95, size * 0.11, RED)
    else:
        sheet.line(
            [(x - size * 0.3, y + size * 0.6), (x + size * 0.3, y + size * 0.6)],
            "#E4E6E8",
            size * 0.1,
        )


def arm(sheet: Sheet, seat: Seat, skin: str, hand: float) -> None:
    """Draw a pupil's arm, `hand` 0..1 raised; after the whole row, or neighbours hide it."""
    x, y, size = seat.x, seat.y, seat.size
    top = y + size * (0.9 - 1.95 * hand)
    shoulder, elbow = (
        (x + size * 0.5, y + size * 0.8),
        (x + size * 0.66, (y + size * 0.9 + top) / 2),
    )
    sheet.line([shoulder, elbow, (x + size * 0.64, top)], skin, size * 0.24)
    sheet.line([shoulder, elbow], SKY if seat.is_girl else "#E4E6E8", size * 0.3)
    sheet.circle(x + size * 0.64, top - size * 0.06, size * 0.2, PALM)


@dataclass(frozen=True)
class Sari:
    """The colours of a sari."""

    cloth: str
    blouse: str
    border: str


NASRIN = Sari(TEAL, VIOLET, AMBER)


def arms(
    sheet: Sheet, x: float, y: float, size: float, sleeve: str, skin: str, hand: float
) -> None:
    """Draw a grown-up's arms: both hands folded, or the left one raised by `hand` 0..1."""
    sheet.line(
        [
            (x - size * 0.68, y + size * 1.1),
            (x - size * 0.86, y + size * 2.2),
            (x - size * 0.3, y + size * 2.9),
        ],
        sleeve,
        size * 0.36,
    )
    sheet.circle(x - size * 0.3, y + size * 2.9, size * 0.17, skin)
    if hand > 0:
        elbow = (x + size * 1.2, y + size * (1.7 - 0.9 * hand))
        palm = (x + size * 1.1, y + size * (2.5 - 3.6 * hand))
        sheet.line([(x + size * 0.66, y + size * 1.05), elbow], sleeve, size * 0.36)
        sheet.line([elbow, palm], skin, size * 0.26)
        for finger in (-0.2, -0.07, 0.07, 0.2):
            tip = (palm[0] + finger * size, palm[1] - size * 0.4)
            sheet.line([palm, tip], PALM, size * 0.11)
        sheet.circle(palm[0], palm[1] - size * 0.05, size * 0.21, PALM)
    else:
        sheet.line(
            [
                (x + size * 0.68, y + size * 1.1),
                (x + size * 0.86, y + size * 2.2),
                (x + size * 0.3, y + size * 2.9),
            ],
            sleeve,
            size * 0.36,
        )
        sheet.circle(x + size * 0.3, y + size * 2.9, size * 0.17, skin)


def teacher(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    *,
    look: float = 0.6,
    is_talking: bool = False,
    hand: float = 0,
    sari: Sari = NASRIN,
) -> None:
    """Draw a teacher standing in her sari; `y` is her face, `size` her head."""
    skin = "#9A6644"
    foot = y + size * 6.4
    sheet.shape(
        [
            (x - size * 0.75, y + size * 0.9),
            (x + size * 0.75, y + size * 0.9),
            (x + size * 1.1, foot),
            (x - size * 1.1, foot),
        ],
        sari.cloth,
    )
    sheet.shape(
        [
            (x - size * 1.08, foot - size * 0.35),
            (x + size * 1.08, foot - size * 0.35),
            (x + size * 1.1, foot),
            (x - size * 1.1, foot),
        ],
        sari.border,
    )
    sheet.box(
        x - size * 0.82, y + size * 0.62, x + size * 0.82, y + size * 2.7, sari.blouse, size * 0.38
    )
    arms(sheet, x, y, size, sari.blouse, skin, hand)
    sheet.shape(
        [
            (x - size * 0.8, y + size * 0.8),
            (x - size * 0.3, y + size * 0.62),
            (x + size * 0.85, y + size * 3.0),
            (x + size * 0.5, y + size * 3.7),
        ],
        sari.cloth,
    )
    sheet.line(
        [(x - size * 0.3, y + size * 0.64), (x + size * 0.85, y + size * 3.0)],
        sari.border,
        size * 0.12,
    )
    sheet.box(x - size * 0.16, y + size * 0.3, x + size * 0.16, y + size * 0.75, skin, size * 0.1)
    sheet.circle(x - look * size * 0.42, y + size * 0.1, size * 0.3, HAIR)
    grown_face(sheet, x, y, size, skin, look, is_talking)


def sir(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    *,
    look: float = 0.6,
    is_talking: bool = False,
    hand: float = 0,
) -> None:
    """Draw a teacher standing in his panjabi; `y` is his face, `size` his head."""
    skin, cloth, shade = "#8A5A3C", "#5F7D8C", "#4F6B79"
    foot = y + size * 6.4
    for side in (-1, 1):
        left, right = sorted((x + side * size * 0.08, x + side * size * 0.72))
        sheet.box(left, y + size * 3.6, right, foot, "#E9E4D8")
    sheet.box(x - size * 0.82, y + size * 0.62, x + size * 0.82, y + size * 2.4, cloth, size * 0.38)
    sheet.shape(
        [
            (x - size * 0.78, y + size * 1.6),
            (x + size * 0.78, y + size * 1.6),
            (x + size * 0.95, y + size * 4.4),
            (x - size * 0.95, y + size * 4.4),
        ],
        cloth,
    )
    sheet.box(x - size * 0.09, y + size * 0.7, x + size * 0.09, y + size * 1.9, shade, size * 0.08)
    arms(sheet, x, y, size, shade, skin, hand)
    sheet.box(x - size * 0.18, y + size * 0.3, x + size * 0.18, y + size * 0.75, skin, size * 0.1)
    grown_face(sheet, x, y, size, skin, look, is_talking)
    shift = look * size * 0.14
    sheet.line(
        [
            (x + shift - size * 0.17, y + size * 0.25),
            (x + shift, y + size * 0.215),
            (x + shift + size * 0.17, y + size * 0.25),
        ],
        HAIR,
        size * 0.07,
    )


def grown_face(
    sheet: Sheet, x: float, y: float, size: float, skin: str, look: float, is_talking: bool
) -> None:
    """Draw hair and face of a grown-up. `look` -1..1 turns it."""
    sheet.circle(x, y - size * 0.05, size * 0.55, HAIR)
    shift = look * size * 0.14
    sheet.oval(x + shift * 0.6, y + size * 0.08, size * 0.43, size * 0.46, skin)
    sheet.oval(x - size * 0.24 + shift, y - size * 0.3, size * 0.27, size * 0.17, HAIR)
    sheet.oval(x + size * 0.24 + shift, y - size * 0.3, size * 0.27, size * 0.17, HAIR)
    for side in (-1, 1):
        sheet.circle(x + side * size * 0.17 + shift, y + size * 0.06, size * 0.06, HAIR)
    if is_talking:
        sheet.oval(x + shift, y + size * 0.32, size * 0.1, size * 0.08, "#5B1F1C")
    else:
        sheet.arc(x + shift, y + size * 0.2, size * 0.16, 30, 150, "#5B1F1C", max(1, size * 0.045))
