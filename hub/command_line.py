"""What the parts of the command `pathshala` share: how a command is added, how the store opens."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.settings import Settings

if TYPE_CHECKING:
    from store.database import Database

Run = Callable[[argparse.Namespace, Settings], int]
Commands = argparse._SubParsersAction  # argparse has no public name for it


@contextmanager
def open_store(settings: Settings) -> Iterator[Database]:
    """Open the store, if its tables are those that this code knows."""
    from store.database import Database
    from store.schema import check

    check(settings.database_url)
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def add_command(
    commands: Commands[argparse.ArgumentParser], name: str, run: Run, help: str | None = None
) -> argparse.ArgumentParser:
    """Add a command; one without help is not for people and is not shown."""
    parser = (
        commands.add_parser(name, help=help, description=help)
        if help
        else commands.add_parser(name)
    )
    parser.set_defaults(run=run)
    return parser


def add_group(
    commands: Commands[argparse.ArgumentParser], name: str, help: str
) -> Commands[argparse.ArgumentParser]:
    """Add a word that several commands begin with."""
    return commands.add_parser(name, help=help).add_subparsers(metavar="ACTION", required=True)
