"""Looks into a film and makes its sizes: the confined half of `films`. Imports nothing of ours.

Called inside `confine.run`, its folder the one it may write to, as
`python encode_film.py look SOURCE` or `python encode_film.py encode SOURCE JSON`, JSON being
`{"sizes": [[name, width, height], ...], "rate": 25, "seconds": 12.5}` of the film as it stands.

`look` prints `{"seconds", "width", "height", "rate", "has_sound", "poster", "poster_size"}` (the
poster is a webp in base64),
`encode` a line `at N` (percent) now and then and writes NAME.mp4 for every size and sound.m4a.
Both print `{"refused": code, ...facts}` for what is no film. The demuxer is the one that the
file's name asks for: a playlist posing as mp4 must not be followed.
"""

import base64
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from av.filter import Graph

DEMUXERS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".3gp": "3gp",
    ".webm": "webm",
    ".mkv": "matroska",
}
MOST_PIXELS = 4096 * 2304
LEAST_SIDE = 16
MOST_SECONDS = 30 * 60
POSTER_BYTES, POSTER_SIDE = 8_000, 480
HEARD_RATE = 24_000
WHOLE = 0.9  # of its length a film must really have; phones count a little wrong
QUARTER_TURNS = {90: ["cclock"], -90: ["clock"], 180: ["clock"] * 2, -180: ["clock"] * 2}
# What a size may cost, by its short side at most: quality (crf), bits/s of picture and of sound.
COSTS = ((160, 30, 90_000, 32_000), (280, 29, 180_000, 40_000), (10_000, 27, 600_000, 56_000))
SOUND_BITS = 40_000


class Refused(Exception):
    """A file that is no film for us; `code` names the reason."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.answer = {"refused": code, **facts}


# ------------------------------------------------- looking


def look(source: Path) -> dict[str, Any]:
    """Say what a film is, and take a still of it."""
    with source.open("rb") as stream, _open(stream, source) as film:
        if not film.streams.video:
            raise Refused("only-sound" if film.streams.audio else "no-film")
        picture = film.streams.video[0]
        _check_size(picture.codec_context.width, picture.codec_context.height)
        seconds = film.duration / av.time_base if film.duration else 0.0
        if seconds <= 0:
            raise Refused("no-length")
        if seconds > MOST_SECONDS:
            raise Refused("too-long", minutes=round(seconds / 60))
        film.seek(int(seconds * 0.1 * av.time_base))
        still = next(_frames(film, picture), None)
        if still is None:
            raise Refused("cut-short")
        _check_size(still.width, still.height)
        rotation = _rotation(still)
        width, height = (
            (still.height, still.width) if rotation in (90, -90) else (still.width, still.height)
        )
        poster, poster_size = _poster(still.to_image(), rotation)
        return {
            "seconds": seconds,
            "width": width,
            "height": height,
            "rate": min(25, max(5, round(picture.average_rate or 25))),
            "has_sound": bool(film.streams.audio),
            "poster": base64.b64encode(poster).decode(),
            "poster_size": poster_size,
        }


def _open(stream: Any, source: Path) -> Any:
    if source.stat().st_size == 0:
        raise Refused("empty")
    try:
        return av.open(stream, format=DEMUXERS[source.suffix.lower()])
    except (av.error.FFmpegError, ValueError) as error:
        stream.seek(0)
        begins_well = stream.read(12)[4:8] == b"ftyp"  # then its index, at the end, is missing
        is_mp4 = source.suffix.lower() in (".mp4", ".m4v", ".mov", ".3gp")
        raise Refused("cut-short" if begins_well and is_mp4 else "no-film") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused("too-large", width=width, height=height)
    if min(width, height) < LEAST_SIDE:
        raise Refused("too-small", width=width, height=height)


def _frames(film: Any, *streams: Any) -> Iterator[Any]:
    """Decode what can be decoded: a phone's film may have a hole."""
    for packet in film.demux(*streams):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _rotation(frame: Any) -> int:
    return int(round(frame.rotation / 90) * 90)


