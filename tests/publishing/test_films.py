"""A phone's film becomes three sizes and sound; what is no film is refused in words."""

import io
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from PIL import Image

from publishing.encode_film import POSTER_BYTES
from publishing.films import Film, Films, sizes_of
from publishing.findings import Finding
from publishing.media import MediaProblem
from publishing.versions import Publisher
from tests.publishing.phone import give_size, record
from tests.publishing.writing import picture

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[[str], Any]


@pytest.fixture(scope="session")
def phone_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds, upright, uneven, 1080p: as short as a phone's film can tell all that matters."""
    return record(tmp_path_factory.mktemp("phone") / "VID_2026.mp4", 10, turned=True)


@pytest.fixture
def films(publisher: Publisher) -> Films:
    publisher.work.mkdir(parents=True)
    return Films(publisher.database, publisher.artifacts, publisher.work)


def get(films: Films, path: Path) -> tuple[Film, list[str]]:
    said: list[str] = []
    return films.get(path, said.append), said


def opened(films: Films, sha: str) -> Any:
    return av.open(io.BytesIO(films.artifacts.read(sha)))


def test_a_phones_film_gets_three_even_upright_sizes_and_its_sound(
    films: Films, phone_film: Path
) -> None:
    film, said = get(films, phone_film)
    assert film.seconds == pytest.approx(10, abs=0.2)
    assert [(s.name, s.width, s.height) for s in film.sizes] == [
        ("144", 144, 256),
        ("240", 240, 426),
        ("480", 480, 854),
    ]
    for size in film.sizes:
        with opened(films, size.sha) as made:
            shown, heard = made.streams.video[0], made.streams.audio[0]
            assert (shown.codec_context.name, heard.codec_context.name) == ("h264", "aac")
            assert (shown.width, shown.height) == (size.width, size.height)
            frames = list(made.decode(video=0))
            steps = {after.time - before.time for before, after in itertools.pairwise(frames)}
            assert max(steps) - min(steps) < 0.001, "pictures come evenly"
            assert all(frame.rotation == 0 for frame in frames[:2])
            image = frames[3].to_image()
            top, bottom = (image.getpixel((size.width // 2, y)) for y in (5, size.height - 5))
            assert top[0] > 150 > top[1], "what was left is above now"
            assert abs(bottom[0] - bottom[1]) < 50, "what was right, grey noise, is below"
            assert shown.duration * shown.time_base == pytest.approx(10, abs=0.2)
            assert heard.duration * heard.time_base == pytest.approx(10, abs=0.2)
        content = films.artifacts.read(size.sha)
        assert content.find(b"moov") < content.find(b"mdat"), "it plays before it is whole"
    sizes = [size.size_bytes for size in film.sizes]
    assert film.sound and film.sound.extension == "m4a"
    assert film.sound.size_bytes < sizes[0] < sizes[1] < sizes[2] < phone_film.stat().st_size
    assert film.usual.name == "240"
    with opened(films, film.sound.sha) as made:
        assert not made.streams.video and made.streams.audio[0].layout.name == "mono"
    still = films.artifacts.read(film.poster)
    assert len(still) <= POSTER_BYTES
    with Image.open(io.BytesIO(still)) as image:
        assert image.size == (film.poster_width, film.poster_height) and image.height > image.width
    percents = [int(line.split()[-2]) for line in said if line.endswith("%")]
    assert percents and percents == sorted(set(percents))  # how many depends on the machine
    assert all(line.startswith("VID_2026.mp4: ") for line in said)


def test_the_same_film_is_made_once(films: Films, phone_film: Path, tmp_path: Path) -> None:
    small = record(tmp_path / "a.mp4", 1, (160, 96))
    first, said = get(films, small)
    assert said
    again, said = get(films, small.rename(tmp_path / "b.mp4"))
    assert (again, said) == (first, [])
    films.artifacts.path(first.sizes[0].sha).unlink()
    mended, said = get(films, tmp_path / "b.mp4")
    assert said and films.artifacts.exists(mended.sizes[0].sha)


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((1920, 1080), ["144", "240", "480"]),
        ((640, 360), ["144", "240", "360"]),
        ((426, 240), ["144", "240"]),
        ((300, 250), ["144", "250"]),
        ((160, 90), ["90"]),
    ],
)
def test_no_size_is_larger_than_the_film(size: tuple[int, int], names: list[str]) -> None:
    made = sizes_of(*size)
    assert [name for name, *_ in made] == names
    assert all(w <= size[0] and h <= size[1] and w % 2 == h % 2 == 0 for _, w, h in made)


@pytest.mark.parametrize(("name", "codec"), [("ক্লাস.webm", "libvpx"), ("c.mov", "libx264")])
def test_films_of_other_kinds_and_without_sound_are_taken(
    name: str, codec: str, films: Films, tmp_path: Path
) -> None:
    film, _ = get(films, record(tmp_path / name, 1, (160, 90), codec=codec, sound=False))
    assert film.seconds == pytest.approx(1, abs=0.2)
    assert film.sound is None and [size.name for size in film.sizes] == ["90"]


def small(folder: Path) -> bytes:
    return record(folder / "small.mp4", 2, (160, 96)).read_bytes()


def early(folder: Path) -> bytes:
    """A film whose index comes first, so that half of it opens."""
    content = small(folder)
    with (
        av.open(io.BytesIO(content)) as source,
        av.open(str(folder / "early.mp4"), "w", options={"movflags": "faststart"}) as out,
    ):
        streams = {each.index: out.add_stream_from_template(each) for each in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    content = (folder / "early.mp4").read_bytes()
    return content[: content.find(b"mdat") + (len(content) - content.find(b"mdat")) // 3]


def sound_alone(folder: Path) -> bytes:
    with av.open(str(folder / "voice.mp4"), "w") as out:
        voice = out.add_stream("aac", rate=24_000, layout="mono")
        for number in range(20):
            frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
            frame.planes[0].update(bytes(2048))
            frame.sample_rate, frame.pts = 24_000, number * 1024
            out.mux(voice.encode(frame))
        out.mux(voice.encode())
    return (folder / "voice.mp4").read_bytes()


def claiming(width: int, height: int) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        film = record(folder / "jpeg.mov", 0.5, (160, 96), codec="mjpeg", sound=False)
        return give_size(film, (width, height)).read_bytes()

    return make


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("zero.mp4", lambda _: b"", "the file is empty"),
        ("noise.mp4", lambda _: os.urandom(5000), "there is no film in it"),
        ("list.mp4", lambda _: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no film"),
        ("list.webm", lambda _: b"ffconcat version 1.0\nfile /etc/passwd\n", "no film"),
        ("picture.mp4", lambda _: picture(), "there is no film in it"),
        ("wrong.webm", small, "there is no film in it"),
        ("wrong.avi", small, "there is no film in it"),
        ("half.mp4", lambda folder: small(folder)[:2000], "a part of the film is missing"),
        ("third.mp4", early, "a part of the film is missing"),
        ("voice.mp4", sound_alone, "there is sound but no picture"),
        ("giant.mov", claiming(16_000, 9_000), "16000x9000 is too large a picture"),
        ("none.mov", claiming(0, 0), r"its picture is 0x0|no film|part of the film"),
        ("dot.mov", claiming(8, 8), "its picture is 8x8"),
    ],
)
def test_what_is_no_film_is_refused_with_file_reason_and_cure(
    name: str, content: Callable[[Path], bytes], reason: str, films: Films, tmp_path: Path
) -> None:
    (tmp_path / "made").mkdir()
    path = tmp_path / name
    path.write_bytes(content(tmp_path / "made"))
    before = set(films.artifacts.root.rglob("*"))
    with pytest.raises(MediaProblem, match="film-refused") as raised:
        get(films, path)
    finding = Finding("01-x.ipynb", 3, raised.value.rule, raised.value.facts)
    said = finding.in_words("en")
    assert name in said
    assert any(each in said for each in reason.split("|")), said
    assert finding.is_error and "{" not in said + finding.in_words("bn")
    assert set(films.artifacts.root.rglob("*")) == before and not list(films.work.iterdir())


def test_a_film_that_takes_too_long_is_given_up(films: Films, phone_film: Path) -> None:
    hasty = replace(films, seconds=1, seconds_a_second=0)
    with pytest.raises(MediaProblem) as raised:
        get(hasty, phone_film)
    reason = raised.value.facts["reason"]
    assert "beyond a limit (time)" in reason["en"] and "(মোট সময়)" in reason["bn"]


def test_killed_midway_it_leaves_nothing_half(
    films: Films, phone_film: Path, tmp_path: Path
) -> None:
    """The film is made by another process, and that is killed."""
    source = (
        "import sys\n"
        "from pathlib import Path\n"
        "from publishing.films import Films\n"
        "from store.artifacts import Artifacts\n"
        "from store.database import Database\n"
        "url, artifacts, work, film = sys.argv[1:]\n"
        "films = Films(Database(url), Artifacts(Path(artifacts)), Path(work))\n"
        "films.get(Path(film), lambda words: print(words, flush=True))\n"
    )
    paths = [str(films.artifacts.root), str(films.work), str(phone_film)]
    command = [sys.executable, "-c", source, str(films.database.url), *paths]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as maker:
        assert maker.stdout
        while not maker.stdout.readline().rstrip().endswith(b"%"):
            pass
        started = psutil.Process(maker.pid).children(recursive=True)
        maker.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(started, timeout=10)
    assert started and not alive
    assert not [path for path in films.artifacts.root.rglob("*") if path.is_file()]
    film, said = get(films, phone_film)
    assert said and len(film.sizes) == 3


@pytest.mark.bar
def test_four_minutes_of_a_phones_film_are_made_within_the_limit(
    films: Films, tmp_path: Path
) -> None:
    film, said = get(films, record(tmp_path / "long.mp4", 240, turned=True))
    assert film.seconds == pytest.approx(240, abs=1)
    assert [size.name for size in film.sizes] == ["144", "240", "480"]
    assert len([line for line in said if line.endswith("%")]) >= 9
    assert film.usual.size_bytes < 9_000_000
