"""Sharing with consent, to whom one chose; judging only what one has looked at."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from sharing import posts, ratings, views, visibility
from sharing.wordings import EXCERPT_LETTERS, excerpt
from store.database import Session
from store.errors import Invalid, NotFound, PathshalaError
from store.tables import Person, Post, Rating
from tests.factories import MODULE, PLAN, REPORT, WORDS, Clock, a_person, a_version, an_answer


@pytest.fixture
def author(session: Session) -> Person:
    a_version(session)
    person = a_person(session, cohort="ব্যাচ ১")
    an_answer(session, person)
    an_answer(session, person, "plan", REPORT)
    return person


@pytest.fixture
def peer(session: Session) -> Person:
    return a_person(session, cohort="ব্যাচ ১")


def share(session: Session, person: Person, clock: Clock, **facts: Any) -> Post:
    return posts.share(
        session,
        **{
            "person": person,
            "module_key": MODULE,
            "exercise": "saw",
            "audience": "everyone",
            "consent": True,
            "device_at": clock.at,
            **facts,
        },
    )


def refusal(call: Any, *args: Any, **facts: Any) -> PathshalaError:
    with pytest.raises(PathshalaError) as error:
        call(*args, **facts)
    return error.value


def look(session: Session, person: Person, post: Post, clock: Clock, *steps: float) -> Any:
    """Open the post, then report after each step that it was shown all the time."""
    view = views.look(session, person=person, post_id=post.id, shown_seconds=0)
    for step in steps:
        clock.move(seconds=step)
        view = views.look(session, person=person, post_id=post.id, shown_seconds=step)
    return view


def rate(
    session: Session, person: Person, post: Post, clock: Clock, stars: int, **facts: Any
) -> Rating:
    asked = {"device_at": clock.at, **facts}
    return ratings.rate(session, person=person, post_id=post.id, stars=stars, **asked)


# ---------------------------------------------------------------- posts


def test_a_post_is_the_wording_of_the_moment(
    session: Session, author: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    an_answer(session, author, "saw", "পরে বদলেছি")
    assert post.body == {"kind": "reflection", "value": WORDS}
    assert (post.licence, post.consented_at) == ("CC BY 4.0", clock.at)
    assert share(session, author, clock, exercise="plan").body == {
        "kind": "report",
        "value": REPORT,
    }


def test_sharing_needs_consent_words_and_an_audience(
    session: Session, author: Person, clock: Clock
) -> None:
    def code(**facts: Any) -> str:
        return refusal(share, session, author, clock, **facts).code

    an_answer(session, author, "wait-time", "b")
    assert code(consent=False) == "consent-missing"
    assert code(audience="the world") == "audience-invalid"
    assert code(exercise="wait-time") == "quiz-not-shared"
    assert code(exercise="no-such") == "exercise-not-found"
    an_answer(session, author, "saw", " ")
    assert code() == "nothing-to-share"
    loner = a_person(session, cohort=None)
    an_answer(session, loner)
    assert refusal(share, session, loner, clock, audience="cohort").code == "no-cohort"
    assert posts.audiences(session, loner, MODULE) == ["everyone"]
    assert posts.audiences(session, author, MODULE) == ["cohort", "everyone"]


def test_a_second_tap_shares_once_and_new_words_replace_the_old(
    session: Session, author: Person, clock: Clock
) -> None:
    first = share(session, author, clock)
    assert share(session, author, clock).id == first.id
    an_answer(session, author, "saw", "নতুন কথা")
    second = share(session, author, clock)
    shown = posts.gallery(session, author, MODULE)
    assert [post["id"] for post in shown] == [second.id]


def test_what_was_withdrawn_is_not_shared_again_by_a_late_repeat(
    session: Session, author: Person, clock: Clock
) -> None:
    first = share(session, author, clock, key="a-key-of-a-phone")
    posts.withdraw(session, author, first.id)
    assert share(session, author, clock, key="a-key-of-a-phone").id == first.id
    assert posts.gallery(session, author, MODULE) == []
    assert share(session, author, clock, key="another-key").id != first.id


def test_a_cohort_keeps_its_posts_to_itself(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    outsider = a_person(session, cohort="ব্যাচ ২")
    within = share(session, author, clock, audience="cohort")
    public = share(session, author, clock, exercise="plan")

    def seen_by(person: Person) -> set[str]:
        return {post["id"] for post in posts.gallery(session, person, MODULE)}

    assert seen_by(peer) == seen_by(author) == {within.id, public.id}
    assert seen_by(outsider) == {public.id}
    assert visibility.find_visible(session, outsider, within.id) is None
    for act in (
        lambda: look(session, outsider, within, clock),
        lambda: rate(session, outsider, within, clock, 5),
        lambda: visibility.get_visible(session, outsider, within.id),
    ):
        assert isinstance(refusal(act), NotFound)


def test_a_withdrawn_post_is_gone_until_undone(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    assert isinstance(refusal(posts.withdraw, session, peer, post.id), NotFound)
    posts.withdraw(session, author, post.id)
    assert posts.gallery(session, peer, MODULE) == []
    assert visibility.find_visible(session, author, post.id) is None
    posts.restore(session, author, post.id)
    assert [entry["id"] for entry in posts.gallery(session, peer, MODULE)] == [post.id]


def test_an_entry_tells_who_where_and_what(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    entry = posts.describe(session, peer, [post], "en", with_body=True)[0]
    assert entry["author"] == {
        "display_name": author.display_name,
        "school": "উদ্বৃত্তপুর সরকারি প্রাথমিক বিদ্যালয়, ২য় শাখা",
        "upazila": "ঈশ্বরগঞ্জ",
        "district": "ময়মনসিংহ",
        "portfolio": author.id,
    }
    assert (entry["module_title"], entry["own"], entry["view"]) == ("Pair talk", False, None)
    assert entry["ratings"] == {"count": 0, "lowest": None, "highest": None, "counts": [0] * 5}
    assert entry["body"]["value"] == WORDS
    assert author.name not in str(entry)


@pytest.mark.parametrize(
    ("value", "begins"),
    [
        (REPORT, "পেছনের সারির"),
        (PLAN, "উত্তরের আগে"),
        ({"class": "তৃতীয়"}, "তৃতীয়"),
        ("ক\n\n খ", "ক খ"),
    ],
)
def test_an_excerpt_begins_with_what_matters(value: Any, begins: str) -> None:
    assert excerpt(value).startswith(begins)


def test_an_excerpt_is_cut_between_words() -> None:
    cut = excerpt("উদ্বৃত্ত " * 60)
    assert len(cut) <= EXCERPT_LETTERS + 2
    assert set(cut.split()) == {"উদ্বৃত্ত", "…"}


# ---------------------------------------------------------------- views and ratings


def test_only_seconds_that_passed_count(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    views.look(session, person=peer, post_id=post.id, shown_seconds=500)
    clock.move(seconds=4)
    view = views.look(session, person=peer, post_id=post.id, shown_seconds=500)
    assert view.shown_seconds == 4
    clock.move(minutes=9)
    view = views.look(session, person=peer, post_id=post.id, shown_seconds=500)
    assert view.shown_seconds == 14
    for nonsense in (float("nan"), -50.0, float("inf")):
        view = views.look(session, person=peer, post_id=post.id, shown_seconds=nonsense)
    assert (view.shown_seconds, view.looked_at) == (14, None)


def test_a_rating_waits_until_one_has_looked(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    early = refusal(rate, session, peer, post, clock, 5)
    assert (early.code, early.facts) == ("not-looked-yet", {"seconds_left": 20})
    look(session, peer, post, clock, 10, 5.5)
    assert refusal(rate, session, peer, post, clock, 5).facts == {"seconds_left": 5}
    view = look(session, peer, post, clock, 4.5)
    assert views.describe(view) == {"shown_seconds": 20.0, "needed_seconds": 20, "looked": True}
    assert rate(session, peer, post, clock, 5).view_id == view.id


def test_sixty_percent_of_a_clip_is_a_look_each_second_once(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    post.body = {**post.body, "clip_seconds": 10}
    look(session, peer, post, clock)
    for ranges in ([[0, 3]], [[0, 3]], [[0, 5.9]]):
        clock.move(seconds=3)
        view = views.look(
            session, person=peer, post_id=post.id, shown_seconds=0, clip_ranges=ranges
        )
        assert view.looked_at is None
    clock.move(seconds=3)
    view = views.look(session, person=peer, post_id=post.id, shown_seconds=0, clip_ranges=[[0, 6]])
    assert view.looked_at == clock.at


def test_nobody_rates_own_work(session: Session, author: Person, clock: Clock) -> None:
    post = share(session, author, clock)
    assert refusal(look, session, author, post, clock).code == "own-post"
    assert refusal(rate, session, author, post, clock, 5).code == "own-post"


@pytest.mark.parametrize("stars", [0, 6, -1, True, 3.5])
def test_stars_are_one_to_five(
    session: Session, author: Person, peer: Person, clock: Clock, stars: Any
) -> None:
    post = share(session, author, clock)
    look(session, peer, post, clock, 10, 10)
    assert isinstance(refusal(rate, session, peer, post, clock, stars), Invalid)


def test_a_rating_can_change_and_its_history_stays(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    other = a_person(session)
    post = share(session, author, clock)
    for person, stars in ((peer, [2, 2, 4]), (other, [5])):
        look(session, person, post, clock, 10, 10)
        for given in stars:
            rate(session, person, post, clock, given)
    assert ratings.summary(session, [post.id])[post.id] == {
        "count": 2,
        "lowest": 4,
        "highest": 5,
        "counts": [0, 0, 0, 1, 1],
    }
    assert session.scalar(select(func.count()).select_from(Rating)) == 3
    assert posts.gallery(session, peer, MODULE)[0]["my_stars"] == 4


def test_a_late_repeat_of_a_rating_does_not_undo_a_newer_one(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    look(session, peer, post, clock, 10, 10)
    rate(session, peer, post, clock, 4, key="a-key-of-a-phone")
    rate(session, peer, post, clock, 2, key="another-key")
    assert rate(session, peer, post, clock, 4, key="a-key-of-a-phone").stars == 2


def test_of_two_devices_the_newer_rating_counts_whatever_their_clocks_say(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock)
    look(session, peer, post, clock, 10, 10)
    offline = clock.at + timedelta(days=2)  # a phone whose clock is two days ahead
    clock.move(minutes=5)
    rate(session, peer, post, clock, 5)
    clock.move(minutes=5)
    sent = {"device_at": offline, "sent_at": offline + timedelta(minutes=10)}
    assert rate(session, peer, post, clock, 1, **sent).stars == 5
    assert rate(session, peer, post, clock, 3, device_at=sent["sent_at"]).stars == 3


def test_a_device_clock_ahead_does_not_reach_the_future(
    session: Session, author: Person, peer: Person, clock: Clock
) -> None:
    post = share(session, author, clock, device_at=clock.at + timedelta(days=1))
    assert post.device_at == clock.at