def _poster(image: Any, rotation: int) -> tuple[bytes, tuple[int, int]]:
    upright = image.convert("RGB").rotate(rotation, expand=True)
    upright.thumbnail((POSTER_SIDE, POSTER_SIDE))
    while True:
        for quality in (70, 50, 35, 20):
            aside = io.BytesIO()
            upright.save(aside, "WEBP", quality=quality)
            if aside.tell() <= POSTER_BYTES:
                return aside.getvalue(), upright.size
        upright.thumbnail((upright.width * 3 // 4, upright.height * 3 // 4))


# ------------------------------------------------- encoding


class Size:
    """An mp4 in the making: one size of the film, or its sound alone."""

    def __init__(self, name: str, rate: int, has_sound: bool, frame: tuple[int, int] | None):
        kind = "mp4" if frame else "ipod"
        path = f"{name}.mp4" if frame else f"{name}.m4a"
        self.out = av.open(path, "w", format=kind, options={"movflags": "+faststart"})
        self.frame = frame
        self.picture: Any = None
        sound_bits = SOUND_BITS
        if frame:
            quality, bits, sound_bits = next(cost for most, *cost in COSTS if min(frame) <= most)
            options = {
                "preset": "veryfast",
                "profile": "main",
                "crf": str(quality),
                "maxrate": str(bits),
                "bufsize": str(bits * 4),
                "g": str(2 * rate),
            }
            self.picture = self.out.add_stream("libx264", rate=rate, options=options)
            self.picture.width, self.picture.height = frame
            self.picture.pix_fmt = "yuv420p"
            self.picture.codec_context.thread_count = 2
        self.sound: Any = None
        if has_sound:
            self.sound = self.out.add_stream("aac", rate=HEARD_RATE, layout="mono")
            self.sound.bit_rate = sound_bits

    def show(self, frame: Any) -> Any:
        """Add a picture; return it in this size."""
        if self.frame is None:
            return frame
        width, height = self.frame
        small = frame.reformat(width, height, "yuv420p", interpolation="AREA")
        small.pict_type = 0  # or the encoder would copy what kind of picture it was
        self.out.mux(self.picture.encode(small))
        return small

    def hear(self, frame: Any) -> None:
        if self.sound:
            self.out.mux(self.sound.encode(frame))

    def close(self) -> None:
        for stream in (self.picture, self.sound):
            if stream:
                self.out.mux(stream.encode())
        self.out.close()


def encode(source: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Decode once, largest size first, each smaller one from it."""
    rate, seconds = int(order["rate"]), float(order["seconds"])
    with source.open("rb") as stream, _open(stream, source) as film:
        picture = film.streams.video[0]
        picture.thread_type, picture.codec_context.thread_count = "AUTO", 2
        heard = film.streams.audio[:1]
        frames = sorted(order["sizes"], key=lambda size: -size[1])
        sizes = [Size(name, rate, bool(heard), (w, h)) for name, w, h in frames]
        sizes += [Size("sound", rate, True, None)] if heard else []
        shown, said = 0, -1
        graphs: dict[str, Graph] = {}

        def pass_on(kind: str) -> None:
            nonlocal shown
            while (frame := _pull(graphs[kind])) is not None:
                if kind == "audio":
                    for size in sizes:
                        size.hear(frame)
                else:
                    shown += 1
                    for size in sizes:
                        frame = size.show(frame)

        first: Any = None
        for frame in _frames(film, picture, *heard):
            if isinstance(frame, av.VideoFrame):
                kind = "video"
                if first is None:
                    first = frame
                    graphs[kind] = _even_pictures(picture, frame, rate, sizes[0].frame)
                elif (frame.width, frame.height) != (first.width, first.height):
                    _check_size(frame.width, frame.height)
                    frame = frame.reformat(first.width, first.height, first.format.name)
            else:
                kind = "audio"
                if kind not in graphs:
                    graphs[kind] = _even_sound(frame)
            graphs[kind].push(frame)
            pass_on(kind)
            percent = min(99, int(100 * shown / rate / seconds))
            if percent > said:
                said = percent
                print(f"at {percent}", flush=True)
        for kind, graph in graphs.items():
            graph.push(None)
            pass_on(kind)
        for size in sizes:
            size.close()
    if shown < WHOLE * seconds * rate:
        raise Refused("cut-short")
    return {"seconds": shown / rate}


def _pull(graph: Graph) -> Any:
    try:
        return graph.pull()
    except (av.error.BlockingIOError, av.error.EOFError):
        return None


def _even_pictures(stream: Any, first: Any, rate: int, size: tuple[int, int] | None) -> Graph:
    """From pictures at any moment to upright ones at even moments, in the largest size."""
    graph = Graph()
    turns = QUARTER_TURNS.get(_rotation(first), [])
    width, height = size or (first.width, first.height)
    if len(turns) == 1:
        width, height = height, width
    steps = [
        graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=stream.time_base
        ),
        graph.add("fps", f"fps={rate}:start_time=0"),
        graph.add("scale", f"{width}:{height}:flags=area"),
        *(graph.add("transpose", turn) for turn in turns),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*steps).configure()
    return graph


def _even_sound(first: Any) -> Graph:
    """From sound of any kind to one even voice; where there is none, silence."""
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(
            sample_rate=first.sample_rate,
            format=first.format.name,
            layout=first.layout.name,
            time_base=first.time_base,
        ),
        graph.add("aresample", f"{HEARD_RATE}:async=1:first_pts=0"),
        graph.add("aformat", "sample_fmts=fltp:channel_layouts=mono"),
        graph.add("abuffersink"),
    ).configure()
    return graph


def main() -> dict[str, Any]:
    task, source = sys.argv[1], Path(sys.argv[2])
    try:
        return look(source) if task == "look" else encode(source, json.loads(sys.argv[3]))
    except Refused as refused:
        return refused.answer
    except av.error.FFmpegError as error:
        return Refused("no-film", said=str(error)).answer


if __name__ == "__main__":
    answer = main()
    print(json.dumps(answer), flush=True)
