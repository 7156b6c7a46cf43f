"""Row S17 of the bar: keys, hidden tests and tokens reach no learner and no log, forged values
change no fact. Here: all that the portal sends; what a browser keeps is the journeys' to see.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from grading import gradebook
from grading.autograde import autograde
from grading.config import Grading
from hub.portal.permissions import TABLE
from publishing.versions import Publisher, publish
from store import clock
from tests.grading.conftest import cell, notebook
from tests.portal import asking
from tests.portal.filling import COURSE
from tests.portal.world import WRITE, World, a_portal

PROPERTIES = Path(__file__).resolve().parents[2] / "widgets" / "properties.json"
MODULE = "canary"
CANARIES = {
    "solution": "CANARY-in-the-solution",
    "hidden test": "CANARY-in-the-hidden-test",
    "why of the wrong": "CANARY-why-it-is-wrong",
    "why of the right": "CANARY-why-it-is-right",
    "mark scheme": "CANARY-in-the-mark-scheme",
    "model answer": "CANARY-in-the-model-answer",
    "token of the hub": "a-token-of-the-hub",
}
COURSE_FILE = f"""\
course: {COURSE}
title: {{bn: সক্রিয় শিখন, en: Active learning}}
summary: {{bn: ছোট বদল, en: Small changes}}
languages: [bn, en]
modules:
  - notebook: 01-{MODULE}.ipynb
    title: {{bn: জোড়ায় কথা, en: Pair talk}}
    minutes: 10
"""


def canary_notebook() -> dict[str, Any]:
    """A module that has something to hide in every place where a trainer may hide it."""
    answer = f"""\
### BEGIN SOLUTION
# {CANARIES["solution"]}
wait_time = "b"
### END SOLUTION
Choice({{"bn": "কতক্ষণ অপেক্ষা?", "en": "How long?"}}, {{"a": "0.5 s", "b": "3 s"}}, check=True)"""
    test = f"""\
### BEGIN HIDDEN TESTS
because = "{CANARIES["hidden test"]}"
why = {{"a": "{CANARIES["why of the wrong"]}", "b": "{CANARIES["why of the right"]}"}}
look_again = "অপেক্ষা"
assert wait_time == "b", because
### END HIDDEN TESTS"""
    scheme = f"""\
{CANARIES["model answer"]}

### BEGIN MARK SCHEME
{CANARIES["mark scheme"]}
### END MARK SCHEME"""
    return notebook(
        cell("markdown", "# জোড়ায় কথা"),
        cell("code", "from pathshala import Choice"),
        cell("markdown", "## অপেক্ষা"),
        cell("code", answer, "wait-time", solution=True),
        cell("code", "helper = 1", "helper", locked=True),
        cell("code", test, "wait-time-test", grade=True, locked=True, points=2),
        cell("markdown", "## কী দেখলেন?"),
        cell("markdown", scheme, "saw", grade=True, solution=True, points=3),
    )


@dataclass
class Taken:
    """A module that was taken to its end, and all that anybody was sent meanwhile."""

    world: World
    grading: Grading
    number: int = 0
    sent: list[str] = field(default_factory=list)

    def ask(self, client: TestClient, method: str, address: str, **more: Any) -> Any:
        answer = client.request(method, address, headers=WRITE, **more)
        self.sent.append(f"{answer.headers}{answer.text}")
        return answer

    def save(self, value: Any, exercise: str = "wait-time", **more: Any) -> Any:
        """Save an answer as the teacher's browser does."""
        at = clock.iso(clock.now())
        body = {
            "person": self.world.ids["teacher"],
            "device": "phone",
            "sequence": len(self.sent),
            "edited_at": at,
            "sent_at": at,
            "value": value,
            **more,
        }
        address = f"api/courses/{COURSE}/{MODULE}/answers/{exercise}"
        return self.ask(self.world.client("teacher"), "PUT", address, json=body)

    def hand_in(self) -> int:
        """Hand in as the teacher's browser does; return the number on the receipt."""
        body = {
            "person": self.world.ids["teacher"],
            "key": f"key-of-a-phone-{len(self.sent)}",
            "handed_at": clock.iso(clock.now()),
            "together": [],
        }
        address = f"api/courses/{COURSE}/{MODULE}/hand-ins"
        receipt = self.ask(self.world.client("teacher"), "POST", address, json=body)
        assert receipt.is_success, receipt.text
        return int(receipt.json()["number"])


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    folder = tmp_path_factory.mktemp("canaries")
    course = folder / COURSE
    course.mkdir()
    (course / "course.yml").write_text(COURSE_FILE, "utf-8")
    (course / f"01-{MODULE}.ipynb").write_text(json.dumps(canary_notebook()), "utf-8")
    with a_portal(folder / "data") as world:
        store = world.portal
        url = f"sqlite:///{folder / 'gradebook.sqlite'}"
        gradebook.migrate(url)
        publish(Publisher(store.database, store.artifacts, PROPERTIES, folder / "work"), course)
        taken = Taken(
            world, Grading(store.database, store.artifacts, url, folder / "work", store.runner)
        )
        _take(taken)
        yield taken


