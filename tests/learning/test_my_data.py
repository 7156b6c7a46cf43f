"""What a person may take along reads as it counts."""

import io
import zipfile
from pathlib import Path

from learning import my_data
from store.artifacts import Artifacts
from store.database import Session
from store.tables import Person
from tests.factories import Clock, an_answer


def exported(session: Session, artifacts: Artifacts, person: Person) -> zipfile.ZipFile:
    bundle = io.BytesIO()
    my_data.write(my_data.gather(session, person.id), artifacts, bundle)
    return zipfile.ZipFile(bundle)


def test_her_writing_holds_the_words_that_count(
    session: Session, teacher: Person, clock: Clock, tmp_path: Path
) -> None:
    on_the_bus = clock.at
    clock.move(hours=2)
    an_answer(session, teacher, "saw", "বাড়িতে লেখা", device="laptop")
    an_answer(session, teacher, "saw", "বাসে লেখা", edited_at=on_the_bus)  # arrives later
    writing = exported(session, Artifacts(tmp_path), teacher).read("my-writing.md").decode()
    assert "বাড়িতে লেখা" in writing and "বাসে লেখা" not in writing


def test_whoever_knows_the_hash_of_a_file_does_not_get_it(
    session: Session, teacher: Person, tmp_path: Path
) -> None:
    artifacts = Artifacts(tmp_path)
    anothers = artifacts.put("আরেকজনের ছবি".encode(), "image/webp")
    an_answer(session, teacher, "saw", anothers)
    bundle = exported(session, artifacts, teacher)
    assert anothers in bundle.read("my-writing.md").decode()
    assert not [name for name in bundle.namelist() if name.startswith("files/")]
