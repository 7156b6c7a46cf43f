"""What a trainer needs first: who is stuck and why, who has not handed in, who tried it in class.

*Tried* is a plan's report, as `progress` has it. A person is stuck in a module for one reason,
the most urgent; each has one action. Figures by gender stand only where at least five people
stand behind each of them. Wording is the portal's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from learning.progress import day_of, is_report
from publishing.texts import Text
from store import clock
from store.database import Session
from store.errors import NotFound
from store.queries import modules as module_queries
from store.queries import reports as queries
from store.queries.reports import Member, NewestHandIn, Place
from store.tables import Cohort

Reason = Literal["hand-in-failed", "plan-passed", "not-revised", "quiet", "not-started"]

QUIET = timedelta(days=7)
NOT_BEGUN = timedelta(days=7)
TO_REVISE = timedelta(days=7)
PLAN_OVER = timedelta(days=2)  # whoever tries it today may write about it tomorrow
ENOUGH_POINTS = 0.6  # below this share, a returned hand-in asks for another round
NEWS = timedelta(days=7)
SMALL = 5


@dataclass(frozen=True)
class Taught:
    """A module of the cohort's course, and its exercises that hold a plan."""

    key: str
    module: str
    title: Text
    plans: tuple[str, ...]


@dataclass(frozen=True)
class Stuck:
    """Somebody whom a word would help: why, since how many days."""

    member: Member
    module: Taught
    reason: Reason
    days: int
    number: int | None = None


@dataclass(frozen=True)
class Missing:
    """Somebody who has not handed a module in; `last_seen_at` None has not begun it."""

    member: Member
    module: Taught
    last_seen_at: datetime | None


@dataclass(frozen=True)
class Tried:
    """Somebody who tried it in class: when, in which lesson, and whether it stays."""

    member: Member
    module: Taught
    tried_on: date | None
    lesson: str
    decision: str


@dataclass(frozen=True)
class GenderFigure:
    """How many people, and how many of them tried at least one lesson; "rest" is all others."""

    gender: str
    people: int
    tried: int


@dataclass(frozen=True)
class ModuleFigures:
    """How far the cohort is in one module, in people."""

    module: Taught
    started: int
    handed_in: int
    returned: int
    tried: int
    stuck: int


@dataclass(frozen=True)
class Report:
    """A cohort in its course, as it stands now. Lists are by module, then by shown name."""

    cohort: Cohort
    members: list[Member]
    figures: list[ModuleFigures]
    stuck: list[Stuck]
    missing: list[Missing]
    tried: list[Tried]
    genders: list[GenderFigure]
    joined_lately: int
    to_mark: int
    comments: int

    @property
    def lessons_tried(self) -> int:
        """The headline: lessons that were tried with children."""
        return len(self.tried)


@dataclass(frozen=True)
class _Records:
    """Everything that the cohort left in its course."""

    members: list[Member]
    seen: dict[Place, datetime]
    hand_ins: dict[Place, NewestHandIn]
    reached: dict[int, float]
    plans: dict[Place, dict[str, Any]]
    at: datetime


def cohort_report(session: Session, cohort_id: int) -> Report:
    """Everything a trainer asks first about a cohort; raise NotFound("cohort-not-found")."""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound("cohort-not-found", "There is no such cohort.")
    taught = _taught(session, cohort.course)
    records = _records(session, cohort, taught)
    stuck = list(_stuck(records, taught))
    missing = list(_missing(records, taught))
    tried = list(_tried(records, taught))
    open_hand_ins = {
        hand_in.number
        for hand_in in records.hand_ins.values()
        if hand_in.state in ("waiting", "to-mark", "failed")
    }
    since = records.at - NEWS
    return Report(
        cohort=cohort,
        members=records.members,
        figures=_figures(records, taught, stuck, tried),
        stuck=stuck,
        missing=missing,
        tried=tried,
        genders=_genders(records.members, {each.member.person_id for each in tried}),
        joined_lately=sum(member.joined_at >= since for member in records.members),
        to_mark=len(open_hand_ins),
        comments=queries.count_comments(session, cohort_id, cohort.course, since),
    )


# ---------------------------------------------------------------- what the cohort left


def _taught(session: Session, course: str) -> list[Taught]:
    return [
        Taught(
            key=module.key,
            module=module.module,
            title=module.title,
            plans=tuple(
                entry["exercise"]
                for entry in version.manifest["exercises"]
                if entry["component"] == "ActionPlan"
            ),
        )
        for _, module, version in module_queries.taught(session, course)
        if version.manifest["exercises"]
    ]


