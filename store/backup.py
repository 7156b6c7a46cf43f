"""A copy of everything that must survive, and the way back.

A copy is a manifest: which file of the data folder has which SHA-256. The files lie beside the
manifests, by their hash and each once, so that another copy costs only what is new. The manifest
is written last: what has one is whole. Databases come before artifacts, which are on disk before
the row that names them. Secrets stay out: each process makes its own anew.

    FOLDER/files/3f/3f9a…            contents, mode 0600
    FOLDER/copies/20261122021715302117.json

A restored installation begins a new *epoch*: browsers that see another one than before send what
they were told was kept, and the server perhaps no longer has.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

from store import dumping
from store.artifacts import Artifacts, is_sha256
from store.copies import (
    ASIDE,
    OURS_ALONE,
    Copy,
    Kept,
    files_of,
    own,
    read,
    sha256_of,
    sweep,
    telling,
    torn,
)
from store.database import Database, Session
from store.errors import NotAllowed
from store.schema import newest, number_of
from store.tables import Setting

EPOCH = "epoch"
STORE = "pathshala"
FOLDERS = ("artifacts", "labs")
NEEDS_NO_SPACE = frozenset({"secrets"})  # a password given in a setting is kept there


def back_up(folder: Path, data: Path, databases: Mapping[str, str], *, keep: int) -> Copy:
    """Add a copy to `folder`, remove all but the newest `keep`; safe while everything runs.

    `databases` are addresses by name; the last is `pathshala`, the store's. If nothing changed,
    the newest copy is returned, with `is_new` False.
    """
    tables = number_of(databases[STORE])
    if tables is None:
        raise NotAllowed(
            "nothing-to-back-up",
            "There is nothing to back up in {folder}. Name the data folder of your Pathshala in"
            " PATHSHALA_DATA.",
            {"folder": str(data)},
        )
    with own(folder) as place, telling(folder):
        contents = Artifacts(folder / "files", OURS_ALONE)
        sweep(folder, contents.root)
        with tempfile.TemporaryDirectory(dir=folder, prefix=ASIDE) as aside:
            files = {}
            for name, url in databases.items():
                dump = dumping.dump(url, Path(aside) / name)
                if dump is not None:
                    files[dump.name] = _keep(contents, dump)
        for path in _files_below(data):
            with suppress(FileNotFoundError):  # forgotten since, together with its row
                files[path.relative_to(data).as_posix()] = _keep_file(contents, data, path)
        before = place.newest()
        if before is not None and files_of(before) == files:
            return Copy(before.stem, tables, files, is_new=False)
        copy = Copy(place.next_name(), tables, files)
        place.write(copy)
        place.forget_all_but(keep, contents)
        return copy


def restore(
    folder: Path, data: Path, databases: Mapping[str, str], *, name: str | None = None
) -> Copy:
    """Put a copy, the newest if none is named, into the empty data folder `data`.

    All is checked before the first byte is written; a refusal names the damaged file.
    """
    with own(folder, must_exist=True) as place, telling(data):
        copy = read(place.find(name))
        if copy.tables > newest():
            raise NotAllowed(
                "copy-newer",
                "The copy {name} was made by a newer Pathshala (its tables are {found}, this one"
                " knows them up to {known}). Restore it with the newer one.",
                {"name": copy.name, "found": copy.tables, "known": newest()},
            )
        _refuse_unlike(copy, databases)
        _refuse_full(data, databases)
        contents = Artifacts(folder / "files", OURS_ALONE)
        for path, kept in copy.files.items():
            _check(copy, path, kept, contents)
        try:
            _fill(copy, contents, data, databases)
        except BaseException:
            _empty(data)
            raise
        return copy


def epoch(session: Session) -> str:
    """Which life of this installation it is: another one after each restore."""
    kept = session.get(Setting, EPOCH)
    return str(kept.value) if kept else ""


# Out ------------------------------------------------------------------------------------------


def _files_below(data: Path) -> Iterator[Path]:
    """Files that are neither databases nor for the moment; what a link leads to is not ours."""
    for name in FOLDERS:
        for folder, _, files in os.walk(data / name):
            for file in sorted(files):
                path = Path(folder) / file
                if not file.startswith(ASIDE) and path.is_file() and not path.is_symlink():
                    yield path


def _keep_file(contents: Artifacts, data: Path, path: Path) -> Kept:
    """Keep a file of the data folder; an artifact tells its hash by its name."""
    is_artifact = path.is_relative_to(data / "artifacts") and is_sha256(path.name)
    kept = _keep(contents, path, path.name if is_artifact else None)
    if is_artifact and kept.sha != path.name:
        raise NotAllowed(
            "artifact-damaged",
            "The file {file} is damaged: it is not what its name says. Bring it back from an"
            " older copy, then back up again.",
            {"file": str(path)},
        )
    return kept


def _keep(contents: Artifacts, path: Path, sha: str | None = None) -> Kept:
    """Keep a file by its hash, unless it is there already and of its size."""
    sha = sha or sha256_of(path)
    there, size = contents.path(sha), path.stat().st_size
    if there.exists() and there.stat().st_size == size:
        return Kept(sha, size)
    there.unlink(missing_ok=True)
    sha = contents.put(path, "application/octet-stream")  # as it was read, if it changes just now
    return Kept(sha, contents.path(sha).stat().st_size)


# In -------------------------------------------------------------------------------------------


def _refuse_unlike(copy: Copy, databases: Mapping[str, str]) -> None:
    wanted = dumping.file_name(databases[STORE], STORE)
    if wanted not in copy.files:
        raise NotAllowed(
            "copy-of-other-database",
            "The copy {name} is of the other kind of database ({wanted} is not in it). Set"
            " PATHSHALA_DATABASE_URL as it was when the copy was made.",
            {"name": copy.name, "wanted": wanted},
        )


def _refuse_full(data: Path, databases: Mapping[str, str]) -> None:
    is_full = data.exists() and any(p.name not in NEEDS_NO_SPACE for p in data.iterdir())
    if is_full or number_of(databases[STORE]) is not None:
        raise NotAllowed(
            "not-empty",
            "There is something in {folder} or in its database, and a copy goes only into an empty"
            " one. Name a new folder in PATHSHALA_DATA (and an empty database), or move the old.",
            {"folder": str(data)},
        )


def _check(copy: Copy, path: str, kept: Kept, contents: Artifacts) -> None:
    there = contents.path(kept.sha)
    if not there.exists():
        raise torn(copy.name, path, there, "is missing")
    if there.stat().st_size != kept.size_bytes or sha256_of(there) != kept.sha:
        raise torn(copy.name, path, there, "is not what was written")


def _fill(copy: Copy, contents: Artifacts, data: Path, databases: Mapping[str, str]) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    dumped = {dumping.file_name(url, name): url for name, url in databases.items()}
    for path, kept in copy.files.items():
        if path not in dumped:
            target = data / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(contents.path(kept.sha), target)
    for path, url in dumped.items():  # the store last: what has one is whole
        if path in copy.files:
            source = contents.path(copy.files[path].sha)
            dumping.load(source, url, beside=databases[STORE])
    os.sync()
    with closing(Database(databases[STORE])) as database:
        database.write(lambda session: session.merge(Setting(key=EPOCH, value=uuid4().hex)))


def _empty(data: Path) -> None:
    """Leave no half of a copy that somebody could start with."""
    for path in data.iterdir() if data.exists() else ():
        if path.name in NEEDS_NO_SPACE:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
