"""Films: from what a phone recorded to three sizes, sound only, and a still.

Decides which sizes a film gets and in which words one is refused. A film may be hostile, so it is
opened and encoded in a confined process (`encode_film`). What was made of it is kept in the store
under the hash of its source: the same film is never encoded twice, and a half one is never kept.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from publishing import confine, encode_film
from publishing.film_refusals import refusal
from publishing.media import MediaFile, picture_file
from publishing.work_folder import work_folder
from store import clock
from store.artifacts import Artifacts
from store.database import Database
from store.queries import films as queries

RECIPE = 1  # raise it when the same film would give other files
SIDES = (144, 240, 480)  # the short side of a size, by which it is called
NEAR = 0.8  # a size this close to the largest is not made
PHONES = 240
MOST_BYTES = 2 << 30
LOOKING = confine.Limits(cpu_seconds=30, wall_seconds=60, memory_bytes=3 << 29)
PERCENT_BETWEEN = 10
# what comes of reading an answer that has not the shape it should have
SHAPELESS = LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError


@dataclass(frozen=True)
class FilmFile:
    """A file made of a film; its artifact. `name` is its short side, or "sound"."""

    name: str
    sha: str
    extension: str
    media_type: str
    size_bytes: int
    width: int = 0
    height: int = 0

    @property
    def file(self) -> str:
        return f"{self.sha}.{self.extension}"


@dataclass(frozen=True)
class Film:
    """What was made of a film. `source` is the hash of the trainer's file, and the clip's id;
    `sizes` from small to large, as films stand (a turned one is turned); `poster` a webp."""

    source: str
    seconds: float
    sizes: tuple[FilmFile, ...]
    sound: FilmFile | None
    poster: str
    poster_width: int
    poster_height: int

    @property
    def usual(self) -> FilmFile:
        """The size for phones: 240p, or the largest below it."""
        below = [size for size in self.sizes if int(size.name) <= PHONES]
        return below[-1] if below else self.sizes[0]

    @property
    def files(self) -> tuple[FilmFile, ...]:
        return (*self.sizes, self.sound) if self.sound else self.sizes

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Film":
        sizes = tuple(FilmFile(**size) for size in body["sizes"])
        sound = FilmFile(**body["sound"]) if body["sound"] else None
        return cls(**{**body, "sizes": sizes, "sound": sound})


@dataclass(frozen=True)
class _Look:
    """What the confined process says of a film that it looked into: hostile until it is read."""

    seconds: float
    width: int
    height: int
    rate: int
    has_sound: bool
    poster: bytes
    poster_size: tuple[int, int]

    @classmethod
    def read(cls, answer: dict[str, Any]) -> "_Look":
        """Raise one of `SHAPELESS` for what `encode_film` would never say."""
        width, height = int(answer["width"]), int(answer["height"])
        if min(width, height) < encode_film.LEAST_SIDE or width * height > encode_film.MOST_PIXELS:
            raise ValueError("no size of a film")
        across, down = answer["poster_size"]
        return cls(
            _seconds(answer),
            width,
            height,
            int(answer["rate"]),
            bool(answer["has_sound"]),
            base64.b64decode(answer["poster"]),
            (int(across), int(down)),
        )


@dataclass(frozen=True)
class Films:
    """Makes films, or finds them made. `hidden` is what a hostile one may not see; encoding may
    take `seconds`, and `seconds_a_second` more for each second of the film."""

    database: Database
    artifacts: Artifacts
    work: Path
    hidden: tuple[Path, ...] = ()
    seconds: int = 60
    seconds_a_second: int = 6

    def get(self, path: Path, say: Callable[[str], None]) -> Film:
        """Return a course's film; raise MediaProblem("film-refused") if it is none."""
        if path.suffix.lower() not in encode_film.DEMUXERS:
            raise refusal(path, "no-film")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise refusal(path, "too-heavy", size=f"{size / 2**30:.1f}")
        with path.open("rb") as stream:
            source = hashlib.file_digest(stream, "sha256").hexdigest()
        with self.database.read() as session:
            known = queries.find_made(session, source, RECIPE)
        if known is not None:
            film = Film.from_json(known)
            if all(self.artifacts.exists(sha) for sha in (film.poster, *_shas(film))):
                return film
        with work_folder(self.work, "film") as folder:
            film = self._make(path, source, folder, say)
        made = asdict(film)
        self.database.write(
            lambda session: queries.keep_made(session, source, RECIPE, made, clock.now())
        )
        return film

    def media(self, film: Film) -> Iterator[MediaFile]:
        """Describe the files of a film as a page's."""
        for each in film.files:
            yield MediaFile(
                each.sha,
                each.extension,
                each.media_type,
                each.size_bytes,
                self.artifacts.path(each.sha),
                each.width,
                each.height,
            )

    def poster(self, film: Film) -> MediaFile:
        return picture_file(
            self.artifacts.read(film.poster), "WEBP", film.poster_width, film.poster_height
        )

    def _make(self, path: Path, source: str, folder: Path, say: Callable[[str], None]) -> Film:
        answer = self._run("look", path, folder, LOOKING)
        with _doubting(path):
            look = _Look.read(answer)
        sizes = sizes_of(look.width, look.height)
        order = {"sizes": sizes, "rate": look.rate, "seconds": look.seconds}
        allowed = int(self.seconds + self.seconds_a_second * look.seconds)
        limits = confine.Limits(
            cpu_seconds=2 * allowed,
            wall_seconds=allowed,
            memory_bytes=3 << 29,
            output_bytes=max(50 << 20, 2 * path.stat().st_size),
        )
        said = -PERCENT_BETWEEN

        def hear(line: str) -> None:
            nonlocal said
            percent = line.removeprefix("at ")
            if re.fullmatch(r"\d{1,3}", percent) and said + PERCENT_BETWEEN <= int(percent) <= 100:
                said = int(percent)
                say(f"{path.name}: {said} %")

        say(f"{path.name}: making {', '.join(f'{name}p' for name, *_ in sizes)} and sound")
        answer = self._run("encode", path, folder, limits, json.dumps(order), hear=hear)
        with _doubting(path):
            seconds = _seconds(answer)
        sound = self._keep(folder / "sound.m4a", "audio/mp4") if look.has_sound else None
        return Film(
            source,
            seconds,
            tuple(
                self._keep(folder / f"{name}.mp4", "video/mp4", width, height)
                for name, width, height in sizes
            ),
            sound,
            self.artifacts.put(look.poster, "image/webp"),
            *look.poster_size,
        )

    def _run(
        self,
        task: str,
        path: Path,
        folder: Path,
        limits: confine.Limits,
        *order: str,
        hear: Callable[[str], None] | None = None,
    ) -> dict[str, Any]:
        finished = confine.run(
            [sys.executable, "-I", str(encode_film.__file__), task, str(path), *order],
            folder=folder,
            limits=limits,
            readable=[path.parent],
            hidden=self.hidden,
            hear=hear,
        )
        if finished.reason:
            raise refusal(path, "took-too-long", limit=confine.LIMITS[finished.reason])
        with _doubting(path):
            answer: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
            code = answer.pop("refused", None)
            problem = None if code is None else refusal(path, code, **answer)
        if problem is not None:
            raise problem
        return answer

    def _keep(self, path: Path, media_type: str, width: int = 0, height: int = 0) -> FilmFile:
        """Keep what the confined process wrote; the artifact's name is the hash of its bytes."""
        if path.is_symlink() or not path.is_file():
            raise refusal(path, "no-film")
        sha = self.artifacts.put(path, media_type)
        size = self.artifacts.path(sha).stat().st_size
        return FilmFile(path.stem, sha, path.suffix[1:], media_type, size, width, height)


