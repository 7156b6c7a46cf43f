"""Words that help, taken back and undone; complaints, decided by whom the author's cohort has."""

from collections.abc import Callable
from typing import Any

import pytest

from learning import cohorts
from sharing import comments, complaints, library, portfolio, posts, views, visibility
from store.database import Session
from store.errors import PathshalaError
from store.tables import AuditEntry, Person, Post
from tests.factories import COURSE, MODULE, REPORT, Clock, a_person, a_version, an_answer


@pytest.fixture
def author(session: Session) -> Person:
    a_version(session)
    person = a_person(session, cohort="ব্যাচ ১")
    an_answer(session, person)
    return person


@pytest.fixture
def peer(session: Session) -> Person:
    return a_person(session, cohort="ব্যাচ ২")


@pytest.fixture
def post(session: Session, author: Person, clock: Clock) -> Post:
    return posts.share(
        session,
        person=author,
        module_key=MODULE,
        exercise="saw",
        audience="everyone",
        consent=True,
        device_at=clock.at,
    )


@pytest.fixture
def trainer(session: Session, author: Person) -> Person:
    person = a_person(session, role="trainer", cohort=None)
    cohort = cohorts.ensure_cohort(session, "ব্যাচ ১", COURSE)
    cohorts.give_staff(session, cohort.id, person.id, "trainer")
    return person


def code(call: Callable[..., object], *args: Any, **facts: Any) -> str:
    with pytest.raises(PathshalaError) as error:
        call(*args, **facts)
    return error.value.code


def looked(session: Session, person: Person, post: Post, clock: Clock) -> None:
    view = views.look(session, person=person, post_id=post.id, shown_seconds=0)
    view.looked_at = clock.at
    session.flush()


def say(session: Session, person: Person, post: Post, clock: Clock, **facts: Any) -> Any:
    asked = {"key": "a-key-of-a-phone", "kind": "used", "body": " আমিও করেছি। ", **facts}
    return comments.comment(session, person=person, post_id=post.id, device_at=clock.at, **asked)


def said(session: Session, person: Person, post: Post) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = comments.of_post(session, person, post)["comments"]
    return found


def test_whoever_looked_may_comment_once_a_tap(
    session: Session, author: Person, peer: Person, post: Post, clock: Clock
) -> None:
    assert code(say, session, author, post, clock) == "own-post"
    assert code(say, session, peer, post, clock) == "not-looked-yet"
    looked(session, peer, post, clock)
    assert code(say, session, peer, post, clock, body=" \n") == "comment-empty"
    assert code(say, session, peer, post, clock, body="ক" * 1001) == "comment-too-long"
    assert code(say, session, peer, post, clock, kind="nice") == "comment-kind-invalid"
    first = say(session, peer, post, clock)
    assert say(session, peer, post, clock).id == first.id
    (seen,) = said(session, author, post)
    assert (seen["body"], seen["kind"], seen["own"]) == ("আমিও করেছি।", "used", False)
    assert posts.describe(session, author, [post])[0]["comments"] == 1


def test_a_comment_is_taken_back_and_that_is_undone_by_its_author_alone(
    session: Session, author: Person, peer: Person, post: Post, clock: Clock
) -> None:
    looked(session, peer, post, clock)
    comment = say(session, peer, post, clock)
    assert code(comments.withdraw, session, author, comment.id) == "comment-not-found"
    comments.withdraw(session, peer, comment.id)
    assert said(session, author, post) == said(session, peer, post) == []
    assert posts.describe(session, author, [post])[0]["comments"] == 0
    comments.restore(session, peer, comment.id)
    assert len(said(session, author, post)) == 1


def test_a_long_conversation_is_read_back_to_its_beginning(
    session: Session, author: Person, peer: Person, post: Post, clock: Clock
) -> None:
    looked(session, peer, post, clock)
    words = ["এক", "দুই", "তিন", "চার", "পাঁচ"]  # all in one moment of the clock
    for number, each in enumerate(words):
        say(session, peer, post, clock, key=f"key-{number}-of-a-phone", body=each)
    page = comments.of_post(session, author, post, most=2)
    read = page["comments"]
    while page["has_earlier"]:
        page = comments.of_post(session, author, post, before=read[0]["id"], most=2)
        read = page["comments"] + read
    assert len(read) == len(words)
    assert {each["body"] for each in read} == set(words)
    assert code(comments.of_post, session, author, post, before="none") == "comment-not-found"


def report(session: Session, person: Person, post: Post, **facts: Any) -> Any:
    asked = {"reason": "hurts", "words": "", "post_id": post.id, **facts}
    return complaints.report(session, person=person, **asked)


