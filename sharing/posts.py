"""Shared work: what, with whom, under which consent and licence; undo at any time.

What is posted is the wording of the moment. Who sees it is `visibility`'s.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from learning import cohorts
from learning.answers import exercises_of, is_answered, newest_answers
from publishing.texts import in_language
from sharing import authors, complaints, pictures, ratings, shelf, views, visibility
from sharing.pictures import Shown
from sharing.visibility import existing
from sharing.wordings import excerpt, kind_of
from store import clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import comments as comment_queries
from store.queries import modules
from store.queries import posts as queries
from store.tables import Person, Post

Audience = Literal["cohort", "everyone"]
AUDIENCES = ("cohort", "everyone")
LICENCE = "CC BY 4.0"
GALLERY_MOST = 50


def share(
    session: Session,
    *,
    person: Person,
    module_key: str,
    exercise: str,
    audience: str,
    consent: bool,
    device_at: datetime,
    key: str | None = None,
    shown: Sequence[Shown] = (),
    guardians_agree: bool = False,
) -> Post:
    """Share the newest answer to an exercise with the cohort or everyone, and pictures with it.

    The same `key` again gives the same post, though it may be withdrawn by now; so does the same
    wording with the same audience, pictures and words about them. Anything else replaces it.
    Raise Invalid("consent-missing", "audience-invalid", "nothing-to-share"),
    NotAllowed("quiz-not-shared", "no-cohort"), NotFound("module-not-found", "exercise-not-found"),
    and what `pictures.get_wanted` raises.
    """
    sent = queries.find_by_key(session, person.id, key) if key else None
    if sent is not None:
        return sent
    if audience not in AUDIENCES:
        raise Invalid("audience-invalid", "Choose who may see this.")
    if not consent:
        raise Invalid("consent-missing", "Say first that everyone in it agrees to be shown.")
    version = modules.get_current(session, module_key)
    asked = next((e for e in exercises_of(version) if e.exercise == exercise), None)
    if asked is None:
        raise NotFound("exercise-not-found", "There is no such exercise in this module.")
    if asked.kind == "quiz":
        raise NotAllowed("quiz-not-shared", "The answer to a quiz stays with you.")
    answer = newest_answers(session, person.id, module_key).get(exercise)
    if answer is None or not is_answered(asked, answer.value):
        raise Invalid("nothing-to-share", "Write something first, then share it.")
    cohort_id = _cohort(session, person, module_key) if audience == "cohort" else None
    before = [p for p in queries.shared(session, person.id, module_key) if p.exercise == exercise]
    now = (answer.id, audience, [pictures.in_plain(each) for each in shown])
    for earlier in before:
        if (earlier.answer_id, earlier.audience, pictures.shown_in(session, earlier)) == now:
            return earlier
    for earlier in before:
        _take_away(session, earlier)  # its pictures may be in the new one
    wanted = pictures.get_wanted(session, person, shown, guardians_agree)
    at = clock.now()
    post = Post(
        person_id=person.id,
        module=module_key,
        exercise=exercise,
        answer_id=answer.id,
        body={"kind": kind_of(answer.value), "value": answer.value},
        excerpt=excerpt(answer.value),
        audience=audience,
        cohort_id=cohort_id,
        consented_at=at,
        licence=LICENCE,
        key=key,
        device_at=min(device_at, at),
        shared_at=at,
    )
    session.add(post)
    session.flush()
    pictures.hang(session, post, wanted, shown)
    shelf.refresh(session, post)
    return post


def withdraw(session: Session, person: Person, post_id: str) -> Post:
    """Take one's own post away from all eyes; harmless to repeat."""
    post = _own(session, person, post_id)
    _take_away(session, post)
    return post


def restore(session: Session, person: Person, post_id: str) -> Post:
    """Share a withdrawn post again, in place of what is shared of its exercise by now."""
    post = _own(session, person, post_id)
    for other in queries.shared(session, person.id, post.module):
        if other.exercise == post.exercise and other.id != post.id:
            _take_away(session, other)
    post.withdrawn_at = None
    session.flush()
    shelf.refresh(session, post)
    return post


