"""A number of stars, after a view: one each, changeable, its history kept.

Shown as range and counts; a bare mean hides who disagreed and how few they were.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sharing import shelf, views, visibility
from store import clock
from store.database import Session
from store.errors import Invalid
from store.queries import posts as queries
from store.tables import Person, Rating


def rate(
    session: Session,
    *,
    person: Person,
    post_id: str,
    stars: int,
    device_at: datetime,
    sent_at: datetime | None = None,
    key: str | None = None,
) -> Rating:
    """Give 1 to 5 stars to what was looked at, and return the rating that counts.

    That is the newest by the device's time, corrected by `sent_at`. The same `key` and the same
    stars again add nothing; what comes late from another device does not replace a newer one.
    Raise NotFound("post-not-found"), NotAllowed("own-post"),
    NotAllowed("not-looked-yet", facts `seconds_left`), Invalid("stars-invalid").
    """
    post = visibility.get_visible(session, person, post_id)
    if isinstance(stars, bool) or stars not in range(1, 6):
        raise Invalid("stars-invalid", "Give one to five stars.")
    view = views.require(session, person, post)
    newest = queries.find_rating(session, person.id, post_id)
    rated_at = clock.now()
    given_at = clock.corrected(device_at, sent_at, rated_at)
    is_known = key is not None and queries.find_rating_by_key(session, person.id, key) is not None
    if newest is not None and (is_known or newest.stars == stars or given_at < newest.device_at):
        return newest
    rating = Rating(
        post_id=post_id,
        person_id=person.id,
        view_id=view.id,
        stars=stars,
        key=key,
        device_at=given_at,
        rated_at=rated_at,
    )
    session.add(rating)
    session.flush()
    shelf.count_ratings(session, post_id)
    return rating


def summary(session: Session, post_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """By post: {"count", "lowest", "highest", "counts": [one star, ..., five stars]}."""
    found = {}
    for post_id, of_stars in shelf.star_counts(session, post_ids).items():
        given = [stars for stars, people in enumerate(of_stars, 1) if people]
        found[post_id] = {
            "count": sum(of_stars),
            "lowest": min(given, default=None),
            "highest": max(given, default=None),
            "counts": of_stars,
        }
    return found
