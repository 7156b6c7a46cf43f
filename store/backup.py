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

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from store import clock, dumping
from store.artifacts import Artifacts, is_sha256, sync_folder
from store.database import Database, Session
from store.errors import NotAllowed, Unavailable
from store.schema import newest, number_of
from store.tables import Setting

EPOCH = "epoch"
FORMAT = 1
OURS_ALONE = 0o600
STORE = "pathshala"
FOLDERS = ("artifacts", "labs")
ASIDE = ".aside-"
NEEDS_NO_SPACE = frozenset({"secrets"})  # a password given in a setting is kept there


@dataclass(frozen=True)
class Kept:
    """A file of a copy."""

    sha: str
    size_bytes: int


@dataclass(frozen=True)
class Copy:
    """Everything as it was at one moment. `tables` numbers the tables of the store."""

    name: str
    tables: str
    files: Mapping[str, Kept]
    is_new: bool = True

    @property
    def size_bytes(self) -> int:
        return sum(kept.size_bytes for kept in self.files.values())


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
    with _own(folder) as place, _telling(folder):
        contents = Artifacts(folder / "files", OURS_ALONE)
        _sweep(folder, contents.root)
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
        if before is not None and _files_of(before) == files:
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
    with _own(folder, must_exist=True) as place, _telling(data):
        copy = _read(place.find(name))
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


def _sweep(*folders: Path) -> None:
    """Remove what a copy that was killed left behind."""
    for folder in folders:
        for left in folder.glob(f"{ASIDE}*"):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()


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
    sha = sha or _sha(path)
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
        raise _torn(copy.name, path, there, "is missing")
    if there.stat().st_size != kept.size_bytes or _sha(there) != kept.sha:
        raise _torn(copy.name, path, there, "is not what was written")


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


# The folder of the copies ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """The manifests of a folder; their names are their order in time."""

    copies: Path

    def all(self) -> list[Path]:
        return sorted(self.copies.glob("[0-9]*.json"))

    def newest(self) -> Path | None:
        return self.all()[-1] if self.all() else None

    def next_name(self) -> str:
        """Its time, or just after the newest copy if the clock was set back meanwhile."""
        newest = self.newest()
        last = int(newest.stem) if newest else 0
        return str(max(int(f"{clock.now():%Y%m%d%H%M%S%f}"), last + 1))

    def find(self, name: str | None) -> Path:
        found = self.newest() if name is None else self.copies / f"{name}.json"
        if found is None or found not in self.all():
            raise NotAllowed(
                "copy-not-found",
                "There is no such copy in {folder}. There are: {names}.",
                {
                    "folder": str(self.copies.parent),
                    "names": ", ".join(path.stem for path in self.all()) or "none",
                },
            )
        return found

    def write(self, copy: Copy) -> None:
        """Write a manifest, sealed by its own hash, in one step."""
        body = {
            "format": FORMAT,
            "tables": copy.tables,
            "files": {path: [kept.sha, kept.size_bytes] for path, kept in copy.files.items()},
        }
        self.copies.mkdir(exist_ok=True)
        aside, target = self.copies / f".{copy.name}", self.copies / f"{copy.name}.json"
        aside.touch(OURS_ALONE)
        with aside.open("w", encoding="utf-8") as file:
            json.dump({"sha256": _seal(body), "copy": body}, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
        sync_folder(self.copies)

    def forget_all_but(self, keep: int, contents: Artifacts) -> None:
        """Remove older copies, and files that are in none any more."""
        for old in self.all()[:-keep]:
            old.unlink()
        left = [_files_of(path) for path in self.all()]
        if None in left:
            return  # of a damaged manifest nobody knows what it needs
        named = {kept.sha for files in left if files for kept in files.values()}
        for path in contents.root.glob("*/*"):
            if path.name not in named:
                path.unlink()


def _read(path: Path) -> Copy:
    try:
        sealed: Any = json.loads(path.read_text("utf-8"))
        body = sealed["copy"]
        if sealed["sha256"] != _seal(body) or body["format"] != FORMAT:
            raise ValueError("another manifest than was written")
        files = {name: Kept(*kept) for name, kept in body["files"].items()}
        return Copy(path.stem, body["tables"], files)
    except (ValueError, KeyError, TypeError) as error:
        raise _torn(path.stem, "its manifest", path, "is not what was written") from error


def _files_of(path: Path) -> Mapping[str, Kept] | None:
    """What is in a copy; None if its manifest is damaged: that must not keep others away."""
    try:
        return _read(path).files
    except NotAllowed:
        return None


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _torn(name: str, what: str, file: Path, how: str) -> NotAllowed:
    return NotAllowed(
        "copy-torn",
        "The copy {name} is damaged: {what} ({file}) {how}. Nothing was restored. Choose an older"
        " copy with --copy, or another folder.",
        {"name": name, "what": what, "file": str(file), "how": how},
    )


@contextmanager
def _own(folder: Path, *, must_exist: bool = False) -> Iterator[_Place]:
    """Hold the folder of the copies: of two that back up at once, one waits."""
    if must_exist and not (folder / "copies").is_dir():
        raise NotAllowed(
            "copy-not-found",
            "There is no copy in {folder}. Give the folder that `pathshala backup` was given.",
            {"folder": str(folder)},
        )
    with _telling(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _Place(folder / "copies")


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Turn a disk that refuses into one sentence."""
    try:
        yield
    except OSError as error:
        raise Unavailable(
            "copy-not-written",
            "The folder {folder} did not take everything ({reason}: {file}). Make room there, or"
            " name another folder; nothing that was there before is harmed.",
            {
                "folder": str(folder),
                "reason": error.strerror or str(error),
                "file": str(error.filename or folder),
            },
        ) from error


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