def gallery(
    session: Session, person: Person, module_key: str, language: str | None = None
) -> list[dict[str, Any]]:
    """What a person may see of a module, newest first, as `describe` gives it."""
    found = queries.visible(session, person.id, module_key, GALLERY_MOST)
    return describe(session, person, found, language)


def own_posts(
    session: Session, person: Person, module_key: str, language: str | None = None
) -> list[dict[str, Any]]:
    """One's own posts of a module, newest first, as `describe` gives them."""
    return describe(session, person, queries.shared(session, person.id, module_key), language)


def describe(
    session: Session,
    person: Person,
    posts: Collection[Post],
    language: str | None = None,
    *,
    with_body: bool = False,
) -> list[dict[str, Any]]:
    """Posts as JSON for one reader: id, author, own, course, module, module_title, exercise, kind,
    excerpt, pictures, audience, shared_at, withdrawn, hidden, ratings, comments, my_stars, view,
    and `body` if asked for. `hidden` is the reason, told to the author alone, None if everybody
    sees it.
    """
    if not posts:
        return []
    ids = [post.id for post in posts]
    writers = authors.describe(session, person, {post.person_id for post in posts})
    why_hidden = complaints.why_hidden(session, [post.id for post in posts if post.hidden_at])
    comments = comment_queries.counts(session, person.id, ids)
    titles = modules.titles(session, {post.module for post in posts})
    figures = ratings.summary(session, ids)
    stars = queries.stars_of(session, person.id, ids)
    seen = queries.views_of(session, person.id, ids)
    hung = pictures.describe(session, ids)
    described = []
    for post in posts:
        is_own = post.person_id == person.id
        title: Any = titles[post.module]
        entry = {
            "id": post.id,
            "author": writers[post.person_id],
            "own": is_own,
            "course": post.module.partition("/")[0],
            "module": post.module.partition("/")[2],
            "module_title": in_language(title, language or person.language),
            "exercise": post.exercise,
            "kind": kind_of(post.body["value"]),
            "excerpt": post.excerpt,
            "pictures": hung.get(post.id, []),
            "audience": post.audience,
            "shared_at": clock.iso(post.shared_at),
            "withdrawn": post.withdrawn_at is not None,
            "hidden": why_hidden.get(post.id, "other") if post.hidden_at else None,
            "ratings": figures[post.id],
            "comments": comments.get(post.id, 0),
            "my_stars": stars.get(post.id),
            "view": None if is_own else views.describe(seen.get(post.id)),
        }
        if with_body:
            entry["body"] = post.body
        described.append(entry)
    return described


def may_see_pictures(session: Session, person: Person, post_id: str) -> bool:
    """Whether this person may see the pictures of a post: whoever sees the post may.

    So may its author, who finds what she withdrew in her history, and whoever decides on a
    complaint about it.
    """
    if visibility.find_visible(session, person, post_id) is not None:
        return True
    post = queries.by_id(session, [post_id]).get(post_id)
    if post is None:
        return False
    return post.person_id == person.id or complaints.may_judge(session, person, post)


def audiences(session: Session, person: Person, module_key: str) -> list[str]:
    """With whom this person may share work of this module, the nearest first."""
    course = module_key.partition("/")[0]
    return [
        audience
        for audience in AUDIENCES
        if audience != "cohort" or cohorts.cohorts_of(session, person.id, course)
    ]


def _take_away(session: Session, post: Post) -> None:
    post.withdrawn_at = post.withdrawn_at or clock.now()
    session.flush()
    shelf.refresh(session, post)


def _cohort(session: Session, person: Person, module_key: str) -> int:
    joined = cohorts.cohorts_of(session, person.id, module_key.partition("/")[0])
    if not joined:
        raise NotAllowed("no-cohort", "You are in no cohort of this course yet.")
    return joined[0].id


def _own(session: Session, person: Person, post_id: str) -> Post:
    return existing(queries.find_own(session, person.id, post_id))
