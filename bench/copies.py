"""Copies of an installation with 100,000 answers: how long one takes, another, and the way back.

Once on SQLite, once on PostgreSQL, by the command itself, into a folder on the same disk. Stock
nbgrader has nothing of the kind.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic

from sqlalchemy import insert

from bench.page import COURSE, MODULE
from bench.people import add_teacher, the_reflection
from bench.products import ROOT
from bench.rows import Row
from hub.passwords import hash_password
from learning.answers import save_answer
from store.clock import now
from store.database import Database, Session
from store.tables import Answer, Person
from tests.databases import Server, a_server

ANSWERS, PEOPLE, AT_ONCE = 100_000, 2_000, 10_000
WORDS = "শিক্ষার্থীরা জোড়ায় কথা বলছিল; আমি প্রশ্নের পর তিন সেকেন্ড অপেক্ষা করেছি। " * 4


def measure() -> list[Row]:
    """Copy, copy again after one answer more, copy where nothing changed, and restore."""
    server = a_server(on_disk=True)
    try:
        server.run("CREATE DATABASE bench", "CREATE DATABASE back")
        return [*_of("SQLite", {}, {}), *_of_postgresql(server)]
    finally:
        server.remove()


def _of_postgresql(server: Server) -> list[Row]:
    path = {"PATH": f"{server.binaries}{os.pathsep}{os.environ['PATH']}"}
    here, there = (
        {"PATHSHALA_DATABASE_URL": server.url(name), **path} for name in ("bench", "back")
    )
    return _of("PostgreSQL", here, there)


def _of(kind: str, here: Mapping[str, str], there: Mapping[str, str]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        data, copies = Path(folder) / "data", Path(folder) / "copies"
        _run(data, here, "prepare")
        url = here.get("PATHSHALA_DATABASE_URL", f"sqlite:///{data}/pathshala.sqlite")
        with contextlib.closing(Database(url)) as database:
            person = _fill(database)
            first = _run(data, here, "backup", copies)
            before = _bytes(copies)
            database.write(lambda session: _save(session, person, ANSWERS + 1))
            second = _run(data, here, "backup", copies)
            more = _bytes(copies) - before
        back = _run(Path(folder) / "back", there, "restore", copies)
    of = f"100,000 answers, {kind}"
    return [
        Row(f"the first copy, {of}", first, None, "s"),
        Row(f"another, one answer later, {of}", second, None, "s"),
        Row(f"what it adds to the folder, {of}", more / 1e6, None, "MB"),
        Row(f"restored, {of}", back, None, "s"),
    ]


def _fill(database: Database) -> str:
    """Let two thousand teachers have written fifty answers each; return the id of one."""
    password_hash = hash_password("কেউ জানে না এটি")
    people = database.write(
        lambda session: [
            add_teacher(session, f"writer-{n}", password_hash).id for n in range(PEOPLE)
        ]
    )
    saved = database.write(lambda session: _save(session, people[0], 0))
    row = {c.key: getattr(saved, c.key) for c in Answer.__table__.columns if c.key != "id"}
    for first in range(1, ANSWERS, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, ANSWERS))
        rows = [
            {
                **row,
                "person_id": people[number % PEOPLE],
                "sequence": number,
                "value": f"{number}: {WORDS}",
                "body_hash": f"{number:064x}",
                "edited_at": row["edited_at"] - timedelta(seconds=number),
            }
            for number in numbers
        ]
        database.write(lambda session, rows=rows: session.execute(insert(Answer), rows))
    return people[0]


def _save(session: Session, person: str, sequence: int) -> Answer:
    return save_answer(
        session,
        person=session.get_one(Person, person),
        module_key=f"{COURSE}/{MODULE}",
        exercise=the_reflection(session),
        device="a-phone",
        sequence=sequence,
        edited_at=now(),
        value=WORDS,
    ).answer


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _run(data: Path, settings: Mapping[str, str], *words: object) -> float:
    """Run the command on a data folder; return how long it took."""
    began = monotonic()
    subprocess.run(
        [sys.executable, "-m", "hub.command", *map(str, words)],
        env={**os.environ, **settings, "PATHSHALA_DATA": str(data)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return monotonic() - began
