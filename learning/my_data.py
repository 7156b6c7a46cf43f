"""What a person may have of what is kept about her: all of it as a file, or that it is forgotten.

Which column is kept for what, and what happens to it, is the register: `store.personal_data`.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import IO, Any

from learning import people
from store import audit, clock
from store.artifacts import Artifacts
from store.database import Session
from store.errors import NotAllowed
from store.personal_data import REGISTER
from store.queries import modules, pictures
from store.queries import personal as queries
from store.tables import Person

FORGOTTEN = "প্রাক্তন সদস্য"
"""What others see instead of the name of somebody who was forgotten."""

READ_ME = """আপনার সম্পর্কে পাঠশালায় যা রাখা আছে, সব এখানে।
  my-writing.md   আপনার লেখা, পড়ার মতো করে
  my-data.json    সবকিছু, কম্পিউটারের জন্য; কোনটি কেন ও কতদিন রাখা হয়, তা-ও
  files/          আপনার দেওয়া ফাইল

Everything that Pathshala keeps about you.
  my-writing.md   what you wrote, to be read
  my-data.json    all of it, for programs, with purpose and time of keeping
  files/          the files that you gave
"""


@dataclass(frozen=True)
class Kept:
    """Everything that is kept about a person: texts by their name in the zip, pictures by hash."""

    texts: Mapping[str, str]
    pictures: Sequence[str]


def gather(session: Session, person_id: str) -> Kept:
    """Read everything that is kept about a person."""
    person = people.get_person(session, person_id)
    rows = queries.rows_of(session, person_id)
    body = {
        "made_at": clock.now(),
        "school": _school(person),
        "register": {
            name: {"kept": kept.retention, "for": dict(kept.personal)}
            for name, kept in REGISTER.items()
        },
        "data": rows,
    }
    texts = {
        "read-me.txt": READ_ME,
        "my-data.json": json.dumps(body, ensure_ascii=False, indent=1, default=_plain),
        "my-writing.md": _writing(session, rows),
    }
    return Kept(texts, sorted({row["whole"] for row in rows["pictures"]}))


def write(kept: Kept, artifacts: Artifacts, target: IO[bytes]) -> None:
    """Write it as a zip, with her pictures as they are."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in kept.texts.items():
            bundle.writestr(name, text)
        for sha in kept.pictures:
            with suppress(FileNotFoundError):  # forgotten just now
                packed = zipfile.ZIP_STORED
                bundle.write(artifacts.path(sha), f"files/{sha}.webp", compress_type=packed)


def erase(session: Session, artifacts: Artifacts, person_id: str, by: str = "command") -> None:
    """Forget a person who was removed: her words and pictures go, marks stay under an id that is
    nobody's.

    Raise NotAllowed("person-is-here") for somebody who still has access.
    """
    person = session.get_one(Person, person_id)
    if person.removed_at is None:
        raise NotAllowed("person-is-here", "End this person's access first.")
    files = pictures.files_of(session, person_id)
    queries.erase(session, person, FORGOTTEN)
    for sha in pictures.unnamed(session, files):
        artifacts.forget(sha)
    queries.compact_words(session)
    audit.record(session, by, "erase", f"person/{person_id}")


def _school(person: Person) -> dict[str, str] | None:
    school = person.school
    if school is None:
        return None
    return {"name": school.name, "upazila": school.upazila, "district": school.district}


def _writing(session: Session, rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """The newest answer to each exercise, as text."""
    in_order = sorted(rows["answers"], key=itemgetter("edited_at", "sequence", "id"))
    newest = {(row["module"], row["exercise"]): row["value"] for row in in_order}
    titles = {module.key: module.title for _, module, _ in modules.taught(session)}
    lines: list[str] = []
    last = ""
    for (module, exercise), value in sorted(newest.items(), key=lambda item: item[0]):
        if module != last:
            title = titles.get(module)
            heading = title.get("bn", module) if isinstance(title, dict) else title or module
            lines.append(f"# {heading}\n")
            last = module
        lines.append(f"## {exercise}\n\n{_words(value)}\n")
    return "\n".join(lines) or "-\n"


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"- {name}: {_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_words(each) for each in value)
    return str(value)


def _plain(value: object) -> str:
    return clock.iso(value) if isinstance(value, datetime) else str(value)
