"""Row S10 of the bar: 150 texts that want to be scripts, in each field that a person can fill;
whoever looks at them, none runs.

The browser has a trap that each text calls. It also counts what the content policy had to stop:
the texts shall not come that far.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from grading import marking
from learning import answers, cohorts, hand_ins, people
from publishing.versions import publish
from sharing import comments, pictures, posts
from sharing.pictures import Shown
from store import clock
from store.database import Session
from store.tables import Person, View
from tests.bar.xss_texts import TEXTS
from tests.portal.filling import a_photo
from tests.portal.serving import ROOT, Served, served_portal
from tests.publishing.writing import (
    code,
    graded,
    picture,
    plan,
    quiz,
    quiz_test,
    reflection,
    words,
    write_course,
    write_rubric,
)

pytestmark = pytest.mark.bar

KEY = "trial/spare-time"
TRAP = """
window.ran = []
window.trap = (number) => window.ran.push(`text ${number}`)
window.alert = window.trap
document.addEventListener("securitypolicyviolation", (event) =>
  window.ran.push(`stopped: ${event.violatedDirective} ${event.sourceFile} ${event.sample}`))
"""
LEADING = """[...document.querySelectorAll("[href], [src], [action]")]
  .flatMap((element) => ["href", "src", "action"].map((name) => element.getAttribute(name) ?? ""))
  .filter((address) => /^\\s*(javascript|vbscript|data):/i.test(address))"""


def everything(*, most: int = 100_000) -> list[str]:
    """All texts, in as few pieces of at most `most` letters as hold them."""
    pieces = [""]
    for text in TEXTS:
        if len(pieces[-1]) + len(text) + 1 > most:
            pieces.append("")
        pieces[-1] += f"{text}\n"
    return pieces


def hostile_course(folder: Path) -> None:
    """A course whose every text is hostile, by a trainer who knows our widgets."""
    whole = everything()[0]
    options = {f"o{number}": text for number, text in enumerate(TEXTS)}
    title = {"bn": whole, "en": whole}
    cells = [
        code("from pathshala import *"),
        *(words(text) for text in TEXTS),
        code(f"print({whole!r})"),
        words("## ক"),
        reflection(rubric="plan-and-report", props={"label": whole, "hint": whole}),
        quiz(solution='wait_time = "o0"', shows=f"Choice({whole!r}, {options!r})"),
        quiz_test(source='2.0 if wait_time == "o0" else 0.0'),
        plan(rubric="plan-and-report", props={"label": whole}),
        graded(words(whole), "task", 1, task=True, locked=True),
        code(f"HandIn(note={whole!r})\n"),
        code("Feedback()"),
        code(f"PeerShare(exercise='my-plan', prompt={whole!r})"),
        code(f"Gallery(title={whole!r})"),
    ]
    entry = {"notebook": "01-spare-time.ipynb", "title": title, "minutes": 20}
    write_course(folder, *cells, title=title, summary=title, modules=[entry])
    (folder / "x").write_bytes(picture())  # or publishing refuses what shows it
    write_rubric(folder)
    rubric = folder / "rubrics" / "plan-and-report.yml"
    rubric.write_text(rubric.read_text().replace("Plan and report", json.dumps(whole)[1:-1][:200]))


@dataclass
class World:
    """A portal full of hostile texts; who looks, and at which posts."""

    served: Served
    looks: dict[str, str]
    posts: list[str]
    hand_in: int


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("s10")
    with served_portal(folder / "data") as served:
        publish(served.publisher, ROOT / "courses" / "pathshala-pages")
        hostile_course(folder / "trial")
        publish(served.publisher, folder / "trial")
        yield served.database.write(lambda session: fill(session, served))


def fill(session: Session, served: Served) -> World:
    cohort = cohorts.ensure_cohort(session, TEXTS[1], "trial")
    staff = {
        role: person(session, role, role) for role in ("trainer", "evaluator", "administrator")
    }
    for role in ("trainer", "evaluator"):
        cohorts.give_staff(session, cohort.id, staff[role].id, role)
    authors = [person(session, f"teacher{number}", "teacher") for number in range(len(TEXTS))]
    shared = []
    for author, text in zip(authors, TEXTS, strict=True):
        cohorts.add_member(session, cohort.id, author.id)
        save(session, author, "use-it", text)
        shared.append(share(session, served, author, "use-it", text))
    for number, (author, text) in enumerate(zip(authors, TEXTS, strict=True)):
        comment(session, author, shared[number // 100 - 1], text)
    first = authors[0]
    save(session, first, "use-it", everything(most=20_000)[0])
    save(session, first, "task", everything(most=20_000)[0])
    parts = everything(most=5_000)
    fields = ("class", "lesson", "change", "pupils", "next")
    save(session, first, "my-plan", {**dict(zip(fields, parts, strict=False)), "decision": "keep"})
    number = hand_in(session, first, staff["evaluator"], parts)
    looks = {"author": first.id, "colleague": authors[1].id}
    looks |= {role: person.id for role, person in staff.items()}
    return World(served, looks, [post.id for post in shared], number)


def person(session: Session, name: str, role: str) -> Person:
    text = TEXTS[sum(map(ord, name)) % len(TEXTS)] if role != "teacher" else TEXTS[int(name[7:])]
    return people.add_person(
        session,
        name=name,
        password_hash="-",
        display_name=text,
        role=role,
        school=(text, text, text),
    )


def save(session: Session, author: Person, exercise: str, value: Any) -> None:
    answers.save_answer(
        session,
        person=author,
        module_key=KEY,
        exercise=exercise,
        device="phone",
        sequence=len(str(value)) + len(exercise),
        edited_at=clock.now(),
        value=value,
    )


def share(session: Session, served: Served, author: Person, exercise: str, text: str) -> Any:
    key, photo = uuid4().hex, a_photo(author.name)
    pictures.put(served.artifacts, photo)
    pictures.keep(session, served.artifacts, author, key, photo)
    return posts.share(
        session,
        person=author,
        module_key=KEY,
        exercise=exercise,
        audience="everyone",
        consent=True,
        device_at=clock.now(),
        shown=[Shown(key, text)],
        guardians_agree=True,
    )


def comment(session: Session, author: Person, post: Any, text: str) -> None:
    now = clock.now()
    if post.person_id == author.id:
        return
    session.add(
        View(
            post_id=post.id,
            person_id=author.id,
            opened_at=now,
            last_seen_at=now,
            shown_seconds=60.0,
            clip_seconds=[],
            looked_at=now,
        )
    )
    session.flush()
    comments.comment(
        session,
        person=author,
        post_id=post.id,
        key=f"comment-of-{author.name}",
        kind="used",
        body=text,
        device_at=now,
    )


def hand_in(session: Session, author: Person, evaluator: Person, parts: list[str]) -> int:
    record = hand_ins.hand_in(
        session, person=author, module_key=KEY, key="a-key-of-a-phone", handed_at=clock.now()
    )
    scores = [hand_ins.AutoScore("wait-time", 0.0, 2.0)]
    scores += [hand_ins.AutoScore(name, 0.0, 4.0, True) for name in ("use-it", "my-plan", "task")]
    hand_ins.mark_autograded(session, record.number, scores)
    for name, part in zip(("use-it", "my-plan"), parts, strict=False):
        levels = {"change": 1, "pupils": 1}
        marking.put_mark(session, evaluator, record.number, name, levels, part, None)
    return record.number


@contextmanager
def trapped(world: World, browser: Browser, who: str) -> Iterator[BrowserContext]:
    context = world.served.browser_of(browser, world.looks[who])
    context.add_init_script(TRAP)
    yield context
    context.close()


def visit(page: Page, address: str) -> list[str]:
    """Open a page, wait until it is all there, open what is folded; say what ran or would."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    ran: list[str] = page.evaluate("window.ran")
    leading: list[str] = page.evaluate(LEADING)
    return [f"{address}: {each}" for each in (*ran, *leading)]


