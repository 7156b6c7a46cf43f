"""What a person may take along reads as it counts."""

import io
import zipfile
from pathlib import Path

from learning import my_data
from store.artifacts import Artifacts
from store.database import Session
from store.tables import Person
from tests.factories import Clock, an_answer


def test_her_writing_holds_the_words_that_count(
    session: Session, teacher: Person, clock: Clock, tmp_path: Path
) -> None:
    on_the_bus = clock.at
    clock.move(hours=2)
    an_answer(session, teacher, "saw", "বাড়িতে লেখা", device="laptop")
    an_answer(session, teacher, "saw", "বাসে লেখা", edited_at=on_the_bus)  # arrives later
    bundle = my_data.export(session, Artifacts(tmp_path), teacher.id)
    writing = zipfile.ZipFile(io.BytesIO(bundle)).read("my-writing.md").decode()
    assert "বাড়িতে লেখা" in writing and "বাসে লেখা" not in writing
