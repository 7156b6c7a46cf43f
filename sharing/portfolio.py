"""What somebody made: lessons tried in class first, then shared work, then courses.

The owner decides who sees it: nobody, her cohort (and who looks after it), or everyone. Shared
work in it is seen by whoever may see the post; nothing unshared is ever in it.
"""

from collections.abc import Iterable
from typing import Any

from learning import progress
from sharing import authors, posts
from store.database import Session
from store.errors import Invalid, NotFound
from store.queries import people, portfolios
from store.queries import posts as post_queries
from store.tables import Person, Post

AUDIENCES = ("nobody", "cohort", "everyone")
OWN = "me"
SHOWN_MOST = 50


def find_owner(session: Session, reader: Person, address: str) -> Person | None:
    """Whose portfolio stands at an address ("me" or an id), if this reader may see it."""
    owner_id = reader.id if address == OWN else address
    if owner_id not in portfolios.open_to(session, reader.id, [owner_id]):
        return None
    return people.find_present(session, owner_id)


def get(
    session: Session, reader: Person, address: str, language: str | None = None
) -> dict[str, Any]:
    """A portfolio as JSON: owner, own, address, audience, tried, posts, courses.

    `audience` only for the owner. Raise NotFound("portfolio-not-found").
    """
    owner = find_owner(session, reader, address)
    if owner is None:
        raise NotFound("portfolio-not-found", "There is no such page, or it is not for you.")
    language = language or reader.language
    own = owner.id == reader.id
    shown = post_queries.by_author(session, reader.id, owner.id, SHOWN_MOST)
    courses = progress.catalogue(session, owner.id, language)["courses"]
    return {
        "owner": authors.describe(session, reader, [owner.id])[owner.id],
        "own": own,
        "audience": owner.portfolio_for if own else None,
        "tried": progress.tried_lessons(session, owner.id, language),
        "posts": posts.describe(session, reader, shown, language),
        "courses": [each for each in courses if each["modules_done"] or each["tried"]],
    }


def choose_audience(session: Session, person: Person, audience: str) -> None:
    """Decide who sees one's portfolio; raise Invalid("audience-invalid")."""
    if audience not in AUDIENCES:
        raise Invalid("audience-invalid", "Choose who may see this.")
    session.get_one(Person, person.id).portfolio_for = audience
    session.flush()


def history(session: Session, person: Person, language: str | None = None) -> list[dict[str, Any]]:
    """Everything a person shared, by exercise: module_title, exercise, `posts` newest first.

    Each post as `posts.describe` gives it, in full; withdrawn and replaced wordings too.
    """
    every = post_queries.ever_shared(session, person.id)
    described = posts.describe(session, person, every, language, with_body=True)
    return [
        {
            "module_title": wordings[0]["module_title"],
            "exercise": wordings[0]["exercise"],
            "posts": wordings,
        }
        for wordings in _by_exercise(every, described)
    ]


def _by_exercise(
    every: Iterable[Post], described: Iterable[dict[str, Any]]
) -> list[list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for post, words in zip(every, described, strict=True):
        found.setdefault((post.module, post.exercise), []).append(words)
    return list(found.values())