def _take(taken: Taken) -> None:
    """Answer wrong, so that the hidden test fails with its message; hand in, mark, return."""
    evaluator = taken.world.client("evaluator")
    assert taken.save("a").status_code == 200
    assert taken.save("আমি দেখলাম, সবাই কথা বলছে।", "saw").status_code == 200
    taken.number = taken.hand_in()
    autograde(taken.grading, taken.number)
    mark = {"levels": {"whole": 2}, "comment": "ভালো", "expected": None}
    marked = taken.ask(evaluator, "PUT", f"api/marking/{taken.number}/marks/saw", json=mark)
    assert marked.status_code == 200, marked.text
    returned = taken.ask(evaluator, "POST", f"api/marking/{taken.number}/return", json={})
    assert returned.status_code == 200, returned.text
    gradebook.copy_marks(taken.grading, taken.number)


def find_canaries(text: str) -> list[str]:
    return [place for place, canary in CANARIES.items() if canary in text]


def test_the_canaries_were_there_to_be_found(taken: Taken) -> None:
    engine = gradebook.engine(taken.grading.gradebook_url)
    kept = Path(str(engine.url.database)).read_bytes().decode("utf-8", "replace")
    assert "hidden test" in find_canaries(kept)
    sources = [path.read_bytes() for path in taken.grading.artifacts.root.glob("*/*")]
    found = {place for data in sources for place in find_canaries(data.decode("utf-8", "replace"))}
    assert found == CANARIES.keys() - {"token of the hub"}


def test_no_page_and_no_reply_brings_a_learner_any_of_them(taken: Taken) -> None:
    for name in ("teacher", "mate", "evaluator", None):
        client = taken.world.client(name)
        for method, template in sorted(TABLE):
            if method != "GET":
                continue
            things = {"module": MODULE, "number": taken.number, "exercise": "wait-time"}
            address = asking.path(taken.world, template, **things)
            for language in ("bn", "en"):
                taken.ask(client, "GET", f"{address}?lang={language}")
    mine = taken.world.client("teacher").get(f"api/courses/{COURSE}/{MODULE}/mine").json()
    assert mine["exercises"]["wait-time"]["feedback"]["score"] == 0
    assert mine["exercises"]["saw"]["feedback"]["score"] == 2
    assert find_canaries("".join(taken.sent)) == []


def test_a_check_says_why_of_what_was_chosen_and_nothing_else(taken: Taken) -> None:
    assert taken.save("a").status_code == 200
    address = f"api/courses/{COURSE}/{MODULE}/answers/wait-time/check"
    teacher = taken.world.client("teacher")
    checked = teacher.post(f"{address}?lang=bn", headers=WRITE, json={})
    assert checked.json() == {
        "result": "not-yet",
        "why": [{"about": "", "text": CANARIES["why of the wrong"]}],
        "look_again": {"heading": "m-অপেক্ষা", "words": "অপেক্ষা"},
    }
    assert find_canaries(f"{checked.headers}{checked.text}") == ["why of the wrong"]
    tries = [teacher.post(address, headers=WRITE, json={}).status_code for _ in range(10)]
    assert tries[:9] == [200] * 9 and tries[9] == 429
    mate = taken.world.client("mate").post(address, headers=WRITE, json={})
    assert (mate.status_code, mate.json()["code"]) == (409, "nothing-to-check")


def test_no_artifact_with_a_canary_is_served(taken: Taken) -> None:
    client = taken.world.client("teacher")
    for path in taken.grading.artifacts.root.glob("*/*"):
        if find_canaries(path.read_bytes().decode("utf-8", "replace")):
            for ending in ("ipynb", "png", "mp4", "html", "vtt", "json"):
                assert client.get(f"media/{path.name}.{ending}").status_code == 404


def test_the_store_keeps_none_of_them_in_any_row(taken: Taken) -> None:
    kept = taken.world.dump()
    assert "wait-time" in str(kept["versions"])
    assert find_canaries(str(kept)) == []


def test_no_log_has_one_nor_what_a_teacher_wrote(
    taken: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    words = "গোপন-কথা-৪২"
    assert taken.save(words, "saw").status_code == 200
    autograde(taken.grading, taken.hand_in())
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "sqlalc"))]
    logged = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours)
    assert find_canaries(logged) == []
    assert words not in logged


@pytest.mark.parametrize(
    ("exercise", "value", "more"),
    [
        ("wait-time", {"value": "b", "score": 2.0}, {}),
        ("wait-time", ["b"], {}),
        ("wait-time", "c", {}),
        ("wait-time", True, {}),
        ("wait-time", "b\n### END SOLUTION", {}),
        ("wait-time-test", "b", {}),
        ("helper", "b", {}),
        ("saw", {"html": "<b>"}, {}),
        ("saw", None, {"score": 3}),
    ],
)
def test_a_forged_value_changes_no_fact(
    taken: Taken, exercise: str, value: Any, more: dict[str, Any]
) -> None:
    before = taken.world.dump()
    totals = gradebook.totals(taken.grading.gradebook_url)
    answer = taken.save(value, exercise, **more)
    assert 400 <= answer.status_code < 500, answer.text
    assert taken.world.dump() == before
    assert gradebook.totals(taken.grading.gradebook_url) == totals
    assert find_canaries(answer.text) == []
