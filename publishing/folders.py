"""A course's folder as a list of files: what belongs to it, and which names it may have.

Runs in a trainer's Lab too, so it is made of the standard library alone and opens no store.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

MOST_FILES = 500
MOST_FILE_BYTES = 500 << 20
MOST_BYTES = 1 << 30
LONGEST_PATH = 200
LEFT_OUT = frozenset({"__pycache__", "node_modules"})
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class FileOf:
    """A file of a folder, by what is in it."""

    sha256: str
    size_bytes: int


Files = Mapping[str, FileOf]


class FolderRefused(ValueError):
    """A folder that is no course: the sentence says why."""


def read_folder(folder: Path) -> dict[str, FileOf]:
    """List what belongs to a course, by path; links and hidden files do not."""
    files: dict[str, FileOf] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not _is_left_out(each))
        for name in sorted(names):
            path = Path(place) / name
            if _is_left_out(name) or path.is_symlink() or not path.is_file():
                continue
            name = path.relative_to(folder).as_posix()
            files[name] = FileOf(sha256_of(path), path.stat().st_size)
    return files


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check(files: Files) -> None:
    """Raise FolderRefused unless these files can lie in one folder, and are not too many."""
    if "course.yml" not in files:
        raise FolderRefused("course.yml is missing")
    if len(files) > MOST_FILES:
        raise FolderRefused(f"{len(files)} files; {MOST_FILES} is the most")
    if sum(each.size_bytes for each in files.values()) > MOST_BYTES:
        raise FolderRefused(f"more than {MOST_BYTES >> 20} MB")
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    for path, file in files.items():
        if not is_inside(path) or path in folders:
            raise FolderRefused(f"{path[:80]!r} is no name for a file of a course")
        if not 0 <= file.size_bytes <= MOST_FILE_BYTES:
            raise FolderRefused(f"{path}: more than {MOST_FILE_BYTES >> 20} MB")
        if not _SHA256.fullmatch(file.sha256):
            raise FolderRefused(f"{path}: no SHA-256")


def is_inside(path: str) -> bool:
    """Whether a path leads to a file below the folder, and to no hidden one."""
    parts = path.split("/")
    return (
        0 < len(path) <= LONGEST_PATH
        and "\\" not in path
        and not _CONTROL.search(path)
        and all(part and not part.isspace() and not _is_left_out(part) for part in parts)
    )


def to_json(files: Files) -> dict[str, list[Any]]:
    """Return them as they are stored."""
    return {path: [file.sha256, file.size_bytes] for path, file in files.items()}


def from_json(files: Mapping[str, Any]) -> dict[str, FileOf]:
    return {path: FileOf(str(sha), int(size)) for path, (sha, size) in files.items()}


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name in LEFT_OUT