def test_the_trap_catches(world: World, browser: Browser) -> None:
    with trapped(world, browser, "author") as context:
        page = context.new_page()
        page.goto("about:blank")
        page.set_content(f"<body>{TEXTS[5]}</body>")
        page.wait_for_function("window.ran.length > 0")


PLACES = {
    "author": ["", "courses", "courses/trial", "library", "people/me"],
    "colleague": ["", "library", "library?q=trap", "people/teacher0"],
    "trainer": ["", "studio", "library", "courses/trial/spare-time"],
    "evaluator": ["", "marking", "marking#{hand_in}"],
    "administrator": ["", "library", "studio"],
}


# a page of the library; everything, in a module's output or in an answer
SHOWN = {"author": 100, "colleague": 100, "trainer": 100, "evaluator": 100, "administrator": 1}


@pytest.mark.parametrize("who", PLACES)
def test_no_text_runs_before_anybodys_eyes(world: World, browser: Browser, who: str) -> None:
    paths = [path.format(hand_in=world.hand_in) for path in PLACES[who]]
    if who in ("author", "colleague"):
        paths += ["courses/trial/spare-time?lang=bn", "courses/trial/spare-time?lang=en"]
    with trapped(world, browser, who) as context:
        page = context.new_page()
        found, read = [], ""
        for path in paths:
            found += visit(page, world.served.url + path)
            read += page.locator("main").inner_text()
    assert found == []
    assert sum(text in read for text in TEXTS) >= SHOWN[who], "hardly a text was on the screen"


def test_no_shared_work_and_no_name_runs(world: World, browser: Browser) -> None:
    with trapped(world, browser, "colleague") as context:
        page = context.new_page()
        found = []
        for post in world.posts:
            found += visit(page, f"{world.served.url}library/{post}")
        text = page.locator("main").inner_text()
    assert found == []
    assert TEXTS[-1] in text, text


def test_no_address_runs(world: World, browser: Browser) -> None:
    with trapped(world, browser, "author") as context:
        page = context.new_page()
        found = []
        for text in TEXTS:
            written = quote(text, safe="")
            found += visit(page, f"{world.served.url}courses/{written}?lang={written}#{written}")
        for text in TEXTS[::10]:
            written = quote(text, safe="")
            found += visit(page, f"{world.served.url}library?q={written}&sort={written}")
            found += visit(
                page, f"{world.served.url}courses/trial/spare-time?t={written}#{written}"
            )
    assert found == []
