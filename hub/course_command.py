"""`pathshala lint`, `preview`, `publish` and `course new`: what a trainer does in a terminal.

In a Lab there is neither store nor secret: preview and publish send the course to the portal, with
the Lab's own token, and wait for what comes of it. Elsewhere `publish` works on the store itself.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hub.command_line import Commands, add_command, add_group, open_store
from hub.lab.portal_line import PortalLine, PortalRefused
from hub.settings import Settings
from store.errors import NotAllowed, Unavailable

SECONDS_BETWEEN_LOOKS = 0.5
OVER = ("done", "refused", "failed")


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Put these commands into the command line."""
    lint = add_command(commands, "lint", _lint, "say what is wrong with a course; run nothing")
    lint.add_argument("path", help="the folder with course.yml, or one notebook of it")

    preview = add_command(
        commands, "preview", _preview, "show a course in the studio, as on a phone"
    )
    preview.add_argument("path", help="the folder with course.yml")

    publish = add_command(commands, "publish", _publish, "publish a course folder, or one notebook")
    publish.add_argument("path", help="the folder with course.yml")
    publish.add_argument("--dry-run", action="store_true", help="check and render, store nothing")

    course = add_group(commands, "course", "courses")
    new = add_command(course, "new", _new, "make a course that can be published as it is")
    new.add_argument("folder", help="where; its name becomes the course's")
    new.add_argument("--bn", metavar="TITLE", help="the title in Bangla")
    new.add_argument("--en", metavar="TITLE", help="the title in English")


# Here -----------------------------------------------------------------------------------------


def _lint(chosen: argparse.Namespace, _: Settings) -> int:
    from publishing.findings import has_errors
    from publishing.lint import lint_path

    findings = lint_path(_there(chosen.path))
    for finding in findings:
        print(finding.in_words("en"))
    errors = sum(finding.is_error for finding in findings)
    print(_count(errors, len(findings) - errors))
    return 1 if has_errors(findings) else 0


def _new(chosen: argparse.Namespace, _: Settings) -> int:
    from publishing.starter import new_course

    titles = {"bn": chosen.bn, "en": chosen.en}
    course = new_course(Path(chosen.folder), {name: t for name, t in titles.items() if t})
    print(f"{chosen.folder} is a course now: {course}. Open 01-first-module.ipynb and change it.")
    print(f"  pathshala lint {chosen.folder}      says what is wrong")
    print(f"  pathshala preview {chosen.folder}   shows it in the studio, as on a phone")
    print(f"  pathshala publish {chosen.folder}   gives it to teachers")
    return 0


# By the store, or by the portal ---------------------------------------------------------------


def _publish(chosen: argparse.Namespace, settings: Settings) -> int:
    line = PortalLine.of_this_lab()
    if line is not None:
        return _send(line, chosen.path, "preview" if chosen.dry_run else "publish")
    return _publish_here(chosen, settings)


def _preview(chosen: argparse.Namespace, _: Settings) -> int:
    line = PortalLine.of_this_lab()
    if line is None:
        raise NotAllowed(
            "not-in-a-lab",
            "A preview is shown in the studio to whoever sends it from a Lab. Here, try"
            " pathshala publish {path} --dry-run.",
            {"path": chosen.path},
        )
    return _send(line, chosen.path, "preview")


def _publish_here(chosen: argparse.Namespace, settings: Settings) -> int:
    from hub.preparation import publisher
    from publishing.versions import publish

    path = _there(chosen.path)
    with open_store(settings) as database:
        found = publish(publisher(settings, database), path, dry_run=chosen.dry_run, say=print)
    for each in found:
        new = "would be new" if chosen.dry_run else "new"
        state = new if each.is_new else "unchanged"
        print(
            f"{each.course}/{each.module}: version {each.number}, {state},"
            f" {each.verdict}, {each.seconds:.1f} s"
        )
    return 0


def _send(line: PortalLine, path: str, wish: str) -> int:
    from hub.lab import courses

    place = _there(path).resolve()
    folder = place.parent if place.suffix == ".ipynb" else place
    try:
        course = courses.name_of(folder)
        print(f"{course}: sending")
        number = courses.send(line, folder, course, wish)
        proof = _follow(lambda: line.get(f"proofs/{number}"))
    except PortalRefused as error:
        raise Unavailable(error.code, "{words}", {"words": str(error)}) from error
    return _tell(proof)


def _follow(look: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Print how far it is until it is over."""
    last, pause = "", threading.Event()
    while True:
        proof = look()
        said = proof["said"] if proof["state"] == "running" else ""
        if said and said != last:
            print(said, flush=True)
            last = said
        if proof["state"] in OVER:
            return proof
        pause.wait(SECONDS_BETWEEN_LOOKS)


def _tell(proof: Mapping[str, Any]) -> int:
    errors = 0
    for finding in sorted(proof["findings"], key=lambda each: each["level"]):
        errors += finding["level"] == "error"
        cell = "" if finding["cell"] is None else f":{finding['cell']}"
        print(
            f"{finding['file']}{cell}: {finding['level']} [{finding['rule']}]"
            f" {finding['message']} {finding['fix']}"
        )
    for module in proof["modules"]:
        new = {True: "would be new", False: "unchanged" if proof["wish"] != "publish" else "now"}
        print(
            f"{proof['course']}/{module['module']}: version {module['number']},"
            f" {new[module['is_new']]}, {module['verdict']}, {_weight(module)}"
        )
    if proof["state"] == "failed":
        print(f"pathshala: {proof['message']}")
        return 1
    print(_count(errors, len(proof["findings"]) - errors))
    if proof["state"] == "refused":
        print("Nothing was published. Readers have what they had before.")
        return 1
    if proof["wish"] == "preview":
        print("Look at it in the studio, My courses: See it on a phone.")
    return 0


def _weight(module: Mapping[str, Any]) -> str:
    heaviest = module["heaviest"]
    what = heaviest["title"] or {"page": "the text", "pictures": "the pictures"}[heaviest["kind"]]
    first = _size(module["page_bytes"] + module["picture_bytes"])
    return f"first visit {first}, heaviest: {what} ({_size(heaviest['size_bytes'])})"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} KB"


def _count(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "Nothing to mend."
    return f"To mend: {errors}. To know: {warnings}."


def _there(path: str) -> Path:
    if not Path(path).exists():
        raise NotAllowed(
            "course-not-found",
            "There is no {path}. Give the folder of a course: the one with course.yml.",
            {"path": path},
        )
    return Path(path)
