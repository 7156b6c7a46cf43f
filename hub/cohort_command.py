"""`pathshala cohort` and `join-code`: who learns with whom, and how people come in.

Decides the words of these commands; the rules are `learning`'s.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from hub.command_line import Commands, add_command, add_group, open_store
from hub.lock import url_of_running
from hub.people_command import find_person, names_person
from hub.settings import Settings
from store.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from store.database import Session
    from store.tables import Cohort


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Put these commands into the command line."""
    _add_cohorts(add_group(commands, "cohort", "who learns together, and who follows them"))
    _add_codes(add_group(commands, "join-code", "codes with which people join by themselves"))


# Cohorts --------------------------------------------------------------------------------------


def _list_cohorts(_: argparse.Namespace, settings: Settings) -> int:
    from store.queries import cohorts

    with open_store(settings) as database, database.read() as session:
        for cohort in cohorts.all_cohorts(session):
            staff = [
                f"{role} {person.name}"
                for role in ("trainer", "evaluator")
                for person in cohorts.staff(session, cohort.id, role)
            ]
            approval = "asks for approval" if cohort.needs_approval else ""
            print(f"{cohort.name}\t{cohort.course}\t{', '.join(staff) or 'no staff'}\t{approval}")
    return 0


def _give_cohort(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning import cohorts, people

    with open_store(settings) as database:

        def use_case(session: Session) -> list[str]:
            cohort = _cohort(session, chosen.cohort, chosen.course)
            person = find_person(session, chosen.sign_in_name)
            roles = people.roles_of(session, person.id)
            for role in ("trainer", "evaluator"):
                if role in roles:
                    cohorts.give_staff(session, cohort.id, person.id, role)
            if "teacher" in roles:
                cohorts.add_member(session, cohort.id, person.id)
            return [role for role in roles if role != "administrator"]

        roles = database.write(use_case)
    print(f"{chosen.sign_in_name} is in {chosen.cohort} now, as {' and '.join(roles) or 'nobody'}.")
    return 0


def _take_cohort(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning import cohorts

    with open_store(settings) as database:

        def use_case(session: Session) -> None:
            cohort = _cohort(session, chosen.cohort, chosen.course)
            person = find_person(session, chosen.sign_in_name)
            cohorts.take_staff(session, cohort.id, person.id, "trainer")
            cohorts.take_staff(session, cohort.id, person.id, "evaluator")
            cohorts.remove_member(session, cohort.id, person.id, by="command")

        database.write(use_case)
    print(f"{chosen.sign_in_name} is not in {chosen.cohort} any more.")
    return 0


def _add_cohorts(cohorts: Commands[argparse.ArgumentParser]) -> None:
    add_command(cohorts, "list", _list_cohorts, "every cohort, with course and staff")
    give = add_command(
        cohorts, "give", _give_cohort, "let somebody learn in, follow or mark a cohort, by her role"
    )
    take = add_command(cohorts, "take", _take_cohort, "take somebody out of a cohort")
    for parser in (give, take):
        parser.add_argument("cohort", metavar="COHORT")
        names_person(parser)
        parser.add_argument("--course", help="if two courses have a cohort of this name")


def _cohort(session: Session, name: str, course: str | None) -> Cohort:
    from store.queries import cohorts

    found = [cohort for cohort in cohorts.named(session, name) if course in (None, cohort.course)]
    if not found:
        raise NotFound(
            "cohort-not-found",
            "There is no cohort {name}. `pathshala cohort list` shows them,"
            " `pathshala join-code create` makes one.",
            {"name": name},
        )
    if len(found) > 1:
        raise NotAllowed(
            "cohort-of-several-courses",
            "Several courses have a cohort {name}: add --course with one of {courses}.",
            {"name": name, "courses": [cohort.course for cohort in found]},
        )
    return found[0]


# Codes ----------------------------------------------------------------------------------------


def _create_code(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning import joining
    from store.queries import cohorts

    with open_store(settings) as database:

        def use_case(session: Session) -> tuple[Cohort, str, bool]:
            cohort = _cohort_for_code(session, chosen)
            code = joining.create_code(session, cohort.id, uses=chosen.uses, days=chosen.days)
            return (
                cohort,
                joining.spelled(code.code),
                not cohorts.staff(session, cohort.id, "trainer"),
            )

        cohort, code, is_alone = database.write(use_case)
    print(f"{code}\n{url_of_running(settings)}/hub/join?code={code}")
    if is_alone:
        print(
            f"Nobody follows {cohort.name} yet: pathshala cohort give {cohort.name!r} NAME",
            file=sys.stderr,
        )
    return 0


def _cohort_for_code(session: Session, chosen: argparse.Namespace) -> Cohort:
    """The cohort that is named, made if it is not there."""
    from learning import cohorts
    from store.queries import cohorts as queries

    known = queries.named(session, chosen.cohort)
    if known:
        cohort = _cohort(session, chosen.cohort, chosen.course or known[0].course)
    else:
        course = chosen.course or _only_course(session)
        cohort = cohorts.create_cohort(session, chosen.cohort, course)
    if chosen.approval:
        cohort.needs_approval = True
    return cohort


def _only_course(session: Session) -> str:
    from store.queries import modules

    courses = sorted({course.course for course, _, _ in modules.taught(session)})
    if len(courses) != 1:
        raise NotAllowed(
            "course-missing",
            "A new cohort needs its course: add --course with one of {courses}.",
            {"courses": courses or ["those you publish first"]},
        )
    return courses[0]


def _list_codes(_: argparse.Namespace, settings: Settings) -> int:
    from learning import joining
    from store.queries import cohorts
    from store.queries import joining as codes

    with open_store(settings) as database, database.read() as session:
        everywhere = [cohort.id for cohort in cohorts.all_cohorts(session)]
        for code, cohort in codes.codes(session, everywhere):
            uses = f"{code.uses} of {code.most_uses}" if code.most_uses else f"{code.uses}"
            until = f"until {code.ends_at:%Y-%m-%d %H:%M} UTC" if code.ends_at else "no end"
            state = joining.state_of(code)
            print(f"{joining.spelled(code.code)}\t{cohort.name}\t{state}\t{uses}\t{until}")
    return 0


def _end_code(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning import joining

    with open_store(settings) as database:
        database.write(lambda session: joining.end_code(session, chosen.code))
    print("Nobody else can join with this code.")
    return 0


def _list_requests(_: argparse.Namespace, settings: Settings) -> int:
    from store.queries import cohorts, joining

    with open_store(settings) as database, database.read() as session:
        everywhere = [cohort.id for cohort in cohorts.all_cohorts(session)]
        for request, cohort, person in joining.waiting(session, everywhere):
            place = f"{person.school.name}, {person.school.upazila}" if person.school else ""
            when = f"{request.asked_at:%Y-%m-%d %H:%M}"
            print(f"{request.id}\t{person.display_name}\t{place}\t{cohort.name}\t{when}")
    return 0


def _settle(chosen: argparse.Namespace, settings: Settings) -> int:
    from learning import joining

    with open_store(settings) as database:
        database.write(lambda session: joining.settle(session, chosen.number, accept=chosen.accept))
    print("Let in." if chosen.accept else "Refused.")
    return 0


def _add_codes(codes: Commands[argparse.ArgumentParser]) -> None:
    create = add_command(codes, "create", _create_code, "print a new code and its link")
    create.add_argument("--cohort", required=True, metavar="NAME", help="made if it is not there")
    create.add_argument("--course", help="of a new cohort; may be left out if there is only one")
    create.add_argument("--uses", type=int, metavar="N", help="for so many people")
    create.add_argument("--days", type=int, metavar="N", help="for so many days")
    create.add_argument(
        "--approval", action="store_true", help="from now on, who joins this cohort waits"
    )
    add_command(codes, "list", _list_codes, "every code, with state and uses")
    end = add_command(codes, "end", _end_code, "let nobody else in with a code")
    end.add_argument("code", metavar="CODE")
    add_command(codes, "requests", _list_requests, "who waits for approval")
    for word, accept, help in (
        ("accept", True, "let in somebody who waits"),
        ("refuse", False, "do not let in somebody who waits"),
    ):
        parser = add_command(codes, word, _settle, help)
        parser.add_argument("number", type=int, metavar="NUMBER", help="as `requests` shows it")
        parser.set_defaults(accept=accept)
