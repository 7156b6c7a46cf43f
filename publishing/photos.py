"""Photos that people send: what counts as one, and how it is made small behind walls.

A decoder is the oldest way into a server, so none runs in a process that holds anything: the photo
is decoded and drawn anew in a run of its own (`shrink_photo`, `confine`), and what comes back is
looked at as something hostile. Who may send one, and how many, is `sharing.pictures`'s.
"""

import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing import confine, shrink_photo
from store.errors import Invalid, Unavailable

MOST_BYTES = 12 << 20
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MADE = "image/webp"
"""What every photo is made into."""
LIMITS = confine.Limits(
    cpu_seconds=10, wall_seconds=20, memory_bytes=768 << 20, output_bytes=4 << 20, processes=4
)
TOO_MUCH = ("cpu", "memory")
"""The limits that a photo meets by itself; others are met on a machine that is busy or full."""
FOLDER = "photo"
"""What folders of photos on their way are called."""
SHAPELESS = (ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError)
"""How an answer fails that is not what `shrink_photo` would say."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Photo:
    """A photo as it is kept: its longest side at most 1,280, and a small one of at most 6 KB."""

    whole: bytes
    small: bytes
    width: int
    height: int


def shrink(source: Path, media_type: str, hidden: Sequence[Path] = ()) -> Photo:
    """Make a photo small; raise Invalid("picture-unreadable", "picture-too-large"), or
    Unavailable("picture-not-made") where the run came to no end of its own.

    Its type as it was sent, its first bytes and the decoder must agree. It lies alone in a folder
    of its own, which is all that the run sees of `hidden` ones.
    """
    kind = KINDS.get(media_type)
    with source.open("rb") as file:
        begins = file.read(12)
    if kind is None or kind != _kind_of(begins):
        raise _unreadable()
    folder = source.resolve().parent
    finished = confine.run(
        [sys.executable, "-I", str(shrink_photo.__file__), source.name, kind],
        folder=folder,
        limits=LIMITS,
        hidden=hidden,
    )
    if not finished.isolated:
        log.warning("a photo was decoded without walls: the system gave none")
    if finished.reason in TOO_MUCH:
        raise _too_large()
    if finished.reason or finished.code:
        log.warning("a photo ended its run: %s", finished.reason or finished.code)
        raise Unavailable("picture-not-made", "The picture could not be prepared just now.")
    try:
        answer = json.loads(finished.stdout.splitlines()[-1])
        is_too_large = answer.get("refused") == "too-large"
        photo = None if is_too_large else _made(folder, answer["width"], answer["height"])
    except SHAPELESS as error:
        raise _unreadable() from error
    if photo is None:
        raise _too_large()
    return photo


def _kind_of(begins: bytes) -> str | None:
    if begins.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if begins.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if _is_webp(begins) else None


def _is_webp(begins: bytes) -> bool:
    return begins[:4] == b"RIFF" and begins[8:12] == b"WEBP"


def _made(folder: Path, width: Any, height: Any) -> Photo:
    """What the run wrote, if it is what it should be; ValueError otherwise."""
    whole, small = (_read(folder / name) for name in ("whole.webp", "small.webp"))
    for side in (width, height):
        if not isinstance(side, int) or not 0 < side <= shrink_photo.SIDE:
            raise ValueError("no size of a photo")
    return Photo(whole, small, width, height)


def _read(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LIMITS.output_bytes:
        raise ValueError("not what was to be written")
    content = path.read_bytes()
    if not _is_webp(content[:12]):
        raise ValueError("not what was to be written")
    return content


def _too_large() -> Invalid:
    return Invalid("picture-too-large", "This picture is too large. Choose a smaller one.")


def _unreadable() -> Invalid:
    return Invalid(
        "picture-unreadable",
        "This file cannot be read as a picture. Choose a photo: JPG, PNG or WebP.",
    )
