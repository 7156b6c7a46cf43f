"""A trainer's courses in his Lab: bringing one in, sending one out.

A course lies in a folder of its name; what is there already is never overwritten.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hub.lab.portal_line import PortalLine, PortalRefused
from publishing import folders
from publishing.plain_yaml import read_yaml


def bring(line: PortalLine, course: str, home: Path) -> Path:
    """Return the course's folder; copy what was last published into it if it is not there."""
    folder = home / course
    if folder.exists():
        return folder
    listed = {each["path"]: each for each in line.get(f"courses/{course}")["files"]}
    if not listed:
        words = f"Nothing of {course} is kept that could be copied here. Publish it once more."
        raise PortalRefused("no-source", words)
    aside = Path(tempfile.mkdtemp(prefix=".bringing-", dir=home))
    try:
        for path, file in listed.items():
            if not folders.is_inside(path):
                raise PortalRefused("path-outside", f"{path!r} is no path of a course.")
            target = aside / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(line.get_file(f"courses/{course}/files/{file['sha256']}"))
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def first_notebook(folder: Path) -> str | None:
    """The name of a course's first module."""
    return next((path.name for path in sorted(folder.glob("*.ipynb"))), None)


def name_of(folder: Path) -> str:
    """The course that the folder's `course.yml` names; PortalRefused if it names none."""
    try:
        body = read_yaml(folder / "course.yml")
    except ValueError as error:
        raise PortalRefused("no-course", f"{folder.name}/course.yml: {error}") from error
    course = body.get("course") if isinstance(body, dict) else None
    if not isinstance(course, str) or not course:
        words = f"{folder.name}/course.yml does not say which course it is (course: ...)."
        raise PortalRefused("no-course", words)
    return course


def send(line: PortalLine, folder: Path, course: str, wish: str, proof: str | None = None) -> Any:
    """Send a course's folder, what the portal has not; return the proof's id."""
    files = folders.read_folder(folder)
    body = {
        "wish": wish,
        "proof": proof,
        "files": [
            {"path": path, "sha256": file.sha256, "size_bytes": file.size_bytes}
            for path, file in files.items()
        ],
    }
    sending = line.post(f"courses/{course}/proofs", body)
    places = {file.sha256: folder / path for path, file in files.items()}
    for sha in sending["missing"]:
        line.put_file(f"proofs/{sending['proof']}/files/{sha}", places[sha])
    return sending["proof"]


def do_wishes(line: PortalLine, home: Path) -> None:
    """Send what the trainer asked for in the studio, if it lies here."""
    for wish in line.get("wishes")["wishes"]:
        folder = find(home, wish["course"])
        if folder is not None:
            send(line, folder, wish["course"], wish["wish"], wish["proof"])


def find(home: Path, course: str) -> Path | None:
    """The folder of a course: the one of its name, else whichever names it."""
    named = home / course
    for folder in [named, *sorted(path.parent for path in home.glob("*/course.yml"))]:
        if (folder / "course.yml").is_file() and _names(folder, course):
            return folder
    return None


def _names(folder: Path, course: str) -> bool:
    try:
        return name_of(folder) == course
    except PortalRefused:
        return False
