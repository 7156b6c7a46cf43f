"""`pathshala backup` and `pathshala restore`: which databases there are, and what is said."""

from __future__ import annotations

import argparse
from pathlib import Path
from threading import Event
from time import monotonic

from hub.command_line import Commands, add_command
from hub.settings import Settings

COPIES_KEPT = 60


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add both commands to the command line."""
    backup = add_command(commands, "backup", _back_up, "keep a copy of everything, while it runs")
    backup.add_argument("folder", type=Path, help="where copies are kept; on another disk")
    backup.add_argument(
        "--keep", type=_at_least_one, default=COPIES_KEPT, help="how many copies stay"
    )
    backup.add_argument(
        "--every", type=_at_least_one, metavar="SECONDS", help="again and again, until Ctrl-C"
    )
    restore = add_command(commands, "restore", _restore, "bring a copy back into an empty folder")
    restore.add_argument("folder", type=Path, help="where copies are kept")
    restore.add_argument("--copy", help="its name (default: the newest)")


def _back_up(chosen: argparse.Namespace, settings: Settings) -> int:
    from hub.words import worded
    from store.backup import back_up
    from store.errors import PathshalaError

    while True:
        began = monotonic()
        try:
            copy = back_up(chosen.folder, settings.data, databases(settings), keep=chosen.keep)
        except PathshalaError as error:
            if chosen.every is None:
                raise
            print(f"No copy this time: {worded(error)}", flush=True)
        else:
            state = f"{len(copy.files)} files, {copy.size_bytes / 1e6:.1f} MB"
            said = f"Copy {copy.name}: {state}" if copy.is_new else f"As in copy {copy.name}"
            print(f"{said}, {monotonic() - began:.1f} s", flush=True)
        if chosen.every is None:
            return 0
        Event().wait(max(0.0, chosen.every - (monotonic() - began)))


def _restore(chosen: argparse.Namespace, settings: Settings) -> int:
    from store.backup import restore

    began = monotonic()
    copy = restore(chosen.folder, settings.data, databases(settings), name=chosen.copy)
    print(
        f"Restored copy {copy.name} into {settings.data}: {len(copy.files)} files,"
        f" {copy.size_bytes / 1e6:.1f} MB, {monotonic() - began:.1f} s. Start it as usual."
    )
    return 0


def databases(settings: Settings) -> dict[str, str]:
    """The databases of an installation by name, the truth last."""
    return {
        "jobs": f"sqlite:///{settings.jobs}",
        "hub": settings.hub_database_url,
        "gradebook": settings.gradebook_url,
        "pathshala": settings.database_url,
    }


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a whole number from 1 on")
    return number
