"""Make the data folder ready to serve: databases, demo accounts, the bundled courses.

Runs before the five processes start, in a process of its own. Every step is repeatable and
passes over what is already as it should be, so a second start takes a moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from hub.demo import ACCOUNTS, ensure_demo_accounts
from hub.settings import ROOT, Settings
from hub.supervisor import say
from hub.words import worded
from sharing import shelf
from store.artifacts import Artifacts
from store.copies import newest_at, own
from store.database import Database
from store.engines import ensure_database
from store.errors import PathshalaError
from store.schema import is_current, upgrade
from store.tables import Setting

if TYPE_CHECKING:  # nbgrader and Voila take seconds to import: only where they are needed
    from publishing.versions import Publisher

# What a page depends on, apart from the course's own files.
PAGE_SOURCES = ("publishing", "widgets", "pathshala.py")
FRONTEND = "widgets/frontend"
STAMPS = "prepared"


def prepare(settings: Settings) -> None:
    """Do what is missing and say how far it is; raise what makes serving senseless."""
    steps = [
        ("Database", _upgrade),
        ("Demo accounts", _accounts),
        ("Courses", _courses),
        ("Copies", said_of_copies),
    ]
    for number, (title, step) in enumerate(steps, start=1):
        say(f"({number}/{len(steps)}) {title} …")
        began = monotonic()
        done = step(settings)
        say(f"({number}/{len(steps)}) {title}: {done}, {monotonic() - began:.1f} s")


def upgrade_databases(settings: Settings) -> None:
    """Bring the store and nbgrader's gradebook to their newest tables."""
    from grading import gradebook

    settings.data.mkdir(parents=True, exist_ok=True)
    for url in (settings.gradebook_url, settings.hub_database_url):
        ensure_database(url, beside=settings.database_url)
    upgrade(settings.database_url)
    with closing(Database(settings.database_url)) as database:
        database.write(shelf.fill)  # what was shared before there was a library
    gradebook.migrate(settings.gradebook_url)


def publisher(settings: Settings, database: Database) -> Publisher:
    """Return what publishing needs, from the settings."""
    from publishing.versions import Publisher

    return Publisher(
        database=database,
        artifacts=Artifacts(settings.artifacts),
        properties=settings.properties,
        work=settings.work,
    )


def _upgrade(settings: Settings) -> str:
    stamp = _stamp([ROOT / "store/migrations", ROOT / "requirements/run.txt"])
    if is_current(settings.database_url):
        with closing(Database(settings.database_url)) as database:
            if _stamps(database).get("databases") == stamp:
                return "up to date"
    upgrade_databases(settings)
    with closing(Database(settings.database_url)) as database:
        _keep_stamp(database, "databases", stamp)
    return "brought up to date"


def _accounts(settings: Settings) -> str:
    with closing(Database(settings.database_url)) as database:
        passwords = ensure_demo_accounts(settings, database)
    if not passwords:
        return "as they were"
    if settings.demo_password:
        return "with the password in PATHSHALA_DEMO_PASSWORD"
    _show(passwords)
    return "made"


def _show(passwords: Mapping[str, str]) -> None:
    say("\n    These passwords are shown once. To choose one for all: PATHSHALA_DEMO_PASSWORD.\n")
    for account in ACCOUNTS:
        if account.name in passwords:
            say(f"    {account.name:<10} {passwords[account.name]:<22} {account.role}")
    say("")


def _courses(settings: Settings) -> str:
    """Publish each bundled course whose files, or what renders them, changed."""
    from publishing.versions import publish

    folders = sorted(file.parent for file in settings.courses.glob("*/course.yml"))
    shared = _stamp([ROOT / source for source in PAGE_SOURCES])
    new = failed = 0
    with closing(Database(settings.database_url)) as database:
        for number, folder in enumerate(folders, start=1):
            stamp = shared + _stamp([folder])
            if _stamps(database).get(folder.name) == stamp:
                continue
            say(f"      publishing {folder.name} ({number}/{len(folders)}) …")
            try:
                found = publish(publisher(settings, database), folder, say=_say_indented)
            except PathshalaError as error:
                # the last version stays: a bad course leaves nobody without a home page
                failed += 1
                say(f"      {folder.name} was not published: {worded(error)}")
                continue
            new += sum(each.is_new for each in found)
            _keep_stamp(database, folder.name, stamp)
    said = f"{new} new versions" if new else "nothing new"
    return f"{said}, {failed} of {len(folders)} courses refused" if failed else said


def said_of_copies(settings: Settings) -> str:
    """Say whether copies are made, and what would keep them from it."""
    if settings.copies is None:
        return "NONE ARE MADE. Name a folder on another disk in PATHSHALA_COPIES"
    try:
        with own(settings.copies):
            newest = newest_at(settings.copies)
    except PathshalaError as error:
        return f"NONE CAN BE MADE. {worded(error)}"
    is_beside = settings.copies.stat().st_dev == settings.data.stat().st_dev
    where = f"{settings.copies}{' (on the same disk as the data)' if is_beside else ''}"
    made = f"the newest of {newest:%Y-%m-%d %H:%M} UTC" if newest else "the first one soon"
    return f"every {settings.copies_every} s into {where} if something changed, {made}"


def _say_indented(text: str) -> None:
    say(f"      {text}")


# Stamps ---------------------------------------------------------------------------------------


def _stamps(database: Database) -> dict[str, str]:
    """From which files each step was done last. Kept in the store: another one begins anew."""
    with database.read() as session:
        kept = session.get(Setting, STAMPS)
        return dict(kept.value) if kept else {}


def _keep_stamp(database: Database, name: str, stamp: str) -> None:
    stamps = {**_stamps(database), name: stamp}
    database.write(lambda session: session.merge(Setting(key=STAMPS, value=stamps)))


def _stamp(paths: list[Path]) -> str:
    """One hash over names and bytes of all files below, without what tools leave behind."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            relative = file.relative_to(ROOT).as_posix()
            if not file.is_file() or "__pycache__" in file.parts or relative.startswith(FRONTEND):
                continue
            total.update(relative.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
