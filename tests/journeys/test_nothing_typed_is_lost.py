"""What a teacher typed survives the network, a reload, another phone and a dead server."""

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import SignIn, Stack
from tests.journeys.acting import Actor, some_words, someone

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"
EXERCISE = "quiet-child"


@pytest.fixture
def teacher(her_phone: Actor) -> Actor:
    her_phone.open(MODULE)
    return her_phone


def write_while_signed_out(teacher: Actor) -> str:
    """End the teacher's sign-in behind her back; return what she then wrote."""
    words = some_words()
    group = teacher.exercise(EXERCISE)
    expect(teacher.box("Your answer", group)).to_be_editable()
    teacher.page.context.clear_cookies()
    teacher.write(EXERCISE, words)
    expect(group.locator("[data-state=signed-out]")).to_be_visible()
    return words


def test_words_wait_on_the_phone_while_the_network_is_away(teacher: Actor) -> None:
    words = some_words()
    group = teacher.exercise(EXERCISE)
    teacher.page.context.set_offline(True)
    teacher.write(EXERCISE, words)
    expect(group.get_by_role("status").first).to_contain_text(
        teacher.word("Kept on this phone, will be sent later ({count})", count=1)
    )
    teacher.page.context.set_offline(False)
    teacher.is_saved(group)
    teacher.page.reload()
    expect(teacher.box("Your answer", group)).to_have_value(words)


def test_words_typed_while_the_portal_dies_are_saved_by_the_next_one(
    stack: Stack, teacher: Actor
) -> None:
    words = some_words()
    group = teacher.exercise(EXERCISE)
    expect(teacher.box("Your answer", group)).to_be_editable()
    portal = stack.find_process("run-portal")
    assert portal is not None
    portal.kill()
    teacher.write(EXERCISE, words)
    teacher.is_saved(group)
    teacher.page.reload()
    expect(teacher.box("Your answer", group)).to_have_value(words)


def test_another_phone_shows_the_newest_words(
    stack: Stack, browser: Browser, sign_in: SignIn, teacher: Actor, her_id: str
) -> None:
    words = some_words()
    teacher.reflect(EXERCISE, words)
    other = someone(browser, sign_in, stack, her_id, "en")
    other.open(MODULE)
    expect(other.box("Your answer", other.exercise(EXERCISE))).to_have_value(words)
    newer = some_words()
    other.reflect(EXERCISE, newer)
    other.page.context.close()
    teacher.page.reload()
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(newer)


def test_words_typed_after_the_sign_in_ended_are_kept_until_the_next_one(
    sign_in: SignIn, teacher: Actor, her_id: str
) -> None:
    words = write_while_signed_out(teacher)
    sign_in(teacher.page, her_id, "bn", path=MODULE)
    expect(teacher.box("Your answer", teacher.exercise(EXERCISE))).to_have_value(words)
    teacher.is_saved(teacher.exercise(EXERCISE))


def test_a_shared_phone_never_shows_one_teacher_the_words_of_another(
    sign_in: SignIn, teacher: Actor
) -> None:
    words = write_while_signed_out(teacher)
    sign_in(teacher.page, "teacher2", "bn", path=MODULE)
    other = teacher.box("Your answer", teacher.exercise(EXERCISE))
    expect(other).to_be_editable()
    expect(other).not_to_have_value(words)