def test_who_reports_a_post_does_not_see_it_until_he_takes_that_back(
    session: Session, author: Person, peer: Person, post: Post
) -> None:
    assert code(report, session, author, post) == "own-post"
    assert code(report, session, peer, post, reason="other", words=" ") == "reason-needs-words"
    complaint = report(session, peer, post)
    assert report(session, peer, post).id == complaint.id, "a second tap"
    assert visibility.find_visible(session, peer, post.id) is None
    assert library.find(session, peer)["count"] == 0
    assert library.find(session, author)["count"] == 1
    complaints.take_back(session, peer, complaint.id)
    assert visibility.find_visible(session, peer, post.id) is post


def test_a_trainer_of_the_author_hides_it_from_all_but_its_author_and_may_think_again(
    session: Session, author: Person, peer: Person, trainer: Person, post: Post
) -> None:
    other = a_person(session, role="trainer", cohort=None)
    third = a_person(session, cohort="ব্যাচ ৩")
    first, second = report(session, peer, post), report(session, third, post)
    assert complaints.queue(session, other) == {"open": [], "settled": []}
    assert code(complaints.settle, session, other, first.id, "hidden") == "complaint-not-found"
    (waiting,) = complaints.queue(session, trainer)["open"]
    assert [each["reason"] for each in waiting["reasons"]] == ["hurts", "hurts"]
    assert peer.display_name not in str(waiting)

    complaints.settle(session, trainer, second.id, "hidden")
    assert visibility.find_visible(session, other, post.id) is None
    assert library.find(session, other)["count"] == 0
    (mine,) = posts.own_posts(session, author, MODULE)
    assert (mine["hidden"], mine["withdrawn"]) == ("hurts", False)
    assert code(complaints.take_back, session, peer, first.id) == "already-settled"
    assert complaints.queue(session, trainer)["open"] == []

    complaints.settle(session, trainer, first.id, "kept")
    assert library.find(session, other)["count"] == library.find(session, peer)["count"] == 1
    actions = [entry.action for entry in session.query(AuditEntry) if post.id in entry.object]
    assert actions == ["report", "report", "hide", "keep"]


def test_nobody_decides_about_his_own_work(
    session: Session, trainer: Person, peer: Person, post: Post, clock: Clock
) -> None:
    looked(session, trainer, post, clock)
    comment = say(session, trainer, post, clock)
    complaint = report(session, peer, post, post_id=None, comment_id=comment.id)
    assert code(complaints.settle, session, trainer, complaint.id, "kept") == "complaint-not-found"
    administrator = a_person(session, role="administrator", cohort=None)
    complaints.settle(session, administrator, complaint.id, "hidden")
    assert said(session, peer, post) == []
    (own,) = said(session, trainer, post)
    assert own["hidden"]


def test_the_owner_decides_who_sees_a_portfolio(
    session: Session, author: Person, peer: Person, trainer: Person, post: Post
) -> None:
    an_answer(session, author, "plan", REPORT)
    mate = a_person(session, cohort="ব্যাচ ১")

    def readers() -> list[bool]:
        everyone = (author, mate, trainer, peer)
        return [portfolio.find_owner(session, each, author.id) is not None for each in everyone]

    assert readers() == [True, True, True, False]
    portfolio.choose_audience(session, author, "everyone")
    assert readers() == [True, True, True, True]
    portfolio.choose_audience(session, author, "nobody")
    assert readers() == [True, False, False, False]
    assert code(portfolio.get, session, mate, author.id) == "portfolio-not-found"
    assert code(portfolio.choose_audience, session, author, "the world") == "audience-invalid"

    own = portfolio.get(session, author, "me", "en")
    assert own["tried"] == [
        {
            "course": COURSE,
            "module": "pair-talk",
            "title": "Pair talk",
            "exercise": "plan",
            "class": REPORT["class"],
            "lesson": REPORT["lesson"],
            "tried_on": "2026-11-23",
        }
    ]
    assert [each["id"] for each in own["posts"]] == [post.id]
    assert author.name not in str(own)


def test_every_wording_that_was_shared_stays_in_ones_own_history(
    session: Session, author: Person, post: Post, clock: Clock
) -> None:
    clock.move(minutes=5)
    an_answer(session, author, "saw", "নতুন কথা")
    posts.share(
        session,
        person=author,
        module_key=MODULE,
        exercise="saw",
        audience="cohort",
        consent=True,
        device_at=clock.at,
    )
    (work,) = portfolio.history(session, author)
    told = [(each["body"]["value"], each["audience"], each["withdrawn"]) for each in work["posts"]]
    assert told[0] == ("নতুন কথা", "cohort", False)
    assert told[1][1:] == ("everyone", True)
