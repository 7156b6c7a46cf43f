"""Which posts a person sees, and the one answer where there is none: hidden and gone look alike."""

from store.database import Session
from store.errors import NotFound
from store.queries import posts as queries
from store.tables import Person, Post


def find_visible(session: Session, person: Person, post_id: str) -> Post | None:
    """The post if this person may see it: own, of a cohort of theirs, or for everyone."""
    return queries.find_visible(session, person.id, post_id)


def get_visible(session: Session, person: Person, post_id: str) -> Post:
    """The post; raise NotFound("post-not-found") for one that is hidden or withdrawn."""
    return existing(find_visible(session, person, post_id))


def existing(post: Post | None) -> Post:
    """The post that was looked for; raise NotFound("post-not-found") for None."""
    if post is None:
        raise NotFound("post-not-found", "There is no such post, or it was withdrawn.")
    return post
