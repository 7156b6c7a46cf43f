"""Shared work: share, withdraw, look, rate.

Who may see what and when stars open is decided in `sharing`; here it is only worded.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from hub.portal.portal import Portal
from hub.portal.shapes import Asked, Key, PersonId, PictureName, Ranges, Seconds, Slug
from hub.portal.visitor import Asking, Here, Visitor
from sharing import pictures, posts, ratings, views, visibility
from sharing.wordings import Kind
from store import tables
from store.database import Session

router = APIRouter(prefix="/api")

Audience = Literal["cohort", "everyone"]


class Author(BaseModel):
    """Who wrote it, as colleagues know her; `portfolio` stands in the address of her page."""

    display_name: str
    school: str | None
    upazila: str | None
    district: str | None
    portfolio: str | None


class PictureOfPost(BaseModel):
    """A picture by the hashes of its files, whole and small, and what is in it, in words."""

    whole: str
    small: str
    width: int
    height: int
    size_bytes: int
    small_bytes: int
    alt: str


class Ratings(BaseModel):
    """How others rated it: number and range, never a bare mean; `counts` of 1 to 5 stars."""

    count: int
    lowest: int | None
    highest: int | None
    counts: list[int]


class Look(BaseModel):
    """How long I have looked, as the server saw it."""

    shown_seconds: float
    needed_seconds: float
    looked: bool


class Post(BaseModel):
    """Shared work at a glance; `hidden` tells its author why others do not see it."""

    id: str
    author: Author
    own: bool
    course: str
    module: str
    module_title: str
    exercise: str
    kind: Kind
    excerpt: str
    pictures: list[PictureOfPost]
    audience: Audience
    shared_at: AwareDatetime
    withdrawn: bool
    hidden: str | None
    ratings: Ratings
    comments: int
    my_stars: int | None
    view: Look | None


class Body(BaseModel):
    """What was shared, as it was then."""

    kind: str
    value: JsonValue


class PostInFull(Post):
    """Shared work."""

    body: Body


class Posts(BaseModel):
    """Others' work that I may see, and my own."""

    posts: list[Post]


class PictureToShare(Asked):
    """A picture that was sent, by the name that it was sent under."""

    picture: PictureName
    alt: Annotated[str, Field(max_length=pictures.MOST_LETTERS)] = ""


class Share(Asked):
    """Share my answer to an exercise; `consent` says that pupils in it are not named.

    `guardians_agree` goes with pictures: for each child whose face they show. `key` makes repeats
    harmless.
    """

    person: PersonId
    exercise: Slug
    audience: Audience
    consent: bool
    device_at: AwareDatetime
    key: Key | None = None
    pictures: Annotated[list[PictureToShare], Field(max_length=pictures.MOST, default_factory=list)]
    guardians_agree: bool = False


class Seen(Asked):
    """What was on the screen since the last call."""

    person: PersonId | None = None
    shown_seconds: Seconds
    clip_ranges: Ranges


class Stars(Asked):
    """My rating; `key` makes repeats harmless, `sent_at` corrects `device_at`."""

    person: PersonId | None = None
    stars: Annotated[int, Field(ge=1, le=5, strict=True)]
    device_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    key: Key | None = None


@router.get("/courses/{course}/{module}/posts")
def list_posts(course: str, module: str, portal: Here, visitor: Asking) -> Posts:
    """Return the gallery of a module."""
    with portal.database.read() as session:
        found = posts.gallery(session, visitor.person, f"{course}/{module}", visitor.language)
        return Posts(posts=[Post(**each) for each in found])


@router.post("/courses/{course}/{module}/posts")
def share(course: str, module: str, asked: Share, portal: Here, visitor: Asking) -> Post:
    """Share my newest answer; 409 `pictures-missing` names those that have to be sent first."""
    visitor.must_be(asked.person)

    return _write(
        portal,
        visitor,
        lambda session: posts.share(
            session,
            person=visitor.person,
            module_key=f"{course}/{module}",
            exercise=asked.exercise,
            audience=asked.audience,
            consent=asked.consent,
            device_at=asked.device_at,
            key=asked.key,
            shown=[pictures.Shown(each.picture, each.alt) for each in asked.pictures],
            guardians_agree=asked.guardians_agree,
        ),
    )


@router.get("/posts/{post}")
def get_post(post: str, portal: Here, visitor: Asking) -> PostInFull:
    """Return shared work to whoever may see it."""
    with portal.database.read() as session:
        found = visibility.get_visible(session, visitor.person, post)
        described = posts.describe(
            session, visitor.person, [found], visitor.language, with_body=True
        )
        return PostInFull(**described[0])


@router.delete("/posts/{post}")
def withdraw(post: str, portal: Here, visitor: Asking) -> Post:
    """Take my work back: nobody else sees it any more."""
    return _write(portal, visitor, lambda session: posts.withdraw(session, visitor.person, post))


@router.post("/posts/{post}/restore")
def restore(post: str, portal: Here, visitor: Asking) -> Post:
    """Undo a withdrawal."""
    return _write(portal, visitor, lambda session: posts.restore(session, visitor.person, post))


@router.post("/posts/{post}/looks")
def look(post: str, seen: Seen, portal: Here, visitor: Asking) -> Look:
    """Count what I saw; the server bounds it by its own clock."""
    if seen.person is not None:
        visitor.must_be(seen.person)
    view = portal.database.write(
        lambda session: views.look(
            session,
            person=visitor.person,
            post_id=post,
            shown_seconds=seen.shown_seconds,
            clip_ranges=seen.clip_ranges,
        )
    )
    return Look(**(views.describe(view) or {}))


@router.put("/posts/{post}/rating")
def rate(post: str, asked: Stars, portal: Here, visitor: Asking) -> Post:
    """Rate somebody's work after having looked; the newest rating counts."""
    if asked.person is not None:
        visitor.must_be(asked.person)

    def use_case(session: Session) -> tables.Post:
        ratings.rate(
            session,
            person=visitor.person,
            post_id=post,
            stars=asked.stars,
            device_at=asked.device_at,
            sent_at=asked.sent_at,
            key=asked.key,
        )
        return visibility.get_visible(session, visitor.person, post)

    return _write(portal, visitor, use_case)


def own(session: Session, visitor: Visitor, module_key: str) -> list[Post]:
    """Return what I share of a module."""
    found = posts.own_posts(session, visitor.person, module_key, visitor.language)
    return [Post(**each) for each in found]


def _write(portal: Portal, visitor: Visitor, use_case: Callable[[Session], tables.Post]) -> Post:
    """Change a post and return it as its reader sees it."""

    def worded(session: Session) -> Post:
        post = use_case(session)
        return Post(**posts.describe(session, visitor.person, [post], visitor.language)[0])

    return portal.database.write(worded)
