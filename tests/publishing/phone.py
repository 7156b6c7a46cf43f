"""Records films as a phone does: upright ones stored on their side, frames at uneven moments."""

import array
import math
import struct
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw

MILLISECONDS = Fraction(1, 1000)
SOUND_RATE = 44_100
UNEVEN = (33, 33, 34, 50, 29, 41)


def record(
    path: Path,
    seconds: float,
    size: tuple[int, int] = (1920, 1080),
    *,
    turned: bool = False,
    sound: bool = True,
    codec: str = "libx264",
) -> Path:
    """Write a film of few different pictures, red at its left edge as it is stored.

    `turned` is what a phone held upright writes: to be turned a quarter clockwise when shown.
    """
    fast = {"preset": "ultrafast", "crf": "32"} if codec == "libx264" else {}
    with av.open(str(path), "w") as out:
        picture = out.add_stream(codec, rate=30, options=fast)
        picture.width, picture.height = size
        picture.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        picture.codec_context.time_base = MILLISECONDS
        voice = out.add_stream("aac", rate=SOUND_RATE, layout="stereo") if sound else None
        frames = [_frame(size, number, picture.pix_fmt) for number in range(4)]
        at = number = 0
        while at < seconds * 1000:
            frame = frames[number // 20 % len(frames)]
            frame.pts, frame.time_base, frame.pict_type = at, MILLISECONDS, 0
            out.mux(picture.encode(frame))
            at += UNEVEN[number % len(UNEVEN)] if number % 200 < 150 else 66  # it grew dark
            number += 1
        out.mux(picture.encode())
        if voice:
            for second in range(math.ceil(seconds)):
                out.mux(voice.encode(_tone(second)))
            out.mux(voice.encode())
    if turned:
        _turn(path, size)
    return path


def _frame(size: tuple[int, int], number: int, kind: str) -> av.VideoFrame:
    width, height = size
    image = Image.effect_noise((width // 8, height // 8), 40 + 10 * number).resize(size)
    image = image.convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height), fill=(220, 30, 30))
    return av.VideoFrame.from_image(image).reformat(format=kind)


def _tone(second: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=SOUND_RATE)
    turn = 2 * math.pi * 440 / SOUND_RATE
    wave = array.array("h", [int(8000 * math.sin(turn * at)) for at in range(SOUND_RATE)])
    frame.planes[0].update(wave.tobytes())
    frame.sample_rate, frame.pts, frame.time_base = (
        SOUND_RATE,
        second * SOUND_RATE,
        Fraction(1, SOUND_RATE),
    )
    return frame


def _turn(path: Path, size: tuple[int, int]) -> None:
    """Write the matrix for a quarter clockwise into the picture's track header."""
    film = bytearray(path.read_bytes())
    matrix = film.find(b"tkhd") + 44
    one = 1 << 16
    film[matrix : matrix + 36] = struct.pack(
        ">9i", 0, one, 0, -one, 0, 0, size[1] * one, 0, 1 << 30
    )
    path.write_bytes(film)


def give_size(path: Path, size: tuple[int, int]) -> Path:
    """Let a motion-JPEG film claim another size of its pictures, everywhere it says so."""
    film = bytearray(path.read_bytes())
    width, height = (struct.pack(">H", side) for side in size)
    at = film.find(b"\xff\xc0")
    while at >= 0:
        film[at + 5 : at + 9] = height + width
        at = film.find(b"\xff\xc0", at + 1)
    for name in (b"mp4v", b"jpeg"):
        entry = film.find(name)
        if entry >= 0:
            film[entry + 28 : entry + 32] = width + height
    path.write_bytes(film)
    return path
