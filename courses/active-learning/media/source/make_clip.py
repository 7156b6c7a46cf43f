#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["av>=17,<19", "numpy>=2,<3", "pillow>=11,<13", "pyyaml>=6,<7"]
# ///
"""Make the stand-in clip of the pair talk module: a drawn class with a machine's voice.

Decides what is said and shown, and when; `drawn_class.py` decides how it looks. Writes beside
`--out`: pair-talk.mp4 (H.264 and AAC, a key frame every 2 s, made for seeking), pair-talk.bn.vtt
and pair-talk.en.vtt timed to the voice, pair-talk.webp (the poster) and benches.png. The same
fonts, espeak-ng and libraries give the same bytes.

Needs espeak-ng and Noto Sans Bengali (Debian: apt install espeak-ng fonts-noto-core).
"""

import argparse
import io
import math
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import yaml
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import drawn_class as drawn

FPS = 10
RATE = 22050
STORY_FILE = Path(__file__).parent / "story.yml"
FONTS = Path("/usr/share/fonts/truetype/noto")


@dataclass(frozen=True)
class Line:
    """A sentence of the narration: the scene it is spoken over, the words, the silence after it."""

    scene: str
    bn: str
    en: str
    rest: float


STORY = [Line(**line) for line in yaml.safe_load(STORY_FILE.read_text("utf-8"))]


@dataclass(frozen=True)
class Cue:
    """A line with its time: spoken from `start` to `spoken`, its scene lasts to `end` (seconds)."""

    line: Line
    start: float
    spoken: float
    end: float


def spoken(words: str, pitch: int = 48, speed: int = 146) -> np.ndarray:
    """Return the samples of a Bangla sentence, from -1 to 1."""
    command = ["espeak-ng", "-v", "bn+f2", "-s", str(speed), "-p", str(pitch), "--stdout", words]
    sound = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        frames = file.readframes(file.getnframes())
    samples = np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.float64) / 32768
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples


def narrate() -> tuple[np.ndarray, list[Cue]]:
    """Speak the story; return its sound and when each line is spoken."""
    sound, cues, at = [np.zeros(int(0.6 * RATE))], [], 0.6
    for line in STORY:
        samples = spoken(line.bn)
        # whole frames, so that pictures and sound never drift apart
        length = math.ceil((len(samples) / RATE + line.rest) * FPS) / FPS
        sound += [samples, np.zeros(round(length * RATE) - len(samples))]
        start = 0.0 if not cues else cues[-1].end
        cues.append(Cue(line, start, at + len(samples) / RATE, round(at + length, 3)))
        at += length
    voice = np.concatenate(sound)
    return voice / np.abs(voice).max() * 0.85, cues


def hum(cues: list[Cue], length: int) -> np.ndarray:
    """Return the murmur of a class at pair talk: many voices, far away, until the signal."""
    when = {cue.line.scene: cue for cue in cues}
    start, stop = when["pairs"].start + 0.1, when["quiet"].end - 0.9
    voices = np.zeros(int((stop - start) * RATE))
    for number, line in enumerate(STORY[1:16]):
        samples = spoken(line.bn, pitch=55 + number * 7 % 44, speed=150 + number * 11 % 60)
        offset = (number * 7919) % len(samples)
        voices += np.resize(np.roll(samples, offset), len(voices))
    width = 9
    voices = np.convolve(voices, np.ones(width) / width, "same")
    level = np.full(len(voices), 0.16 / np.abs(voices).max())
    rise, fall = int(1.0 * RATE), int((stop - when["quiet"].start) * RATE)
    level[:rise] *= np.linspace(0, 1, rise)
    level[-fall:] *= np.linspace(1, 0, fall) ** 1.5
    sound = np.zeros(length)
    first = int(start * RATE)
    sound[first : first + len(voices)] = voices * level
    return sound


def ease(value: float) -> float:
    value = min(1.0, max(0.0, value))
    return value * value * (3 - 2 * value)


def is_open(t: float, offset: int = 0) -> bool:
    """Tell whether a talking mouth is open at `t` seconds."""
    return (int(t * 5) + offset) % 2 == 0


