"""Makes a photo small and upright, without what a camera wrote into it: the confined half of
`photos`. Imports nothing of ours.

Called inside `confine.run`, its folder the one it may write to, as
`python shrink_photo.py SOURCE FORMAT`, FORMAT being one of Pillow's. Writes whole.webp and
small.webp and prints `{"width", "height"}` of the whole; for what is no photo it prints
`{"refused": code}`.
"""

import json
import os
import sys
from pathlib import Path

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
SIDE, QUALITY = 1280, 80
SMALL_SIDE, SMALL_BYTES = 240, 6_000


class Refused(Exception):
    """A file that is no photo for us; its word is the reason."""


def shrink(source: Path, kind: str) -> tuple[int, int]:
    """Write the photo whole and small; return the size of the whole."""
    try:
        upright = _upright(source, kind)
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError as error:  # so far above ours that it is not even opened
        raise Refused("too-large") from error
    except Exception as error:  # an edge: a decoder may fail in any way
        if isinstance(error, OSError) and error.errno:
            raise  # the system's trouble, not the photo's
        raise Refused("unreadable") from error
    upright.thumbnail((SIDE, SIDE))
    upright.save("whole.webp", "WEBP", quality=QUALITY)
    size = upright.size
    upright.thumbnail((SMALL_SIDE, SMALL_SIDE))
    for quality in (60, 45, 30, 15, 0):
        upright.save("small.webp", "WEBP", quality=quality)
        if Path("small.webp").stat().st_size <= SMALL_BYTES:
            break
    return size


def _upright(source: Path, kind: str) -> Image.Image:
    """The photo as one holds it, on white paper of its own: nothing but colours comes along."""
    with Image.open(source, formats=[kind]) as photo:
        if photo.width * photo.height > MOST_PIXELS:
            raise Refused("too-large")
        photo.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than it will be needed
        drawn = ImageOps.exif_transpose(photo).convert("RGBA")
    drawn.thumbnail((SIDE, SIDE))
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def main() -> None:
    """Do what the command line asks, and say what came of it; whoever saves words goes first."""
    os.nice(10)
    try:
        width, height = shrink(Path(sys.argv[1]), sys.argv[2])
        print(json.dumps({"width": width, "height": height}))
    except Refused as refused:
        print(json.dumps({"refused": str(refused)}))


if __name__ == "__main__":
    main()