def sizes_of(width: int, height: int) -> list[tuple[str, int, int]]:
    """Return name, width and height of a film's sizes, from small to large, none larger than it.

    Sides are even, as the encoder wants them.

    >>> sizes_of(1080, 1920)
    [('144', 144, 256), ('240', 240, 426), ('480', 480, 854)]
    >>> sizes_of(640, 360)
    [('144', 256, 144), ('240', 426, 240), ('360', 640, 360)]
    >>> sizes_of(130, 97)
    [('96', 128, 96)]
    """
    short = min(width, height)
    largest = min(SIDES[-1], short - short % 2)
    sides = [side for side in SIDES if side < NEAR * largest] + [largest]

    def even(length: int, side: int) -> int:
        return round(length * side / short / 2) * 2

    return [(str(side), even(width, side), even(height, side)) for side in sides]


def _seconds(answer: dict[str, Any]) -> float:
    seconds = float(answer["seconds"])
    if not 0 < seconds <= 2 * encode_film.MOST_SECONDS:  # phones count a little wrong
        raise ValueError("no length of a film")
    return seconds


def _shas(film: Film) -> Iterator[str]:
    return (each.sha for each in film.files)


@contextmanager
def _doubting(path: Path) -> Iterator[None]:
    """Take an answer of another shape than `encode_film` gives for that of no film."""
    try:
        yield
    except SHAPELESS as error:
        raise refusal(path, "no-film") from error