def wide(
    sheet: drawn.Sheet,
    t: float,
    *,
    hands: dict[int, float] | None = None,
    paired: float = 0,
    talking: bool = False,
    smiling: bool = False,
    standing: int | None = None,
    after_row: Callable[[int], None] | None = None,
) -> None:
    """Draw the whole class. `paired` 0..1 turns partners to each other."""
    drawn.room(sheet)
    hands = hands or {}
    for row in range(len(drawn.ROWS)):
        for number, seat in enumerate(drawn.SEATS):
            if seat.row != row:
                continue
            look = paired * seat.partner
            speaks = talking and is_open(t, seat.group) == (seat.partner > 0)
            lift = seat.size * 0.75 if number == standing else 0
            drawn.pupil(
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
                drawn.arm(sheet, drawn.SEATS[number], drawn.SKINS[number * 7 % 5], hand)
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


def board(sheet: drawn.Sheet) -> None:
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(250, 34, 612, 232, "#8F6740", 4)
    sheet.box(258, 42, 604, 224, drawn.BOARD, 2)
    sheet.text(431, 76, "কুঁজো বুড়ির গল্প", 25, "#F4F1E4")
    sheet.line([(330, 98), (532, 98)], "#F4F1E4", 1.5)
    sheet.box(0, 300, drawn.WIDTH, drawn.HEIGHT, "#D9CDB8")


def near(sheet: drawn.Sheet, t: float, mouth: str, look: float, thought: bool) -> None:
    """Draw Salma from close by, on her bench at the back."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 210, drawn.WIDTH, drawn.HEIGHT, "#9CB7B0")
    sheet.box(26, 30, 176, 186, "#BFE0EC", 3, "#8F6740")
    sheet.oval(70, 176, 40, 36, "#8FBF8A")
    sheet.oval(140, 180, 34, 26, "#79AE78")
    sheet.box(26, 180, 176, 190, "#8F6740")
    for bar in range(1, 5):
        sheet.line([(26 + bar * 30, 30), (26 + bar * 30, 186)], "#8F6740", 3)
    drawn.pupil(
        sheet,
        250,
        190,
        120,
        is_girl=True,
        skin=drawn.SKINS[1],
        look=look,
        mouth=mouth,
        blink=int(t * FPS) % 31 == 0,
    )
    sheet.box(40, 316, 600, 360, "#B98A5A", 4)
    sheet.box(190, 308, 300, 322, drawn.WHITE, 2, drawn.QUIET)
    if thought:
        sheet.bubble(455, 90, ["“এখন খেলে হাড়", "আর চামড়া!”"], (316, 168), 21, is_thought=True)


def two(sheet: drawn.Sheet, t: float, salma_speaks: bool) -> None:
    """Draw Salma and Rina turned to each other."""
    sheet.box(0, 0, drawn.WIDTH, drawn.HEIGHT, "#F3EBDD")
    sheet.box(0, 220, drawn.WIDTH, drawn.HEIGHT, "#9CB7B0")
    drawn.pupil(
        sheet,
        215,
        200,
        116,
        is_girl=True,
        skin=drawn.SKINS[1],
        look=0.9,
        mouth="open" if salma_speaks and is_open(t) else "smile",
    )
    drawn.pupil(
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
    drawn.teacher(sheet, 572, 92, 50, look=-0.8, is_talking=0.05 < joined < 0.9 and is_open(t))
    talks = is_open(t * 0.5)
    drawn.pupil(
        sheet,
        120,
        206,
        92,
        is_girl=False,
        skin=drawn.SKINS[0],
        look=0.9,
        mouth="open" if talks and is_open(t) else "smile",
    )
    drawn.pupil(
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
    drawn.pupil(
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
        drawn.teacher(sheet, **apa)
        sheet.box(90, 118, 550, 242, drawn.WHITE, 14, drawn.TEAL)
        sheet.text(320, 158, "জোড়ায় কথা বলা", 34, drawn.TEAL)
        sheet.text(320, 206, "আঁকা ছবির ক্লাস, যন্ত্রের কণ্ঠ", 20, drawn.QUIET)
    elif scene in ("class", "asks", "hands"):
        up = {number: ease(t * 2.5 - place * 0.5) for place, number in enumerate(drawn.EAGER)}
        wide(sheet, at, hands=up if scene == "hands" else None)
        drawn.teacher(sheet, **apa, is_talking=scene == "asks" and voice and is_open(at))
        if scene != "class":
            sheet.bubble(196, 52, ["বুড়ি বাঘকে", "কী বলেছিল?"], (92, 122), 20)
    elif scene == "salma":
        near(sheet, at, "flat", 0.25 if t < length * 0.65 else -0.5, thought=t > 1.5)
    elif scene in ("new", "wait", "one", "two", "three"):
        board(sheet)
        talks = scene == "new" and voice and t > 2.2
        raised = {"one": 1, "two": 2, "three": 3}.get(scene, 0)
        drawn.teacher(sheet, 128, 150, 74, look=0.4, is_talking=talks and is_open(at))
        sheet.box(0, 330, drawn.WIDTH, drawn.HEIGHT, "#B98A5A")
        if scene == "new" and t > 2.0:
            sheet.bubble(446, 162, ["তুমি হলে", "বাঘকে কী বলতে?"], (184, 172), 25)
        for number in range(3 if scene != "new" else 0):
            reached = number < raised
            x = 341 + number * 90
            sheet.circle(x, 160, 36, drawn.AMBER if reached else "#3B5D54")
            sheet.text(x, 161, "১২৩"[number], 38, drawn.INK if reached else "#8FA8A0")
    elif scene == "turn":
        wide(sheet, at, paired=ease((t - length * 0.35) * 1.4))
        drawn.teacher(sheet, **apa, is_talking=voice and is_open(at), hand=0)
        sheet.bubble(200, 52, ["পাশের জনের", "দিকে ফেরো।"], (92, 122), 20)
    elif scene == "pairs":
        wide(sheet, at, paired=1, talking=True)
        chats(sheet, at, t / 2.2)
        drawn.teacher(sheet, **apa)
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
                drawn.teacher(
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
        up = {}
        for number, seat in enumerate(drawn.SEATS):
            delay = 3.4 + (4 - seat.row) * 0.55 + (seat.place * 5 % 12) * 0.08
            up[number] = ease((total - delay) * 2.2)
        calm = min(up.values()) > 0.5
        wide(sheet, at, hands=up, paired=1 - ease(total - 4.2), talking=not calm)
        if total < 3.6:
            chats(sheet, at, 1)
        drawn.teacher(sheet, **apa, hand=ease((total - 1.4) * 1.6))
        if scene == "quiet":
            part = min(4, int(t / (cue.spoken - cue.start) * 6.2))
            sheet.circle(216, 52, 34, drawn.WHITE, drawn.TEAL)
            sheet.text(216, 53, "৫৪৩২১"[part], 36, drawn.TEAL)
    elif scene == "invite":
        wide(sheet, at)
        drawn.teacher(sheet, **apa, is_talking=voice and is_open(at))
        sheet.bubble(206, 52, ["সালমা, তোমার", "সঙ্গী কী বলল?"], (92, 122), 20)
    elif scene == "speaks":
        if t < 1.3:
            wide(sheet, at, standing=drawn.SALMA)
            drawn.teacher(sheet, **apa)
        else:
            near(sheet, at, "open" if voice and is_open(at) else "smile", 0.3, thought=False)
            sheet.bubble(462, 84, ["রিনা বলেছে: বাঘ মামা,", "আমার বাড়ি চলো,", "পিঠা খাবে!"], (316, 196), 20)
    elif scene == "laugh":
        wide(sheet, at, smiling=True, standing=drawn.SALMA)
        drawn.teacher(sheet, **apa)
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
        near(sheet, at, "smile", 0.3, thought=False)
        sheet.box(352, 60, 622, 168, drawn.WHITE, 14, drawn.TEAL)
        sheet.text(487, 93, "আপনার ক্লাসে", 27, drawn.TEAL)
        sheet.text(487, 135, "সালমা কে?", 32, drawn.TEAL)


def frames(cues: list[Cue], fonts: tuple[Path, Path]) -> Iterator[Image.Image]:
    """Draw every frame of the clip in order."""
    for number in range(round(cues[-1].end * FPS)):
        at = number / FPS
        cue = next(cue for cue in cues if at < cue.end - 1e-6)
        sheet = drawn.Sheet(fonts)
        picture(sheet, cue, at)
        yield sheet.finished()


def encode(target: Path, pictures: Iterator[Image.Image], sound: np.ndarray) -> None:
    """Write an MP4 whose index comes first, so that a browser can seek at once."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(target), "w", options=options) as container:
        film = container.add_stream("libx264", rate=FPS)
        film.width, film.height, film.pix_fmt = drawn.WIDTH, drawn.HEIGHT, "yuv420p"
        film.codec_context.gop_size = FPS * 2
        film.options = {
            "crf": "31",
            "preset": "veryslow",
            "tune": "animation",
            "profile": "main",
            "threads": "1",
            "sc_threshold": "0",
            "keyint_min": str(FPS * 2),
            "flags": "+bitexact",
        }
        voice = container.add_stream("aac", rate=RATE, layout="mono")
        voice.bit_rate = 36_000
        for number, image in enumerate(pictures):
            frame = av.VideoFrame.from_image(image)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(film.encode(frame))
        container.mux(film.encode())
        samples = (np.clip(sound, -1, 1) * 32767).astype("<i2")
        for start in range(0, len(samples), 1024):
            part = np.ascontiguousarray(samples[start : start + 1024].reshape(1, -1))
            chunk = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            chunk.sample_rate, chunk.pts, chunk.time_base = RATE, start, Fraction(1, RATE)
            container.mux(voice.encode(chunk))
        container.mux(voice.encode())


def clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:06.3f}"


