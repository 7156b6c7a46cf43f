"""One real thread: publish, answer, hand in, mark, return, revise, share, look, rate.

The teacher reads one language, the evaluator and the colleague the other; `make bar` changes them.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hub.portal.texts import Language
from tests.conftest import SignIn, Stack
from tests.journeys.acting import MILLISECONDS_FOR_A_JOB, Actor, publish, someone
from tests.journeys.unseen_course import UnseenCourse, write_unseen_course

pytestmark = pytest.mark.journey

WORDS = "দুজন মেয়ে কিছু বলেনি; পরে র‍্যাঙ্ক, উদ্বৃত্ত আর দুঃখ শব্দগুলো নিজেরাই পড়েছে।"
REVISED = WORDS + " আবার করে দেখলাম: ১২ জন বলেছে।"
COMMENT = "খুব ভালো লক্ষ্য করেছেন। পরের বার সময়টা মেপে দেখুন।"


@pytest.mark.parametrize(
    ("hers", "theirs"),
    [("bn", "en"), pytest.param("en", "bn", marks=pytest.mark.bar)],
)
def test_a_module_nobody_has_seen_is_answered_marked_revised_shared_and_rated(
    stack: Stack,
    browser: Browser,
    sign_in: SignIn,
    tmp_path: Path,
    hers: Language,
    theirs: Language,
) -> None:
    course = write_unseen_course(tmp_path)
    assert course.course in publish(stack, course.folder)
    teacher = someone(browser, sign_in, stack, "teacher", hers)
    answer_everything(teacher, course)
    teacher.hand_in(exercises=3)

    evaluator = someone(browser, sign_in, stack, "evaluator", theirs)
    mark_and_return(evaluator, teacher, course)

    read_feedback_and_revise(teacher, course)
    mark_and_return(evaluator, teacher, course)

    teacher.page.reload()
    teacher.share("Everyone")
    peer = someone(browser, sign_in, stack, "teacher2", theirs)
    look_and_rate(peer, course)
    see_own_post(teacher, course)
    for actor in (teacher, evaluator, peer):
        actor.page.context.close()


def answer_everything(teacher: Actor, course: UnseenCourse) -> None:
    teacher.open(course.path)
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text(
        course.title[teacher.language]
    )
    teacher.reflect(course.reflection, WORDS)
    teacher.choose(course.quiz.replace("_", "-"), course.options[course.right][teacher.language])
    teacher.plan(course.plan, "গল্প, পৃষ্ঠা ২২", "জোড়ায় এক মিনিট কথা")
    teacher.report(course.plan, "পেছনের বেঞ্চের সবাই কথা বলেছে।")
    teacher.page.reload()
    expect(teacher.box("Your answer", teacher.exercise(course.reflection))).to_have_value(WORDS)


def mark_and_return(evaluator: Actor, teacher: Actor, course: UnseenCourse) -> None:
    # the page follows by itself what the worker does
    expect(
        teacher.page.get_by_text(
            teacher.word("Waiting for marking. It usually takes up to 7 days.")
        )
    ).to_be_visible(timeout=MILLISECONDS_FOR_A_JOB)
    evaluator.open("marking")
    queue = evaluator.page.locator("main")
    expect(queue).to_contain_text(course.title[evaluator.language])
    expect(queue).not_to_contain_text("রহিমা")
    evaluator.mark_everything(course.title[evaluator.language], COMMENT)


def read_feedback_and_revise(teacher: Actor, course: UnseenCourse) -> None:
    teacher.page.reload()
    reflection = teacher.exercise(course.reflection)
    expect(reflection).to_contain_text(COMMENT)
    quiz = teacher.exercise(course.quiz.replace("_", "-"))
    expect(quiz).to_contain_text("৩" if teacher.language == "bn" else "3")
    teacher.button("Revise").click()
    teacher.reflect(course.reflection, REVISED)
    teacher.hand_in(exercises=3)
    receipt = teacher.page.get_by_role("group", name=teacher.word("Receipt"), exact=True)
    expect(receipt).to_contain_text(teacher.word("Round {round}", round=2))


def look_and_rate(peer: Actor, course: UnseenCourse) -> None:
    peer.open(course.path)
    peer.page.locator('[id^="card-"]').click()
    stars = peer.page.get_by_role("radio", name=peer.word("{count} stars", count=4))
    left = peer.page.get_by_text(peer.saying("{seconds} s more, then you can rate."))
    expect(left).to_be_visible()
    expect(stars).to_be_disabled()
    peer.scroll_to(left)  # it stands below the text, which must stay before the eyes
    expect(stars).to_be_enabled(timeout=60_000)
    stars.check(force=True)
    expect(
        peer.page.get_by_text(peer.word("Your rating is saved. You can change it."))
    ).to_be_visible()


def see_own_post(teacher: Actor, course: UnseenCourse) -> None:
    teacher.open(course.path)
    teacher.page.locator('[id^="card-"]').click()
    expect(
        teacher.page.get_by_text(
            teacher.word("This is your own work: colleagues rate it, you do not.")
        )
    ).to_be_visible()