def _records(session: Session, cohort: Cohort, taught: list[Taught]) -> _Records:
    named = [(module.key, plan) for module in taught for plan in module.plans]
    values = queries.values(session, cohort.id, named) if named else {}
    plans: dict[Place, dict[str, Any]] = {}
    for (person, module, _), kept in values.items():
        # checked when it was saved; here only: does it say anything?
        value = next((each for each in kept if isinstance(each, dict) and any(each.values())), None)
        if value is not None and not is_report(plans.get((person, module))):
            plans[person, module] = value
    members = queries.members(session, cohort.id)
    present = {member.person_id for member in members}
    seen = queries.last_seen(session, cohort.id, cohort.course)
    hand_ins = queries.newest_hand_ins(session, cohort.id, cohort.course)
    return _Records(
        members=members,
        seen={place: at for place, at in seen.items() if place[0] in present},
        hand_ins={place: each for place, each in hand_ins.items() if place[0] in present},
        reached=queries.shares_reached(session, cohort.id, cohort.course),
        plans=plans,
        at=clock.now(),
    )


def _places(records: _Records, taught: list[Taught]) -> Iterable[tuple[Member, Taught, Place]]:
    for module in taught:
        for member in records.members:
            yield member, module, (member.person_id, module.key)


# ---------------------------------------------------------------- the three lists


def _stuck(records: _Records, taught: list[Taught]) -> Iterable[Stuck]:
    begun = {person for person, _ in records.seen} | {person for person, _ in records.hand_ins}
    for member, module, place in _places(records, taught):
        found = _reason(records, place)
        if found is not None:
            reason, since = found
            hand_in = records.hand_ins.get(place)
            days = (records.at.date() - since).days
            yield Stuck(member, module, reason, days, hand_in.number if hand_in else None)
        elif (
            module is taught[0]
            and member.person_id not in begun
            and records.at - member.joined_at >= NOT_BEGUN
        ):
            yield Stuck(member, module, "not-started", (records.at - member.joined_at).days)


def _reason(records: _Records, place: Place) -> tuple[Reason, date] | None:
    """Why somebody is stuck in a module that she has begun, and since when."""
    hand_in, seen_at = records.hand_ins.get(place), records.seen.get(place)
    if hand_in is not None and hand_in.state == "failed":
        return "hand-in-failed", hand_in.received_at.date()
    plan = records.plans.get(place)
    planned = day_of(str(plan.get("date", ""))) if plan and not is_report(plan) else None
    if planned is not None and records.at.date() - planned >= PLAN_OVER:
        return "plan-passed", planned
    if hand_in is not None:
        returned_at = hand_in.returned_at
        if (
            returned_at is not None
            and records.at - returned_at >= TO_REVISE
            and (seen_at is None or seen_at <= returned_at)
            and records.reached.get(hand_in.number, 1.0) < ENOUGH_POINTS
        ):
            return "not-revised", returned_at.date()
        return None
    if planned is None and seen_at is not None and records.at - seen_at >= QUIET:
        return "quiet", seen_at.date()
    return None


def _missing(records: _Records, taught: list[Taught]) -> Iterable[Missing]:
    for member, module, place in _places(records, taught):
        if place not in records.hand_ins:
            yield Missing(member, module, records.seen.get(place))


def _tried(records: _Records, taught: list[Taught]) -> Iterable[Tried]:
    for member, module, place in _places(records, taught):
        plan = records.plans.get(place)
        if plan is not None and is_report(plan):
            day = day_of(str(plan.get("tried_on", "")))
            lesson, decision = str(plan.get("lesson", "")), str(plan["decision"])
            yield Tried(member, module, day, lesson, decision)


# ---------------------------------------------------------------- figures


def _figures(
    records: _Records, taught: list[Taught], stuck: list[Stuck], tried: list[Tried]
) -> list[ModuleFigures]:
    handed = records.hand_ins.values()
    started = Counter(module for _, module in {*records.seen, *records.hand_ins})
    handed_in = Counter(each.module for each in handed)
    returned = Counter(each.module for each in handed if each.state == "returned")
    tried_in = Counter(each.module.key for each in tried)
    stuck_in = Counter(each.module.key for each in stuck)
    return [
        ModuleFigures(
            module,
            started[module.key],
            handed_in[module.key],
            returned[module.key],
            tried_in[module.key],
            stuck_in[module.key],
        )
        for module in taught
    ]


def _genders(members: list[Member], tried: set[str]) -> list[GenderFigure]:
    """Figures by gender, the smallest groups put together until nobody can be made out."""
    groups: dict[str, list[str]] = {}
    for member in members:
        groups.setdefault(member.gender or "rest", []).append(member.person_id)
    by_size = sorted(groups.items(), key=lambda group: (group[0] != "rest", len(group[1])))
    rest: list[str] = []
    while by_size and (
        by_size[0][0] == "rest" or len(by_size[0][1]) < SMALL or 0 < len(rest) < SMALL
    ):
        rest += by_size.pop(0)[1]
    if 0 < len(rest) < SMALL:
        return []
    shown = [(gender, ids) for gender, ids in sorted(by_size)] + ([("rest", rest)] if rest else [])
    if len(shown) < 2:
        return []
    return [GenderFigure(name, len(ids), len(tried.intersection(ids))) for name, ids in shown]
