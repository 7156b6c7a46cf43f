"""Films: from what a phone recorded to three sizes, sound only, and a still.

Decides which sizes a film gets and in which words one is refused. A film may be hostile, so it is
opened and encoded in a confined process (`encode_film`). What was made of it is kept in the store
under the hash of its source: the same film is never encoded twice, and a half one is never kept.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from publishing import confine, encode_film
from publishing.media import MediaFile, MediaProblem, picture_file
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

REFUSALS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "empty": (
        {"bn": "ফাইলটি খালি", "en": "the file is empty"},
        {"bn": "ফোন থেকে ভিডিওটি আবার কপি করুন।", "en": "Copy the film from the phone again."},
    ),
    "no-film": (
        {"bn": "ভেতরে কোনো ভিডিও নেই", "en": "there is no film in it"},
        {
            "bn": "ফোনের ক্যামেরায় তোলা ভিডিও দিন, mp4, mov, 3gp বা webm; শুধু নাম বদলালে চলে না।",
            "en": "Give a film as a phone records it (mp4, mov, 3gp, webm); a new name is no help.",
        },
    ),
    "cut-short": (
        {"bn": "ভিডিওর একটি অংশ নেই", "en": "a part of the film is missing"},
        {
            "bn": "কপি শেষ হওয়ার আগে থেমে গেছে; ফোন থেকে আবার কপি করুন।",
            "en": "It was not copied to its end; copy it from the phone again.",
        },
    ),
    "only-sound": (
        {"bn": "শুধু শব্দ আছে, ছবি নেই", "en": "there is sound but no picture"},
        {"bn": "ছবিসহ ভিডিওটি দিন।", "en": "Give the film that has pictures."},
    ),
    "no-length": (
        {"bn": "কতক্ষণের ভিডিও তা লেখা নেই", "en": "it does not say how long it is"},
        {
            "bn": "কোনো ভিডিও সম্পাদনার অ্যাপে খুলে mp4 হিসেবে আবার সংরক্ষণ করুন।",
            "en": "Open it in a video editor and save it as mp4 again.",
        },
    ),
    "too-long": (
        {"bn": "{minutes} মিনিট, খুব লম্বা", "en": "{minutes} minutes is too long"},
        {
            "bn": "তিন মিনিটে কাটুন; সবচেয়ে বেশি চলে ৩০ মিনিট।",
            "en": "Cut it to three minutes; 30 is the most that is taken.",
        },
    ),
    "too-heavy": (
        {"bn": "{size} জিবি, খুব ভারী", "en": "{size} GB is too heavy"},
        {
            "bn": "দরকারি অংশটুকু কাটুন; সবচেয়ে বেশি চলে ২ জিবি।",
            "en": "Cut out the part you need; 2 GB is the most that is taken.",
        },
    ),
    "too-large": (
        {"bn": "ছবির মাপ {width}x{height}, খুব বড়", "en": "{width}x{height} is too large a picture"},
        {"bn": "ফোনে 1080p বেছে রেকর্ড করুন।", "en": "Set the phone's camera to 1080p."},
    ),
    "too-small": (
        {"bn": "ছবির মাপ {width}x{height}", "en": "its picture is {width}x{height}"},
        {"bn": "ফোনে 1080p বেছে রেকর্ড করুন।", "en": "Set the phone's camera to 1080p."},
    ),
    "took-too-long": (
        {
            "bn": "প্রক্রিয়া করতে সীমার বেশি লেগেছে ({limit})",
            "en": "working on it went beyond a limit ({limit})",
        },
        {
            "bn": "ছোট করে কাটুন, অথবা 720p-এ রেকর্ড করুন।",
            "en": "Cut it shorter, or record it at 720p.",
        },
    ),
}


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
        return [size for size in self.sizes if int(size.name) <= PHONES or size is self.sizes[0]][
            -1
        ]

    @property
    def files(self) -> tuple[FilmFile, ...]:
        return (*self.sizes, self.sound) if self.sound else self.sizes

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Film":
        sizes = tuple(FilmFile(**size) for size in body["sizes"])
        sound = FilmFile(**body["sound"]) if body["sound"] else None
        return cls(**{**body, "sizes": sizes, "sound": sound})


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
            raise _refused(path, "no-film")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _refused(path, "too-heavy", size=f"{size / 2**30:.1f}")
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
        facts = self._run("look", path, folder, LOOKING)
        sizes = sizes_of(int(facts["width"]), int(facts["height"]))
        order = {"sizes": sizes, "rate": facts["rate"], "seconds": facts["seconds"]}
        allowed = int(self.seconds + self.seconds_a_second * facts["seconds"])
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
            if percent.isdecimal() and said + PERCENT_BETWEEN <= int(percent) <= 100:
                said = int(percent)
                say(f"{path.name}: {said} %")

        say(f"{path.name}: making {', '.join(f'{name}p' for name, *_ in sizes)} and sound")
        made = self._run("encode", path, folder, limits, json.dumps(order), hear=hear)
        sound = self._keep(folder / "sound.m4a", "audio/mp4") if facts["has_sound"] else None
        poster = base64.b64decode(facts["poster"])
        return Film(
            source,
            float(made["seconds"]),
            tuple(
                self._keep(folder / f"{name}.mp4", "video/mp4", width, height)
                for name, width, height in sizes
            ),
            sound,
            self.artifacts.put(poster, "image/webp"),
            *map(int, facts["poster_size"]),
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
            raise _refused(path, "took-too-long", limit=finished.reason)
        try:
            answer = json.loads(finished.stdout.splitlines()[-1])
        except (IndexError, ValueError, RecursionError) as error:
            raise _refused(path, "no-film") from error
        if answer.get("refused") in REFUSALS:
            raise _refused(path, answer.pop("refused"), **answer)
        return dict(answer)

    def _keep(self, path: Path, media_type: str, width: int = 0, height: int = 0) -> FilmFile:
        """Keep what the confined process wrote; the artifact's name is the hash of its bytes."""
        if path.is_symlink() or not path.is_file():
            raise _refused(path, "no-film")
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


def _shas(film: Film) -> Iterator[str]:
    return (each.sha for each in film.files)


def _refused(path: Path, code: str, **facts: Any) -> MediaProblem:
    reason, cure = (
        {language: words.format_map(facts) for language, words in text.items()}
        for text in REFUSALS[code]
    )
    return MediaProblem("film-refused", path=path.name, reason=reason, cure=cure)
