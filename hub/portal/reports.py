"""What a trainer reads first about a cohort, and the same as files.

Who is stuck is `learning.reports`'; here it gets its words: one sentence why, one action.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel

from hub.portal.shapes import Asked, Slug
from hub.portal.spreadsheet import Cell, table_file
from hub.portal.texts import Language, say
from hub.portal.visitor import Asking, Here
from learning import reports
from learning.reports import Missing, Reason, Report, Stuck, Taught, Tried
from publishing.texts import in_language
from store import audit, clock
from store.queries.reports import Member

router = APIRouter(prefix="/api/studio/cohorts/{cohort}")

ROWS_SHOWN = 200
ROWS_MOST = 20_000
ListName = Literal["stuck", "not-handed-in", "tried"]

WHY: Mapping[Reason, str] = {
    "hand-in-failed": "Hand-in number {number} could not be checked by machine.",
    "plan-passed": "Planned to try it {days} days ago; there is no report yet.",
    "not-revised": "Got it back {days} days ago and has not revised it.",
    "quiet": "Began, then nothing for {days} days.",
    "not-started": "Joined {days} days ago and has not begun.",
}
ACTION: Mapping[Reason, str] = {
    "hand-in-failed": "Ask an evaluator to have it checked once more.",
    "plan-passed": "Ask how the lesson went.",
    "not-revised": "Offer to read the feedback together.",
    "quiet": "Call and ask what is in the way.",
    "not-started": "Call, and help with the first sign-in.",
}
WHO = ("name", "school", "upazila", "district", "module", "title")
COLUMNS: Mapping[ListName, Sequence[str]] = {
    "stuck": (*WHO, "reason", "days", "why", "action"),
    "not-handed-in": (*WHO, "last_seen_at"),
    "tried": (*WHO, "tried_on", "lesson", "decision"),
}
LABELS: Mapping[str, str] = {
    "name": "Name",
    "school": "School",
    "upazila": "Upazila",
    "district": "District",
    "module": "Module",
    "title": "Title",
    "reason": "Reason",
    "days": "Days",
    "why": "Why",
    "action": "What helps",
    "last_seen_at": "Last seen",
    "tried_on": "Tried on",
    "lesson": "Lesson",
    "decision": "Decision",
}


class ReportPerson(BaseModel):
    """A teacher of the cohort, by the name that others see."""

    id: str
    display_name: str
    school: str | None


class StuckRow(BaseModel):
    """Who is stuck where, why in one sentence, and one thing that helps."""

    person: ReportPerson
    module: str
    title: str
    reason: Reason
    days: int
    why: str
    action: str


class MissingRow(BaseModel):
    """Who has not handed in what; never seen there means not begun."""

    person: ReportPerson
    module: str
    title: str
    last_seen_at: AwareDatetime | None


class TriedRow(BaseModel):
    """Who tried what in class."""

    person: ReportPerson
    module: str
    title: str
    tried_on: date | None
    lesson: str
    decision: str


class ModuleFigures(BaseModel):
    """How many people of the cohort are how far in a module."""

    module: str
    title: str
    started: int
    handed_in: int
    returned: int
    tried: int
    stuck: int


class GenderFigure(BaseModel):
    """People of one gender, or of all that are left ("rest"), and how many of them tried."""

    gender: Literal["female", "male", "other", "rest"]
    people: int
    tried: int


class CohortReport(BaseModel):
    """A cohort at a glance. Lists hold their first `rows`; `totals` counts them whole.

    `members` are its people by shown name. `joined_lately` and `comments` are of the last 7 days.
    `genders` is empty where a figure would tell of fewer than five people.
    """

    cohort: int
    name: str
    course: str
    people: int
    lessons_tried: int
    joined_lately: int
    to_mark: int
    comments: int
    totals: dict[ListName, int]
    members: list[ReportPerson]
    modules: list[ModuleFigures]
    stuck: list[StuckRow]
    not_handed_in: list[MissingRow]
    tried: list[TriedRow]
    genders: list[GenderFigure]


class FileAsked(Asked):
    """Which list to write down; `header` "names" never changes, "words" speak the language."""

    list: ListName
    module: Slug | None = None
    header: Literal["names", "words"] = "names"


@router.get("/report")
def get_report(
    cohort: int,
    portal: Here,
    visitor: Asking,
    module: Slug | None = None,
    rows: Annotated[int, Query(ge=1, le=ROWS_MOST)] = ROWS_SHOWN,
) -> CohortReport:
    """Return who is stuck, who has not handed in, who tried it; `module` narrows the lists."""
    language = visitor.language
    with portal.database.read() as session:
        found = reports.cohort_report(session, cohort)
    stuck = [each for each in found.stuck if _is_of(each, module)]
    missing = [each for each in found.missing if _is_of(each, module)]
    tried = [each for each in found.tried if _is_of(each, module)]
    return CohortReport(
        cohort=cohort,
        name=found.cohort.name,
        course=found.cohort.course,
        people=len(found.members),
        lessons_tried=found.lessons_tried,
        joined_lately=found.joined_lately,
        to_mark=found.to_mark,
        comments=found.comments,
        totals={"stuck": len(stuck), "not-handed-in": len(missing), "tried": len(tried)},
        members=[_person(each) for each in found.members[:rows]],
        modules=[
            ModuleFigures(
                **_place(each.module, language),
                started=each.started,
                handed_in=each.handed_in,
                returned=each.returned,
                tried=each.tried,
                stuck=each.stuck,
            )
            for each in found.figures
        ],
        stuck=[_stuck_row(each, language) for each in stuck[:rows]],
        not_handed_in=[
            MissingRow(
                person=_person(each.member),
                **_place(each.module, language),
                last_seen_at=each.last_seen_at,
            )
            for each in missing[:rows]
        ],
        tried=[
            TriedRow(
                person=_person(each.member),
                **_place(each.module, language),
                tried_on=each.tried_on,
                lesson=each.lesson,
                decision=each.decision,
            )
            for each in tried[:rows]
        ],
        genders=[GenderFigure.model_validate(each, from_attributes=True) for each in found.genders],
    )


@router.post("/report.csv", response_class=Response)
def download_report(cohort: int, asked: FileAsked, portal: Here, visitor: Asking) -> Response:
    """Return a whole list as a file for a spreadsheet. Who took it along is kept in the audit."""
    language = visitor.language
    with portal.database.read() as session:
        found = reports.cohort_report(session, cohort)
    portal.database.write(
        lambda session: audit.record(
            session, visitor.person.id, f"download-{asked.list}", f"cohort/{cohort}"
        )
    )
    columns = COLUMNS[asked.list]
    is_worded = asked.header == "words"
    header = [say(language, LABELS[column]) for column in columns] if is_worded else columns
    name = f"pathshala-{asked.list}-{clock.now():%Y-%m-%d}"
    return table_file(name, header, _lines(found, asked, language))


def _lines(found: Report, asked: FileAsked, language: Language) -> list[list[Cell]]:
    if asked.list == "stuck":
        stuck = (each for each in found.stuck if _is_of(each, asked.module))
        return [_stuck_cells(each, language) for each in stuck]
    if asked.list == "tried":
        tried = (each for each in found.tried if _is_of(each, asked.module))
        return [
            [*_who(each, language), each.tried_on, each.lesson, each.decision] for each in tried
        ]
    missing = (each for each in found.missing if _is_of(each, asked.module))
    return [[*_who(each, language), each.last_seen_at] for each in missing]


def _is_of(each: Stuck | Missing | Tried, module: str | None) -> bool:
    return module is None or each.module.module == module


def _place(module: Taught, language: Language) -> dict[str, str]:
    return {"module": module.module, "title": in_language(module.title, language)}


def _person(member: Member) -> ReportPerson:
    return ReportPerson(id=member.person_id, display_name=member.display_name, school=member.school)


def _stuck_row(each: Stuck, language: Language) -> StuckRow:
    return StuckRow(
        person=_person(each.member),
        **_place(each.module, language),
        reason=each.reason,
        days=each.days,
        why=_why(each, language),
        action=say(language, ACTION[each.reason]),
    )


def _why(each: Stuck, language: Language) -> str:
    return say(language, WHY[each.reason], {"days": each.days, "number": each.number})


def _who(each: Stuck | Missing | Tried, language: Language) -> list[Cell]:
    member = each.member
    return [
        member.display_name,
        member.school,
        member.upazila,
        member.district,
        *_place(each.module, language).values(),
    ]


def _stuck_cells(each: Stuck, language: Language) -> list[Cell]:
    action = say(language, ACTION[each.reason])
    return [*_who(each, language), each.reason, each.days, _why(each, language), action]
