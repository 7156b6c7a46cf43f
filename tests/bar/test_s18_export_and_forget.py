"""Row S18 of the bar: a person gets all that is kept about her, and can be forgotten.

The register is held against the tables themselves; afterwards every row of every table, and on
SQLite every byte of its file, is searched for what she was and wrote.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from learning import my_data, people
from sharing import comments, views
from store import clock
from store.database import Session
from store.personal_data import OF_NOBODY, REGISTER
from store.tables import Person, Table
from tests.portal.filling import REFLECTION
from tests.portal.world import WRITE, World, a_portal

PHONE = "01712999888"
NAME = "উম্মে কুলসুম চৌধুরী"
SAID = "আমিও এভাবে জোড়ায় বসিয়ে দেখেছি, কাজ হয়েছে।"


@pytest.fixture(params=["sqlite", "postgresql"])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """The world, in which the teacher has a phone number, a name of her own and comments."""
    with a_portal(tmp_path, kind=request.param) as world:
        world.portal.database.write(lambda session: _fill(session, world))
        yield world


def _fill(session: Session, world: World) -> None:
    teacher = people.get_person(session, world.ids["teacher"])
    teacher.name, teacher.display_name, teacher.gender = PHONE, NAME, "female"
    post = world.things["stranger post"]
    view = views.look(session, person=teacher, post_id=post, shown_seconds=0)
    view.shown_seconds, view.looked_at = 30.0, clock.now()
    comments.comment(
        session,
        person=teacher,
        post_id=post,
        key="a-key",
        kind="used",
        body=SAID,
        device_at=clock.now(),
    )


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    with world.portal.database.read() as session:
        return {
            table.name: [dict(row._mapping) for row in session.execute(table.select())]
            for table in Table.metadata.sorted_tables
        }


def forget(world: World) -> None:
    def use_case(session: Session) -> None:
        people.remove_person(session, world.ids["teacher"])
        my_data.erase(session, world.portal.artifacts, world.ids["teacher"])

    world.portal.database.write(use_case)
    world.portal.database.forget_deleted()


def test_every_column_is_in_the_register() -> None:
    named = {name: {*kept.personal, *kept.other} for name, kept in REGISTER.items()}
    there = {
        table.name: {column.name for column in table.columns}
        for table in Table.metadata.sorted_tables
    }
    assert named == {name: columns for name, columns in there.items() if name not in OF_NOBODY}
    assert there.keys() - named.keys() == OF_NOBODY
    for name, kept in REGISTER.items():
        assert not kept.personal.keys() & kept.other and all(kept.personal.values()), name
        people_named = {
            column.name
            for column in Table.metadata.tables[name].columns
            for key in column.foreign_keys
            if key.column.table.name == "people"
        }
        assert people_named <= kept.personal.keys(), name


def test_a_person_gets_all_that_is_kept_about_her(world: World) -> None:
    answer = world.client("teacher").get("api/me/data")
    assert answer.headers["content-type"] == "application/zip"
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    assert REFLECTION in bundle.read("my-writing.md").decode()
    exported = json.loads(bundle.read("my-data.json"))
    assert set(exported["data"]) == set(REGISTER)
    assert exported["school"]["upazila"] == "সাভার"
    teacher = world.ids["teacher"]
    for name, rows in everything(world).items():
        about_her = [row for row in rows if row.get("person_id") == teacher]
        if name in REGISTER and about_her:
            assert len(exported["data"][name]) == len(about_her), name
    words = json.dumps(exported, ensure_ascii=False)
    for each in (PHONE, NAME, REFLECTION, SAID):
        assert each in words
    for other in ("mate", "stranger", "evaluator"):
        assert world.ids[other] not in words
    assert "password_hash" not in words.partition('"data"')[2]
    hers, anothers = (world.things[f"{name} picture"] for name in ("teacher", "stranger"))
    assert bundle.read(f"files/{hers}.webp") == world.portal.artifacts.read(hers)
    assert not any(anothers in name for name in bundle.namelist())


def test_nothing_is_left_of_who_was_forgotten(world: World) -> None:
    before = everything(world)
    forget(world)
    after = everything(world)
    left = json.dumps(after, ensure_ascii=False, default=str)
    for secret in (PHONE, NAME, SAID):
        assert secret not in left
    teacher = world.ids["teacher"]
    for name, rows in after.items():
        about_her = [row for row in rows if teacher in map(str, row.values())]
        if about_her:
            assert name in REGISTER and REGISTER[name].erased != "goes", name
            for row in about_her:
                assert REFLECTION not in str(row), name
    hers, anothers = (world.things[f"{name} picture"] for name in ("teacher", "stranger"))
    assert world.portal.artifacts.exists(anothers) and not world.portal.artifacts.exists(hers)
    handed_in = world.things["teacher hand-in"]
    values = [r["value"] for r in after["hand_in_answers"] if r["hand_in_number"] == handed_in]
    assert values and not any(values)
    # marks, scores and what others did stay
    for name in ("marks", "scores", "hand_ins"):
        assert len(after[name]) == len(before[name]), name
    assert world.client("mate").get("api/me").status_code == 200
    assert world.client("teacher").get("api/me").status_code == 401


def test_no_byte_is_left_in_the_file(tmp_path: Path) -> None:
    with a_portal(tmp_path) as world:
        world.portal.database.write(lambda session: _fill(session, world))
        forget(world)
        found = {
            (path.name, secret)
            for path in tmp_path.rglob("pathshala.sqlite*")
            for secret in (PHONE, NAME, SAID)
            if secret.encode() in path.read_bytes()
        }
    assert found == set()


def test_a_colleagues_copy_of_joint_work_stays(world: World) -> None:
    def together(session: Session) -> None:
        from store.tables import HandInPerson

        session.add(
            HandInPerson(
                hand_in_number=world.things["teacher hand-in"], person_id=world.ids["mate"]
            )
        )

    world.portal.database.write(together)
    forget(world)
    values = [
        row["value"]
        for row in everything(world)["hand_in_answers"]
        if row["hand_in_number"] == world.things["teacher hand-in"]
    ]
    assert REFLECTION in values


def test_who_is_here_is_not_forgotten(world: World) -> None:
    from store.errors import NotAllowed

    def use_case(session: Session) -> Person:
        my_data.erase(session, world.portal.artifacts, world.ids["teacher"])
        return people.get_person(session, world.ids["teacher"])

    with pytest.raises(NotAllowed, match="person-is-here"):
        world.portal.database.write(use_case)
    assert world.client("teacher").get("api/me", headers=WRITE).status_code == 200
