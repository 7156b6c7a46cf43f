"""The library: finding what was shared with everyone, in both languages, page by page.

Which words a search forgives is `store.search`'s; what stands here is `sharing.shelf`'s. A page
ends with the place after which the next one begins, so nothing is shown twice while others share.
"""

import re
from typing import Any

from publishing.texts import in_language
from sharing import posts
from sharing.wordings import KINDS
from store import search
from store.database import Session
from store.errors import Invalid
from store.queries import library as queries
from store.queries import modules
from store.queries.library import Order, Place, Wanted
from store.tables import Person

COUNTED_MOST = 1000
PAGE_MOST = 100
_PLACE = re.compile(r"(\d(?:\.\d{1,20})?(?:e-\d{1,3})?)_(\d{1,18})")


def find(
    session: Session,
    person: Person,
    *,
    words: str = "",
    order: Order | None = None,
    course: str | None = None,
    module: str | None = None,
    kind: str | None = None,
    district: str | None = None,
    after: str | None = None,
    limit: int = 20,
    language: str | None = None,
) -> dict[str, Any]:
    """Posts as `posts.describe` gives them, the best match or the newest first.

    Return `posts`, `count` (up to 1,000, then `more_than_counted`), `order`, and `next`: what to
    give as `after` for the following page, None at the end. Orders: "match" (every word as it was
    typed, then by its stem; newest first among equals), "newest", "useful" (`shelf.usefulness`),
    "unrated" (only what nobody rated yet). Raise Invalid("place-invalid").
    """
    question = search.question(words)
    order = order or ("match" if question else "newest")
    wanted = Wanted(
        reader=person.id,
        order="newest" if order == "match" and question is None else order,
        question=question,
        course=course,
        module=f"{course}/{module}" if course and module else None,
        kind=kind,
        district=district,
    )
    limit = min(limit, PAGE_MOST)
    found = queries.find(session, wanted, _place(after), limit + 1)
    shown = found[:limit]
    count = queries.count(session, wanted, COUNTED_MOST + 1) if after is None else None
    return {
        "posts": posts.describe(session, person, [post for post, _ in shown], language),
        "order": wanted.order,
        "count": None if count is None else min(count, COUNTED_MOST),
        "more_than_counted": (count or 0) > COUNTED_MOST,
        "next": _as_text(shown[-1][1]) if len(found) > limit else None,
    }


def filters(session: Session, language: str) -> dict[str, Any]:
    """What the library can be narrowed to: {"modules": [...], "kinds", "districts"}."""
    return {
        "modules": [
            {
                "course": course.course,
                "course_title": in_language(course.title, language),
                "module": module.module,
                "title": in_language(module.title, language),
            }
            for course, module, _ in modules.taught(session)
        ],
        "kinds": list(KINDS),
        "districts": list(queries.districts(session)),
    }


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    read = _PLACE.fullmatch(text)
    if read is None:
        raise Invalid("place-invalid", "This page of the library is not there any more.")
    return Place(float(read[1]), int(read[2]))


def _as_text(place: Place) -> str:
    return f"{place.rank!r}_{place.number}"
