"""How long a trainer waits: publishing a module, anew, unchanged, and with a new film.

The film is what a phone records: 1080p, on its side, frames at uneven moments.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.rows import Row
from publishing.films import Films
from publishing.versions import Publisher, publish
from store.artifacts import Artifacts
from store.database import Database
from store.schema import upgrade
from tests.publishing.phone import record

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "courses" / "active-learning"
FILM_SECONDS = 60


def measure() -> list[Row]:
    """Publish a bundled course and make a film of a minute."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        upgrade(f"sqlite:///{data / 'pathshala.sqlite'}")
        database = Database(f"sqlite:///{data / 'pathshala.sqlite'}")
        try:
            return _rows(Path(folder), database, data)
        finally:
            database.close()


def _rows(folder: Path, database: Database, data: Path) -> list[Row]:
    artifacts = Artifacts(data / "artifacts")
    properties = ROOT / "widgets" / "properties.json"
    publisher = Publisher(database, artifacts, properties, data / "work")
    course = folder / "course"
    shutil.copytree(COURSE, course)
    notebook = sorted(course.glob("*.ipynb"))[0]
    with_film = _seconds(lambda: publish(publisher, notebook))
    again = _seconds(lambda: publish(publisher, notebook))
    notebook.write_text(notebook.read_text("utf-8").replace("।", "। ", 1), "utf-8")
    changed = _seconds(lambda: publish(publisher, notebook))
    films = Films(database, artifacts, data / "work")
    film = record(folder / "phone.mp4", FILM_SECONDS, turned=True)
    made = _seconds(lambda: films.get(film, lambda words: None))
    return [
        Row("a module with a new clip", with_film, None, "s"),
        Row("a module whose words changed", changed, None, "s"),
        Row("a module that did not change", again, None, "s"),
        Row("a minute of a phone's film", made * 60 / FILM_SECONDS, None, "s"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