def captions(cues: list[Cue], language: str) -> str:
    """Return WebVTT. A line stays until the next begins, at most a second after its last word."""
    blocks = ["WEBVTT", "NOTE Made by media/source/make_clip.py; the voice is a machine's."]
    for number, cue in enumerate(cues, 1):
        words = cue.line.bn if language == "bn" else cue.line.en
        start = max(cue.start, 0.6) if number == 1 else cue.start
        end = min(cue.end, cue.spoken + 1)
        blocks.append(f"{number}\n{clock(start)} --> {clock(end)}\n{words}")
    return "\n\n".join(blocks) + "\n"


def benches(fonts: tuple[Path, Path]) -> Image.Image:
    """Draw five benches from above: who talks with whom."""
    sheet = drawn.Sheet(fonts, drawn.PAPER)

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
    return sheet.finished()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).parents[1],
        help="folder to write to (default: media/)",
    )
    parser.add_argument(
        "--fonts",
        type=Path,
        default=FONTS,
        help="folder of NotoSansBengali-*.ttf (default: %(default)s)",
    )
    parser.add_argument(
        "--frames", type=Path, help="also write one picture per scene here, to look at"
    )
    parser.add_argument("--only-frames", action="store_true", help="write the pictures and stop")
    options = parser.parse_args()
    fonts = (
        options.fonts / "NotoSansBengali-Regular.ttf",
        options.fonts / "NotoSansBengali-Bold.ttf",
    )
    if shutil.which("espeak-ng") is None or not fonts[0].exists():
        sys.exit("Needs espeak-ng and Noto Sans Bengali: apt install espeak-ng fonts-noto-core")
    voice, cues = narrate()
    if options.frames:
        options.frames.mkdir(parents=True, exist_ok=True)
        for number, cue in enumerate(cues):
            for part in (0.3, 0.9):
                sheet = drawn.Sheet(fonts)
                picture(sheet, cue, cue.start + (cue.end - cue.start) * part)
                sheet.finished().save(options.frames / f"{number:02d}-{cue.line.scene}-{part}.png")
        benches(fonts).save(options.frames / "benches.png")
    if options.only_frames:
        return
    out: Path = options.out
    encode(out / "pair-talk.mp4", frames(cues, fonts), voice + hum(cues, len(voice)))
    for language in ("bn", "en"):
        (out / f"pair-talk.{language}.vtt").write_text(captions(cues, language), "utf-8")
    sheet = drawn.Sheet(fonts)
    pairs = next(cue for cue in cues if cue.line.scene == "pairs")
    picture(sheet, pairs, pairs.end - 0.5)
    sheet.finished().resize((400, 225), Image.Resampling.LANCZOS).save(
        out / "pair-talk.webp", quality=22, method=6
    )
    benches(fonts).quantize(32).save(out / "benches.png", optimize=True)
    print(f"{cues[-1].end:.1f} s, {(out / 'pair-talk.mp4').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
