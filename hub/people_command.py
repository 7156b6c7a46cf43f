"""`pathshala people`: who may sign in. Who learns with whom is in `cohort_command.py`.

Decides the words of these commands; the rules are `learning`'s.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hub.command_line import Commands, add_command, add_group, open_store
from hub.settings import Settings
from store.errors import NotFound

if TYPE_CHECKING:
    from store.database import Session
    from store.tables import Person

ROLES = ("teacher", "trainer", "evaluator", "administrator")


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Put these commands into the command line."""
    people = add_group(commands, "people", "who may sign in")
    add = add_command(
        people, "add", _add_person, "add somebody; the password comes on standard input"
    )
    names_person(add)
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--name", help="the name that others see")
    add.add_argument("--language", choices=("bn", "en"), default="bn")
    add.add_argument("--gender", choices=("female", "male", "other"), help="may be left out")
    add.add_argument("--school", help="with --upazila and --district")
    add.add_argument("--upazila", default="")
    add.add_argument("--district", default="")
    add_command(people, "list", _list_people, "everyone, with roles: tab-separated")
    reset = add_command(
        people, "reset-password", _reset_password, "print a temporary password for somebody"
    )
    names_person(reset)
    export = add_command(people, "export", _export_person, "all that is kept of somebody, as a zip")
    names_person(export)
    export.add_argument("--to", metavar="FILE", help="where to write it (default: NAME.zip)")
    remove = add_command(people, "remove", _remove_person, "end somebody's access at once")
    names_person(remove)
    remove.add_argument(
        "--erase", action="store_true", help="delete what the person wrote; marks lose the name"
    )


def _add_person(chosen: argparse.Namespace, settings: Settings) -> int:
    import getpass

    from hub.passwords import hash_password
    from learning.people import add_person

    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    hashed = hash_password(password)
    school = (chosen.school, chosen.upazila, chosen.district) if chosen.school else None
    with open_store(settings) as database:
        person = database.write(
            lambda session: add_person(
                session,
                name=chosen.sign_in_name,
                password_hash=hashed,
                display_name=chosen.name or chosen.sign_in_name,
                role=chosen.role,
                language=chosen.language,
                school=school,
                gender=chosen.gender,
            )
        )
    print(f"{person.name} can sign in now, as {chosen.role}.")
    return 0


def _list_people(_: argparse.Namespace, settings: Settings) -> int:
    from learning.people import list_people, roles_of

    with open_store(settings) as database, database.read() as session:
        for person in list_people(session):
            roles = ", ".join(roles_of(session, person.id))
            place = f"{person.school.name}, {person.school.district}" if person.school else ""
            print(f"{person.name}\t{person.display_name}\t{roles}\t{place}")
    return 0


def _reset_password(chosen: argparse.Namespace, settings: Settings) -> int:
    from hub.passwords import temporary_password
    from learning.people import set_password

    password, hashed = temporary_password()
    with open_store(settings) as database:

        def use_case(session: Session) -> None:
            person = find_person(session, chosen.sign_in_name)
            set_password(session, person.id, hashed, by="command", is_temporary=True)

        database.write(use_case)
    print(f"{password}\nIt is shown only now, and lets in only to choose another one.")
    return 0


def _export_person(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning.my_data import gather, write
    from store.artifacts import Artifacts

    path = Path(chosen.to or f"{chosen.sign_in_name}.zip")
    with open_store(settings) as database, database.read() as session:
        person = find_person(session, chosen.sign_in_name)
        kept = gather(session, person.id)
    with path.open("wb") as bundle:
        write(kept, Artifacts(settings.artifacts), bundle)
    print(f"{path}: {path.stat().st_size} bytes, readable for you alone.")
    return 0


def _remove_person(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning.my_data import erase
    from learning.people import remove_person
    from store.artifacts import Artifacts

    with open_store(settings) as database:

        def use_case(session: Session) -> None:
            person = find_person(session, chosen.sign_in_name)
            remove_person(session, person.id)
            if chosen.erase:
                erase(session, Artifacts(settings.artifacts), person.id)

        database.write(use_case)
        if chosen.erase:
            database.forget_deleted()
    print(f"{chosen.sign_in_name} cannot sign in any more; open browsers are out within a minute.")
    if chosen.erase:
        print("What the person wrote is deleted. Marks are kept without a name.")
        print("Copies in back-ups go with their cycle.")
    return 0


def names_person(parser: argparse.ArgumentParser) -> None:
    """Let a command take the sign-in name of somebody."""
    parser.add_argument("sign_in_name", metavar="NAME", help="what is typed at sign-in")


def find_person(session: Session, name: str) -> Person:
    """Who signs in under this name; the refusal says where to look for others."""
    from learning.people import find_by_name

    person = find_by_name(session, name)
    if person is None:
        raise NotFound(
            "person-not-found",
            "Nobody signs in as {name}. `pathshala people list` shows who there is.",
            {"name": name},
        )
    return person
