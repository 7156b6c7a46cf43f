"""R7: whatever a teacher sends on a failing network arrives, each once, and is told truly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from time import monotonic
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, or_, select

from bench.waiting import wait_until
from store.database import Database
from store.queries import people
from store.tables import Answer, Comment, HandIn, Picture, Post, Rating
from tests.bar.bad_network import BadNetwork, Fault
from tests.bar.figures import record
from tests.conftest import ClientFor, SignIn, Stack
from tests.journeys.acting import Actor, a_photo, share_with_everyone, some_words, someone

pytestmark = [pytest.mark.bar, pytest.mark.journey]

COURSE = "active-learning/pair-talk"
MODULE = f"courses/{COURSE}"
EXERCISE = "quiet-child"
NAME = "teacher3"
HALF_OPEN_SECONDS = 60
MILLISECONDS_UNTIL_A_TRY_IS_GIVEN_UP = 45_000  # a page waits 20 s for any answer
SECONDS_TO_ARRIVE = 180
PASSING: tuple[Fault, ...] = ("down", "stalls", "deaf")
LASTING: tuple[Fault, ...] = ("resets", "frays", "halts", "slow")


@dataclass
class Ledger:
    """What stands in the database of what the teacher sent."""

    url: str

    def count(self, words: str) -> dict[str, int]:
        """How often something of each kind is kept, by what it says."""
        with closing(Database(self.url)) as database, database.read() as session:
            found = people.find_by_name(session, NAME)
            assert found is not None
            answers = session.scalars(select(Answer).where(Answer.person_id == found.id))
            shared = select(Post).where(Post.person_id == found.id, Post.exercise == "my-plan")
            posts = [p for p in session.scalars(shared) if p.body["value"]["change"] == words]
            open_ones = ("waiting", "to-mark", "failed")
            handed = select(func.count()).where(
                HandIn.handed_by == found.id, HandIn.state.in_(open_ones)
            )
            sent = select(func.count()).where(
                Picture.person_id == found.id,
                or_(Picture.post_id.in_([post.id for post in posts]), Picture.post_id.is_(None)),
            )
            said = select(func.count()).where(Comment.person_id == found.id, Comment.body == words)
            return {
                "answers": [answer.value for answer in answers].count(words),
                "posts": len(posts),
                "pictures": session.scalar(sent) or 0,
                "hand-ins": session.scalar(handed) or 0,
                "comments": session.scalar(said) or 0,
            }

    def stars(self, post: str) -> list[int]:
        """All that the teacher ever gave to a post, in order."""
        with closing(Database(self.url)) as database, database.read() as session:
            given = select(Rating.stars).where(Rating.post_id == post).order_by(Rating.id)
            return list(session.scalars(given))


@pytest.fixture
def ledger(stack: Stack) -> Ledger:
    return Ledger(f"sqlite:///{stack.data}/pathshala.sqlite")


@pytest.fixture
def post(client_for: ClientFor) -> str:
    """A colleague's work that the teacher has looked at for long enough."""
    author, reader = client_for("teacher"), client_for(NAME)
    shared = share_with_everyone(author, MODULE, EXERCISE, some_words())

    def has_looked() -> bool:
        seen = {"shown_seconds": 10, "clip_ranges": []}
        told = reader.post(f"api/posts/{shared}/looks", json=seen)
        return bool(told.json()["looked"])

    wait_until(has_looked, seconds=60, every=5)
    return shared


@pytest.fixture
def words(client_for: ClientFor) -> str:
    """What the teacher says this time, her plan already. She has handed in and shared nothing."""
    words, teacher = some_words(), client_for(NAME)
    mine = teacher.get(f"api/{MODULE}/mine").json()
    for handed in mine["hand_ins"]:
        teacher.delete(f"api/hand-ins/{handed['number']}")
    for shared in mine["posts"]:
        teacher.delete(f"api/posts/{shared['id']}")
    now = mine["server_time"]
    plan = {"class": "তৃতীয়", "lesson": "পাঠ ৪", "date": "2026-12-01", "change": words}
    times = {"edited_at": now, "sent_at": now}
    body = {"person": mine["person"], "device": uuid4().hex, "sequence": 1, "value": plan, **times}
    saved = teacher.put(f"api/{MODULE}/answers/my-plan", json=body)
    assert saved.status_code == 200, saved.text
    return words


