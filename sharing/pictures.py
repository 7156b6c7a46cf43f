"""Pictures of posts: how many, with whose consent, and for how long.

A picture comes before its post and waits for it; one that no post takes goes after a week. Who sees
them is `posts`'s to say, what is a photo at all `publishing.photos`'s.
"""

import shutil
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from publishing.photos import MADE, Photo
from store import clock
from store.artifacts import Artifacts
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound, Unavailable
from store.queries import pictures as queries
from store.tables import Person, Picture, Post, new_id

MOST = 3
MOST_LETTERS = 200
MOST_BYTES = 100 << 20
"""What all pictures of one person may take."""
FREE_BYTES = 2 << 30
"""What the disk must have left: pictures must not take the room of words."""
KEPT_LOOSE = timedelta(days=7)


@dataclass(frozen=True)
class Shown:
    """A picture to share, by its name on the phone, and what is in it, in words."""

    key: str
    alt: str = ""


def find_sent(session: Session, person: Person, key: str) -> Picture | None:
    """What this person's phone sent under this name already."""
    return queries.find_by_key(session, person.id, key)


def refuse_too_many(session: Session, artifacts: Artifacts, person: Person) -> None:
    """Raise NotAllowed("pictures-too-many"), Unavailable("disk-full") if no more has room."""
    if queries.bytes_of(session, person.id) > MOST_BYTES:
        raise NotAllowed(
            "pictures-too-many",
            "Your pictures take all the room there is for one person: {size} MB.",
            {"size": MOST_BYTES >> 20},
        )
    if shutil.disk_usage(artifacts.root).free < FREE_BYTES:
        raise Unavailable("disk-full", "The server's disk is full. Nothing was saved.")


def put(artifacts: Artifacts, photo: Photo) -> None:
    """Put the files of a photo on disk, before a row names them."""
    for content in (photo.whole, photo.small):
        artifacts.put(content, MADE)


def keep(session: Session, artifacts: Artifacts, person: Person, key: str, photo: Photo) -> Picture:
    """Keep a photo that was `put` for a post to come; the same `key` again is the same picture."""
    known = queries.find_by_key(session, person.id, key)
    if known is not None:
        return known
    whole, small = (sha256(content).hexdigest() for content in (photo.whole, photo.small))
    if not (artifacts.exists(whole) and artifacts.exists(small)):  # forgotten just now
        raise Unavailable("picture-gone", "The picture did not arrive whole. It is sent again.")
    picture = Picture(
        person_id=person.id,
        key=key,
        whole=whole,
        small=small,
        width=photo.width,
        height=photo.height,
        size_bytes=len(photo.whole),
        small_bytes=len(photo.small),
        sent_at=clock.now(),
    )
    session.add(picture)
    session.flush()
    return picture


def get_wanted(
    session: Session, person: Person, shown: Sequence[Shown], guardians_agree: bool
) -> list[Picture]:
    """The pictures for a new post, which are here already.

    Raise Invalid("consent-missing", "pictures-too-many-at-once", "words-too-long"),
    NotAllowed("pictures-missing") with the names that are not here, or in another post that is
    not withdrawn.
    """
    if not shown:
        return []
    if not guardians_agree:
        raise Invalid(
            "consent-missing", "Say first that the guardians of the children in the pictures agree."
        )
    keys = list(dict.fromkeys(each.key for each in shown))
    if len(shown) > MOST or len(keys) < len(shown):
        raise Invalid("pictures-too-many-at-once", "Share at most {most} pictures.", {"most": MOST})
    if any(len(each.alt) > MOST_LETTERS for each in shown):
        raise Invalid("words-too-long", "Use at most {letters} letters.", {"letters": MOST_LETTERS})
    known = queries.by_keys(session, person.id, keys)
    taken = queries.in_shared_posts(session, person.id, keys)
    if missing := [key for key in keys if key not in known or key in taken]:
        raise NotAllowed(
            "pictures-missing", "The pictures have to be sent first.", {"missing": missing}
        )
    return [_loose(session, known[key]) for key in keys]


def hang(session: Session, post: Post, wanted: Sequence[Picture], shown: Sequence[Shown]) -> None:
    """Let a new post have these pictures, in this order."""
    for position, (picture, each) in enumerate(zip(wanted, shown, strict=True)):
        picture.post_id, picture.position = post.id, position
        picture.alt = in_plain(each).alt
        picture.consented_at = post.consented_at
    session.flush()


def shown_in(session: Session, post: Post) -> list[Shown]:
    """The pictures of a post as they were shared, in their order."""
    found = queries.of_posts(session, [post.id]).get(post.id, [])
    return [Shown(each.key, each.alt) for each in found]


def in_plain(shown: Shown) -> Shown:
    """The same with its words as they are kept."""
    return Shown(shown.key, unicodedata.normalize("NFC", shown.alt).strip())


def describe(session: Session, post_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Pictures as JSON, by post: whole and small (hashes), width, height, their bytes, alt."""
    return {
        post_id: [
            {
                "whole": each.whole,
                "small": each.small,
                "width": each.width,
                "height": each.height,
                "size_bytes": each.size_bytes,
                "small_bytes": each.small_bytes,
                "alt": each.alt,
            }
            for each in found
        ]
        for post_id, found in queries.of_posts(session, post_ids).items()
    }


def get_file(session: Session, post_id: str, sha: str) -> str:
    """The hash of a file of a post's pictures; raise NotFound("picture-not-found")."""
    if queries.find_file(session, post_id, sha) is None:
        raise NotFound("picture-not-found", "There is no such picture.")
    return sha


def drop_loose(session: Session, artifacts: Artifacts) -> None:
    """Let go of what was sent and not shared within a week, with its files."""
    files: set[str] = set()
    for picture in queries.loose(session, clock.now() - KEPT_LOOSE):
        files |= {picture.whole, picture.small}
        session.delete(picture)
    session.flush()
    for sha in queries.unnamed(session, files):
        artifacts.forget(sha)


def _loose(session: Session, picture: Picture) -> Picture:
    """The picture for a new post; one of a withdrawn post stays there too, under another name."""
    if picture.post_id is None:
        return picture
    key, picture.key = picture.key, new_id()
    session.flush()
    again = Picture(
        person_id=picture.person_id,
        key=key,
        whole=picture.whole,
        small=picture.small,
        width=picture.width,
        height=picture.height,
        size_bytes=picture.size_bytes,
        small_bytes=picture.small_bytes,
        sent_at=picture.sent_at,
    )
    session.add(again)
    return again
