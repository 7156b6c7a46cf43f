"""Having looked at a post, which is what entitles to an opinion.

Only seconds that the server saw pass count, whatever a browser claims, and a person looks at one
post at a time: seconds that went to one are gone for the others.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from learning import ranges as stretches
from sharing import visibility
from store import clock
from store.database import Session
from store.errors import NotAllowed
from store.queries import posts as queries
from store.tables import Person, Post, View

SECONDS_TO_LOOK = 20
SHARE_OF_CLIP = 0.6
MOST_AT_ONCE = 10.0  # a report stands for no more seconds than this
FASTEST = 2.5


def look(
    session: Session,
    *,
    person: Person,
    post_id: str,
    shown_seconds: float,
    clip_ranges: Iterable[Sequence[float]] = (),
) -> View:
    """Record that a post is before someone's eyes: the first call opens, later ones add.

    Each adds the least of what is claimed, what passed since this person's last call for any
    post, and 10 s. Looked at: the whole text shown for 20 s, or 60 % of a clip's seconds, each
    counted once. Raise NotFound("post-not-found"), NotAllowed("own-post").
    """
    post = visibility.get_visible(session, person, post_id)
    if post.person_id == person.id:
        raise NotAllowed("own-post", "This is your own work.")
    at = clock.now()
    view = queries.find_view(session, person.id, post_id)
    if view is None:
        view = View(
            post_id=post_id,
            person_id=person.id,
            opened_at=at,
            last_seen_at=at,
            shown_seconds=0.0,
            clip_seconds=[],
        )
        session.add(view)
        session.flush()
        return view
    last = queries.last_look(session, person.id) or view.last_seen_at
    passed = max(0.0, min((at - last).total_seconds(), MOST_AT_ONCE))
    claimed = shown_seconds if math.isfinite(shown_seconds) else 0.0
    view.shown_seconds += max(0.0, min(claimed, passed))
    if length := _clip_seconds(post):
        watched = stretches.clean(clip_ranges, length)
        view.clip_seconds = stretches.add(view.clip_seconds, watched, passed * FASTEST)
    view.last_seen_at = max(view.last_seen_at, at)
    if view.looked_at is None and _suffices(view, post):
        view.looked_at = at
    session.flush()
    return view


def require(session: Session, person: Person, post: Post) -> View:
    """The view that entitles to an opinion on a post.

    Raise NotAllowed("own-post"), NotAllowed("not-looked-yet", facts `seconds_left`).
    """
    if post.person_id == person.id:
        raise NotAllowed("own-post", "This is your own work.")
    view = queries.find_view(session, person.id, post.id)
    if view is None or view.looked_at is None:
        raise NotAllowed(
            "not-looked-yet",
            "Look at it for {seconds_left} more seconds first.",
            {"seconds_left": seconds_left(view)},
        )
    return view


def describe(view: View | None) -> dict[str, Any] | None:
    """A view as JSON: {"shown_seconds", "needed_seconds", "looked"}."""
    if view is None:
        return None
    return {
        "shown_seconds": round(view.shown_seconds, 1),
        "needed_seconds": SECONDS_TO_LOOK,
        "looked": view.looked_at is not None,
    }


def seconds_left(view: View | None) -> int:
    """How many more seconds of looking a rating needs."""
    if view is None:
        return SECONDS_TO_LOOK
    if view.looked_at is not None:
        return 0
    return max(1, math.ceil(SECONDS_TO_LOOK - view.shown_seconds))


def _clip_seconds(post: Post) -> float:
    """The length of the clip that a post shows, 0 if it shows none."""
    return float(post.body.get("clip_seconds") or 0)


def _suffices(view: View, post: Post) -> bool:
    length = _clip_seconds(post)
    if length and stretches.seconds(view.clip_seconds) >= SHARE_OF_CLIP * length:
        return True
    return view.shown_seconds >= SECONDS_TO_LOOK