@pytest.fixture
def phone(
    stack: Stack, browser: Browser, sign_in: SignIn, network: BadNetwork, words: str
) -> Iterator[Actor]:
    """A teacher whose phone reaches Pathshala by the bad network."""
    direct = someone(browser, sign_in, stack, NAME, "bn")
    yield replace(direct, at=f"http://127.0.0.1:{network.at}/services/portal/")
    direct.page.context.close()


def send_all(module: Actor, work: Actor, words: str) -> None:
    """Write, hand in, share with a photo, rate and comment, without waiting for anything."""
    module.write(EXERCISE, words)
    form = module.page.get_by_role("group", name=module.word("Share with colleagues"), exact=True)
    form.get_by_role("radio", name=module.word("Everyone"), exact=True).check()
    form.locator("input[type=file]").set_input_files(a_photo())
    form.get_by_role("textbox").fill(words)  # what is in it; the photo is small by then
    for tick in form.get_by_role("checkbox").all():
        tick.check()
    module.button("Share", form).click()
    module.button("Hand in").click()
    work.page.get_by_role("radio", name=work.word("{count} stars", count=4)).check(force=True)
    said = work.page.locator("form").filter(has_text=work.word("Say something that helps"))
    said.get_by_role("textbox").fill(words)
    work.button("Send comment", said).click()


@pytest.mark.parametrize("fault", [*PASSING, *LASTING])
def test_everything_arrives_once(
    phone: Actor, network: BadNetwork, ledger: Ledger, post: str, words: str, fault: Fault
) -> None:
    phone.open(MODULE)
    expect(phone.box("Your answer", phone.exercise(EXERCISE))).to_be_editable()
    work = replace(phone, page=phone.page.context.new_page())
    work.open(f"library/{post}")
    stars = work.page.get_by_role("radio", name=work.word("{count} stars", count=4))
    expect(stars).to_be_enabled()

    network.become(fault)
    send_all(phone, work, words)
    if fault in PASSING:
        not_yet = phone.word("Not handed in yet; waiting for network")
        expect(phone.page.get_by_text(not_yet)).to_be_visible()
        if fault == "deaf":
            phone.page.wait_for_timeout(HALF_OPEN_SECONDS * 1000)  # how long the fault lasts
        else:
            again = phone.page.get_by_text(phone.saying("Trying again in {seconds} s."))
            expect(again).to_be_visible(timeout=MILLISECONDS_UNTIL_A_TRY_IS_GIVEN_UP)
        expect(phone.page.get_by_text(not_yet)).to_be_visible()
        network.become("none")

    began = monotonic()
    within = SECONDS_TO_ARRIVE * 1000
    receipt = phone.page.get_by_role("group", name=phone.word("Receipt"), exact=True)
    expect(receipt).to_be_visible(timeout=within)
    expect(
        phone.page.get_by_text(phone.saying("Shared on {date} with: {audience}."))
    ).to_be_visible(timeout=within)
    own = work.page.locator("li.comment").filter(has_text=words)
    expect(own).to_be_visible(timeout=within)
    rated = work.word("Your rating is saved. You can change it.")
    expect(work.page.get_by_text(rated)).to_be_visible(timeout=within)
    once = {"answers": 1, "posts": 1, "pictures": 1, "hand-ins": 1, "comments": 1}
    assert (ledger.count(words), ledger.stars(post)) == (once, [4])
    took = f"{monotonic() - began:.0f} s"
    if fault == "frays":
        assert network.lives.reset.total() > 0, "nothing was reset: this run says nothing"
        took += f" ({network.lives})"
    tell(fault, took)


_took: dict[str, str] = {}


def tell(fault: Fault, took: str) -> None:
    _took[fault] = took
    seen = ", ".join(f"{name} {took}" for name, took in _took.items())
    record(
        "R7 kinds",
        "answer, hand-in, shared work with a photo, stars and comment on a bad network: all"
        " arrived, none twice;"
        f" after the network was back, or on it: {seen}",
    )
