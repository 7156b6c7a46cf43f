"""An older version can be given back to readers; what they answered stays."""

from pathlib import Path

import pytest

from learning import answers
from publishing import history
from publishing.versions import Publisher, publish
from store import clock
from store.database import Session
from store.errors import NotFound
from store.queries.modules import get_current
from store.tables import AuditEntry
from tests.factories import a_person
from tests.publishing.writing import whole, words, write_course

MODULE = "trial/spare-time"
WORDS = "দুঃখ নয়, উদ্বৃত্ত সময়ে ৬০ জন গল্প বলেছে।"


def test_an_older_version_is_current_again_and_answers_stay(
    publisher: Publisher, tmp_path: Path
) -> None:
    folder = write_course(tmp_path / "trial", *whole())
    publish(publisher, folder)
    person = publisher.database.write(lambda session: a_person(session, cohort=None))
    publisher.database.write(lambda session: save(session, person))
    write_course(folder, *whole(), words("আরও এক কথা।"))
    publish(publisher, folder)
    with publisher.database.read() as session:
        first, second = (history.get_version(session, MODULE, number) for number in (1, 2))
        assert get_current(session, MODULE).number == 2
    (change,) = history.changes(publisher.artifacts, first, second)
    assert (change.kind, change.text) == ("added", "আরও এক কথা।")

    publisher.database.write(lambda session: history.make_current(session, MODULE, 1, person.id))
    with publisher.database.read() as session:
        assert get_current(session, MODULE).number == 1
        kept = answers.newest_answers(session, person.id, MODULE)
        assert [answer.value for answer in kept.values()] == [WORDS]
        last = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert last is not None and last.action == "make-current"
    with pytest.raises(NotFound, match="version-not-found"):
        publisher.database.write(
            lambda session: history.make_current(session, MODULE, 9, person.id)
        )


def save(session: Session, person: object) -> None:
    answers.save_answer(
        session,
        person=person,  # type: ignore[arg-type]
        module_key=MODULE,
        exercise="use-it",
        device="phone",
        sequence=1,
        edited_at=clock.now(),
        value=WORDS,
    )
