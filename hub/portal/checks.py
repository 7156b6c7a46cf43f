"""Whether a saved answer is right, asked before it is handed in."""

from fastapi import APIRouter
from pydantic import BaseModel

from grading import checking
from grading.checking import Checked, Result
from hub.portal.texts import Language
from hub.portal.visitor import Asking, Here
from publishing.explanations import find_heading
from publishing.texts import in_language
from store.artifacts import Artifacts

router = APIRouter(prefix="/api/courses/{course}/{module}")


class Why(BaseModel):
    """The trainer's words; `about` is the text of the option that they are about, or ""."""

    about: str
    text: str


class Heading(BaseModel):
    """A heading of the page, by its id."""

    heading: str
    words: str


class Second(BaseModel):
    """A second of the page's first clip."""

    second: float


class Check(BaseModel):
    """What may be said of an answer. What is right is not in it."""

    result: Result
    why: list[Why]
    look_again: Heading | Second | None


@router.post("/answers/{exercise}/check")
def check_answer(course: str, module: str, exercise: str, portal: Here, visitor: Asking) -> Check:
    """Say whether my newest saved answer is right, why, and where to look again."""
    checked = checking.check(
        portal.database,
        portal.artifacts,
        portal.runner,
        person_id=visitor.person.id,
        module_key=f"{course}/{module}",
        exercise=exercise,
    )
    language = visitor.language
    why = [
        Why(about=in_language(each.about, language), text=in_language(each.text, language))
        for each in checked.why
    ]
    place = _place(portal.artifacts, checked, language)
    return Check(result=checked.result, why=why, look_again=place)


def _place(artifacts: Artifacts, checked: Checked, language: Language) -> Heading | Second | None:
    place = checked.look_again
    if isinstance(place, int | float):
        return Second(second=place)
    if place is None or language not in checked.pages:
        return None
    words = in_language(place, language)
    heading = find_heading(artifacts.read(checked.pages[language]).decode(), words)
    return Heading(heading=heading, words=words) if heading else None
