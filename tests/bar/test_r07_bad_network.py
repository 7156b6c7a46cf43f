"""R7: what is typed on a failing network is told to be unsaved, and arrives once later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from time import monotonic

import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from store.database import Database
from store.queries import people
from store.tables import Answer
from tests.bar.bad_network import BadNetwork, Fault
from tests.bar.figures import record
from tests.bar.fraying import MOMENTS
from tests.conftest import SignIn, Stack
from tests.journeys.acting import Actor, some_words, someone

pytestmark = [pytest.mark.bar, pytest.mark.journey]

MODULE = "courses/active-learning/pair-talk"
EXERCISE = "quiet-child"
SECONDS_TO_SAY_SO = 3.0
TEN_MINUTES = 10
CONNECTIONS = 100
MILLISECONDS_UNTIL_A_DEAF_LINE_IS_LEFT = 45_000  # a page waits 20 s for any answer
Keepers = Callable[[str], list[str]]


@pytest.fixture
def teacher(
    stack: Stack, browser: Browser, sign_in: SignIn, network: BadNetwork
) -> Iterator[Actor]:
    """A teacher whose phone reaches Pathshala by the bad network; it has a clock of its own."""
    direct = someone(browser, sign_in, stack, "teacher3", "bn")
    direct.page.clock.install()
    actor = replace(direct, at=f"http://127.0.0.1:{network.at}/services/portal/")
    actor.open(MODULE)
    expect(actor.box("Your answer", actor.exercise(EXERCISE))).to_be_editable()
    yield actor
    actor.page.context.close()


@pytest.fixture
def keepers(stack: Stack) -> Keepers:
    """`keepers(words)` names the person of each row that has these words."""

    def act(words: str) -> list[str]:
        url = f"sqlite:///{stack.data}/pathshala.sqlite"
        with closing(Database(url)) as database, database.read() as session:
            kept = session.scalars(select(Answer).where(Answer.exercise == EXERCISE))
            ids = [answer.person_id for answer in kept if answer.value == words]
            named = people.by_id(session, ids)
            return [named[person].name for person in ids]

    return act


def write(teacher: Actor) -> tuple[str, Locator]:
    """Type something and leave the box; return it, and where the page tells its state."""
    words, group = some_words(), teacher.exercise(EXERCISE)
    expect(teacher.box("Your answer", group)).to_be_editable()
    teacher.write(EXERCISE, words)
    return words, group


def is_kept_here(teacher: Actor, group: Locator, seconds: float = 20) -> None:
    told = teacher.word("Kept on this phone, will be sent later ({count})", count=1)
    status = group.get_by_role("status").first
    expect(status).to_contain_text(told, timeout=seconds * 1000)


def pass_minutes(teacher: Actor, minutes: int) -> None:
    for _ in range(minutes):
        teacher.page.clock.run_for(60_000)


@pytest.mark.parametrize("fault", ["down", "stalls", "deaf"])
def test_the_page_says_within_3_seconds_that_it_is_not_saved_and_sends_it_later(
    teacher: Actor, network: BadNetwork, keepers: Keepers, fault: Fault
) -> None:
    network.become(fault)
    words, group = write(teacher)
    began = monotonic()
    is_kept_here(teacher, group, SECONDS_TO_SAY_SO)
    took = monotonic() - began
    network.become("none")
    saved = group.get_by_role("status").first
    expect(saved).to_contain_text(
        teacher.saying("Saved {time}"), timeout=MILLISECONDS_UNTIL_A_DEAF_LINE_IS_LEFT
    )
    assert keepers(words) == ["teacher3"]
    _seconds[fault] = took
    slowest = max(_seconds.values())
    record("R7", f"line {', '.join(_seconds)}: the page says so within {slowest:.1f} s")


_seconds: dict[Fault, float] = {}


def test_each_wording_arrives_once_where_two_of_three_connections_are_reset(
    teacher: Actor, network: BadNetwork, keepers: Keepers
) -> None:
    network.become("resets")
    for _ in range(3):
        words, group = write(teacher)
        teacher.is_saved(group)
        assert keepers(words) == ["teacher3"]


def test_each_wording_arrives_once_where_a_twentieth_of_connections_is_reset(
    teacher: Actor, network: BadNetwork, keepers: Keepers
) -> None:
    network.become("frays")
    wordings = 0
    while network.lives.made < CONNECTIONS:
        words, group = write(teacher)
        teacher.is_saved(group)
        assert keepers(words) == ["teacher3"]
        wordings += 1
    assert set(network.lives.reset) == set(MOMENTS)
    record("R7 frays", f"{network.lives}: {wordings} wordings, 0 lost, 0 doubled")


def test_ten_minutes_without_network_and_a_reload_lose_nothing(
    teacher: Actor, network: BadNetwork, keepers: Keepers
) -> None:
    teacher.until_kept(MODULE)
    _, group = write(teacher)
    teacher.is_saved(group)  # of one phone the later words are newer, though only its clock runs on
    network.become("down")
    words, group = write(teacher)
    is_kept_here(teacher, group)
    pass_minutes(teacher, TEN_MINUTES)
    is_kept_here(teacher, group)
    teacher.page.reload()  # it comes from the phone
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(words)
    is_kept_here(teacher, teacher.exercise(EXERCISE))
    network.become("none")
    pass_minutes(teacher, 1)  # until the next try
    teacher.is_saved(teacher.exercise(EXERCISE))
    assert keepers(words) == ["teacher3"]


def test_words_that_wait_go_to_nobody_else_on_the_same_phone(
    teacher: Actor, network: BadNetwork, keepers: Keepers, sign_in: SignIn
) -> None:
    network.become("down")
    words, group = write(teacher)
    is_kept_here(teacher, group)
    teacher.page.context.clear_cookies()
    network.become("none")
    sign_in(teacher.page, "teacher2", "bn")
    teacher.open(MODULE)
    others = teacher.box("Your answer", teacher.exercise(EXERCISE))
    expect(others).to_be_editable()
    expect(others).not_to_have_value(words)
    pass_minutes(teacher, 2)
    assert keepers(words) == []
    teacher.page.context.clear_cookies()
    sign_in(teacher.page, "teacher3", "bn")
    teacher.open(MODULE)
    teacher.is_saved(teacher.exercise(EXERCISE))
    assert keepers(words) == ["teacher3"]
