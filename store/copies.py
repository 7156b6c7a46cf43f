"""The folder of the copies: contents by hash, each once, and a sealed manifest per copy.

What goes into a copy, and comes back out of it, is `backup.py`'s.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store import clock
from store.artifacts import Artifacts, sync_folder
from store.errors import NotAllowed, Unavailable

ASIDE = ".aside-"
FORMAT = 1
OURS_ALONE = 0o600
NAMED = "%Y%m%d%H%M%S%f"


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


@dataclass(frozen=True)
class Place:
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
        return str(max(int(f"{clock.now():{NAMED}}"), last + 1))

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
        left = [files_of(path) for path in self.all()]
        if None in left:
            return  # of a damaged manifest nobody knows what it needs
        named = {kept.sha for files in left if files for kept in files.values()}
        for path in contents.root.glob("*/*"):
            if path.name not in named:
                path.unlink()


def read(path: Path) -> Copy:
    """Read a manifest; raise NotAllowed("copy-torn") if it is not what was written."""
    try:
        sealed: Any = json.loads(path.read_text("utf-8"))
        body = sealed["copy"]
        if sealed["sha256"] != _seal(body) or body["format"] != FORMAT:
            raise ValueError("another manifest than was written")
        files = {_inside(name): Kept(*kept) for name, kept in body["files"].items()}
        return Copy(path.stem, body["tables"], files)
    except (ValueError, KeyError, TypeError) as error:
        raise torn(path.stem, "its manifest", path, "is not what was written") from error


def newest_at(folder: Path) -> datetime | None:
    """When the newest copy of a folder was made, as its name says."""
    newest = Place(folder / "copies").newest()
    if newest is None:
        return None
    try:
        return datetime.strptime(newest.stem, NAMED).replace(tzinfo=UTC)
    except ValueError:  # a name that was counted on while the clock stood still
        return datetime.fromtimestamp(newest.stat().st_mtime, UTC)


def files_of(path: Path) -> Mapping[str, Kept] | None:
    """What is in a copy; None if its manifest is damaged: that must not keep others away."""
    try:
        return read(path).files
    except NotAllowed:
        return None


def _inside(path: str) -> str:
    """A path that leads to no place outside the data folder."""
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError("a path that leads outside")
    return path


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def torn(name: str, what: str, file: Path, how: str) -> NotAllowed:
    """Say of a copy that `file`, which holds `what`, is damaged, and how."""
    return NotAllowed(
        "copy-torn",
        "The copy {name} is damaged: {what} ({file}) {how}. Nothing was restored. Choose an older"
        " copy with --copy, or another folder.",
        {"name": name, "what": what, "file": str(file), "how": how},
    )


@contextmanager
def own(folder: Path, *, must_exist: bool = False) -> Iterator[Place]:
    """Hold the folder of the copies: of two that back up at once, one waits."""
    if must_exist and not (folder / "copies").is_dir():
        raise NotAllowed(
            "copy-not-found",
            "There is no copy in {folder}. Give the folder that `pathshala backup` was given.",
            {"folder": str(folder)},
        )
    with telling(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Place(folder / "copies")


@contextmanager
def telling(folder: Path) -> Iterator[None]:
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


def sweep(*folders: Path) -> None:
    """Remove what a copy that was killed left behind."""
    for folder in folders:
        for left in folder.glob(f"{ASIDE}*"):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
