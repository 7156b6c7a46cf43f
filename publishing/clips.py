"""Clips: a film's properties on a page, its captions and transcript. Films are `films`'s."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from publishing.films import Film, FilmFile, Films
from publishing.media import PORTAL, Media, MediaFile, MediaProblem
from publishing.texts import LANGUAGES, in_language


@dataclass(frozen=True)
class Cue:
    """A line of captions; seconds from the start."""

    start: float
    end: float
    text: str


def clip_properties(
    props: dict[str, Any], language: str, media: Media, films: Films, film: Film
) -> dict[str, Any]:
    """Return the properties of `Clip` on a page, from those that a trainer wrote."""
    captions = captions_of(props, media, film)
    own = captions.get(language) or next(iter(captions.values()), None)
    for file in films.media(film):
        media.keep(file)
    still = media.picture(props["poster"]) if props.get("poster") else films.poster(film)
    return {
        "clip": film.source,
        "src": _address(film.usual),
        "size_bytes": film.usual.size_bytes,
        "seconds": round(film.seconds, 2),
        "width": film.usual.width,
        "height": film.usual.height,
        "sizes": [_described(size) for size in film.sizes],
        "sound": _described(film.sound) if film.sound else None,
        "title": in_language(props["title"], language),
        "poster": media.keep(still).address,
        "captions": [{"lang": lang, "src": file.address} for lang, (file, _) in captions.items()],
        "transcript": [
            {"start": cue.start, "end": cue.end, "text": cue.text}
            for cue in (own[1] if own else [])
        ],
        "context": {
            name: in_language(text, language) for name, text in props.get("context", {}).items()
        },
    }


def _address(file: FilmFile) -> str:
    return f"{PORTAL}media/{file.file}"


def _described(file: FilmFile) -> dict[str, Any]:
    return {"name": file.name, "src": _address(file), "size_bytes": file.size_bytes}


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
