"""Clips: what a film is (PyAV), a still for before it plays, its captions and transcript.

A film may be hostile, so it is opened in a confined process (`main`), with the demuxer that its
name asks for: a playlist posing as mp4 must not be followed.
"""

import base64
import io
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from publishing import confine
from publishing.media import Media, MediaFile, MediaProblem, picture_file
from publishing.texts import LANGUAGES, Text, in_language

DEMUXERS = {".mp4": "mp4", ".webm": "webm"}
POSTER_BYTES, POSTER_WIDTH = 8_000, 480
LIMITS = confine.Limits(cpu_seconds=30, wall_seconds=60, memory_bytes=1 << 30)


@dataclass(frozen=True)
class Cue:
    """A line of captions; seconds from the start."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Film:
    """What a clip's file is; `poster` a picture of it (webp)."""

    seconds: float
    width: int
    height: int
    poster: bytes


def probe(path: Path, work: Path) -> Film:
    """Open a film; `MediaProblem` if it is none."""
    with tempfile.TemporaryDirectory(prefix="clip-", dir=work) as folder:
        finished = confine.run(
            [sys.executable, "-I", "-m", "publishing.clips", str(path)],
            folder=Path(folder),
            limits=LIMITS,
            readable=[path.parent],
        )
    try:
        answer = json.loads(finished.stdout)
        return Film(
            float(answer["seconds"]),
            int(answer["width"]),
            int(answer["height"]),
            base64.b64decode(answer["poster"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        lines = finished.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = finished.reason or (lines[-1] if lines else "no video")
        raise MediaProblem("media-broken", path=path.name, reason=reason[:120]) from error


def clip_properties(
    props: dict[str, Any], language: str, media: Media, film: Film
) -> dict[str, Any]:
    """Return the properties of `Clip` on a page, from those that a trainer wrote."""
    source = media.file(props["src"])
    captions = captions_of(props, media, film)
    own = captions.get(language) or next(iter(captions.values()), None)
    return {
        "clip": source.sha,
        "src": source.address,
        "size_bytes": source.size_bytes,
        "seconds": round(film.seconds, 2),
        "width": film.width,
        "height": film.height,
        "title": in_language(props["title"], language),
        "poster": _poster(props, media, film).address,
        "captions": [{"lang": lang, "src": file.address} for lang, (file, _) in captions.items()],
        "transcript": [
            {"start": cue.start, "end": cue.end, "text": cue.text}
            for cue in (own[1] if own else [])
        ],
        "context": {
            name: in_language(text, language) for name, text in props.get("context", {}).items()
        },
    }


def captions_of(
    props: dict[str, Any], media: Media, film: Film
) -> dict[str, tuple[MediaFile, list[Cue]]]:
    """Return file and lines of the captions, per language."""
    found = {}
    for language in LANGUAGES:
        name = props.get("captions", {}).get(language)
        if not name:
            continue
        file = media.file(name)
        try:
            cues = parse_captions(file.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError) as error:
            raise MediaProblem("captions-bad", path=name, reason=str(error)) from error
        if cues[-1].end > film.seconds + 1:
            reason = f"{cues[-1].end:.0f} s > {film.seconds:.0f} s"
            raise MediaProblem("captions-bad", path=name, reason=reason)
        found[language] = (file, cues)
    return found


def title_of(props: dict[str, Any]) -> Text:
    title: Text = props["title"]
    return title


def parse_captions(text: str) -> list[Cue]:
    """Read WebVTT; ValueError names the line that is wrong."""
    blocks = re.split(r"\n{2,}", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    if not re.match(r"WEBVTT([ \t\n]|$)", blocks[0]):
        raise ValueError("no WEBVTT")
    cues: list[Cue] = []
    for block in blocks[1:]:
        lines = block.split("\n")
        if re.match(r"(NOTE|STYLE|REGION)\b", lines[0]):
            continue
        if "-->" not in lines[0]:
            lines = lines[1:]
        if not lines or "-->" not in lines[0]:
            raise ValueError(block.split("\n")[0][:60])
        start, _, rest = lines[0].partition("-->")
        begin, end = _seconds(start), _seconds(rest.split()[0] if rest.split() else "")
        words = unescape(re.sub(r"<[^>]*>", "", " ".join(lines[1:]))).strip()
        if end <= begin or (cues and begin < cues[-1].start):
            raise ValueError(lines[0][:60])
        if words:
            cues.append(Cue(begin, end, words))
    if not cues:
        raise ValueError("no line of text")
    return cues


def _seconds(time: str) -> float:
    match = re.fullmatch(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})", time.strip())
    if not match:
        raise ValueError(time.strip()[:60] or "no time")
    hours, minutes, seconds, thousandths = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _poster(props: dict[str, Any], media: Media, film: Film) -> MediaFile:
    if props.get("poster"):
        return media.picture(props["poster"])
    height = POSTER_WIDTH * film.height // max(film.width, 1)
    return media.keep(picture_file(film.poster, "WEBP", POSTER_WIDTH, height))


# ------------------------------------------------- in the confined process


def main(path: Path) -> dict[str, Any]:
    """Return seconds, width, height and a poster (base64) of a film."""
    import av

    demuxer = DEMUXERS.get(path.suffix.lower())
    if demuxer is None:
        sys.exit(f"no video: {path.suffix}")
    with path.open("rb") as stream, av.open(stream, format=demuxer) as film:
        if not film.streams.video:
            sys.exit("no video: no pictures in it")
        picture = film.streams.video[0]
        seconds = film.duration / 1_000_000 if film.duration else 0.0
        if seconds <= 0:
            sys.exit("no video: no length")
        film.seek(int(seconds * 0.1 * 1_000_000))
        frame = next(film.decode(picture), None)
        if frame is None:
            sys.exit("no video: nothing to see")
        return {
            "seconds": seconds,
            "width": frame.width,
            "height": frame.height,
            "poster": base64.b64encode(_still(frame.to_image())).decode(),
        }


def _still(image: Any) -> bytes:
    small = image.convert("RGB").resize(
        (POSTER_WIDTH, max(1, POSTER_WIDTH * image.height // image.width))
    )
    for quality in (70, 50, 35, 20, 10, 1):
        aside = io.BytesIO()
        small.save(aside, "WEBP", quality=quality)
        if aside.tell() <= POSTER_BYTES:
            break
    return aside.getvalue()


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1])), sys.stdout)
