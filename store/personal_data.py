"""The register of personal data: which column keeps what of a person, what for, and how long.

Every column of every table stands here, as personal or as not; a test walks the tables, so a new
column needs a decision. `erased` says what becomes of a row when its person wants to be forgotten:
it "goes", it stays "without words", or it "stays" under an id that leads to nobody any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Erased = Literal["goes", "without words", "stays"]

WHILE_HERE = "while the person is here"
WITH_MARKS = "as long as the marks of the course"
FOR_GOOD = "as long as the installation"


@dataclass(frozen=True)
class Kept:
    """What one table keeps of people: purpose by personal column, and the other columns."""

    retention: str
    erased: Erased
    personal: Mapping[str, str]
    other: frozenset[str]


def _kept(retention: str, erased: Erased, other: str, personal: Mapping[str, str]) -> Kept:
    return Kept(retention, erased, personal, frozenset(other.split()))


_WHO = "whose it is"
_WHEN = "order, and what is due"

REGISTER: Mapping[str, Kept] = {
    "people": _kept(
        WHILE_HERE,
        "without words",
        "id pair_id password_is_temporary",
        {
            "name": "signing in",
            "display_name": "how colleagues and trainers know her",
            "password_hash": "signing in",
            "language": "the language of pages",
            "gender": "counts in reports; may be declined",
            "school_id": "colleagues, counts by place",
            "created_at": "since when she is here",
            "removed_at": "that access has ended",
            "consented_at": "proof of consent",
            "consent_version": "proof of consent",
            "portfolio_for": "who may see what she made",
        },
    ),
    "roles": _kept(
        WHILE_HERE,
        "goes",
        "id",
        {
            "person_id": _WHO,
            "role": "what she may do",
            "area": "what she may do",
            "starts_at": "what she may do",
            "ends_at": "what she may do",
        },
    ),
    "cohort_members": _kept(
        WHILE_HERE, "goes", "cohort_id", {"person_id": _WHO, "joined_at": "who learns together"}
    ),
    "cohort_staff": _kept(
        WHILE_HERE,
        "goes",
        "cohort_id",
        {
            "person_id": _WHO,
            "role": "whose work staff may see",
            "since": "whose work staff may see",
        },
    ),
    "join_codes": _kept(
        FOR_GOOD,
        "stays",
        "code cohort_id created_at ends_at most_uses uses",
        {"made_by": "who let people in"},
    ),
    "join_requests": _kept(
        WHILE_HERE,
        "goes",
        "id cohort_id code state",
        {
            "person_id": _WHO,
            "asked_at": "how long she waits",
            "settled_at": "who let her in",
            "settled_by": "who let her in",
        },
    ),
    "sessions": _kept(
        "14 days after the last use",
        "goes",
        "",
        {
            "token_hash": "staying signed in",
            "person_id": _WHO,
            "created_at": "staying signed in",
            "seen_at": "staying signed in",
        },
    ),
    "answers": _kept(
        WHILE_HERE,
        "goes",
        "id module exercise version_id sequence",
        {
            "person_id": _WHO,
            "device": "telling two phones apart",
            "value": "what she answered",
            "body_hash": "that nothing is kept twice",
            "edited_at": _WHEN,
            "received_at": _WHEN,
            "carried_by": "whose phone brought it",
        },
    ),
    "hand_ins": _kept(
        WITH_MARKS,
        "stays",
        "number module version_id round state key autograded_at returned_at failure attempts",
        {
            "handed_by": _WHO,
            "handed_at": _WHEN,
            "received_at": _WHEN,
            "carried_by": "whose phone brought it",
            "taken_back_at": _WHEN,
        },
    ),
    "hand_in_people": _kept(WITH_MARKS, "stays", "hand_in_number", {"person_id": _WHO}),
    "hand_in_answers": _kept(
        WITH_MARKS,
        "without words",
        "hand_in_number exercise answer_id",
        {"value": "what is marked; a colleague's copy of joint work stays hers"},
    ),
    "scores": _kept(
        WITH_MARKS,
        "stays",
        "id hand_in_number exercise maximum needs_mark reason scored_at",
        {"score": "the grade"},
    ),
    "marks": _kept(
        WITH_MARKS,
        "stays",
        "id hand_in_number exercise rubric_hash maximum marked_at released_at replaces",
        {
            "marker_id": "who marked",
            "levels": "the grade and its reasons",
            "comment": "feedback",
            "score": "the grade",
        },
    ),
    "clip_watches": _kept(
        WHILE_HERE,
        "goes",
        "module clip",
        {
            "person_id": _WHO,
            "ranges": "progress; where to go on",
            "position": "where to go on",
            "updated_at": "where to go on",
        },
    ),
    "posts": _kept(
        "until it is taken back, or while the person is here",
        "goes",
        "id module exercise answer_id cohort_id licence key",
        {
            "person_id": _WHO,
            "body": "what she shares",
            "excerpt": "what she shares",
            "audience": "with whom she shares it",
            "consented_at": "proof of consent",
            "device_at": _WHEN,
            "shared_at": _WHEN,
            "withdrawn_at": "with whom she shares it",
            "hidden_at": "that a complaint was right",
        },
    ),
    "pictures": _kept(
        "as long as the post; without one, 7 days",
        "goes",
        "id key width height size_bytes small_bytes post_id position",
        {
            "person_id": _WHO,
            "whole": "what she shares",
            "small": "what she shares",
            "alt": "what she shares",
            "sent_at": _WHEN,
            "consented_at": "proof of consent",
        },
    ),
    "library": _kept(
        "as long as the post",
        "goes",
        "number post_id course module kind ratings usefulness",
        {"district": "finding work from near by"},
    ),
    "views": _kept(
        FOR_GOOD,
        "stays",
        "id post_id",
        {
            "person_id": _WHO,
            "opened_at": "that a rating follows looking",
            "last_seen_at": "that a rating follows looking",
            "shown_seconds": "that a rating follows looking",
            "clip_seconds": "that a rating follows looking",
            "looked_at": "that a rating follows looking",
        },
    ),
    "ratings": _kept(
        FOR_GOOD,
        "stays",
        "id post_id view_id key",
        {
            "person_id": _WHO,
            "stars": "what work is worth to others",
            "device_at": _WHEN,
            "rated_at": _WHEN,
        },
    ),
    "comments": _kept(
        "until it is taken back, or while the person is here",
        "without words",
        "id post_id view_id kind key",
        {
            "person_id": _WHO,
            "body": "helping a colleague",
            "device_at": _WHEN,
            "written_at": _WHEN,
            "withdrawn_at": "that she took it back",
            "hidden_at": "that a complaint was right",
        },
    ),
    "complaints": _kept(
        FOR_GOOD,
        "without words",
        "id post_id comment_id outcome settled_at",
        {
            "person_id": "who to answer",
            "reason": "deciding",
            "words": "deciding",
            "reported_at": _WHEN,
            "settled_by": "who decided",
        },
    ),
    "audit": _kept(
        FOR_GOOD,
        "stays",
        "id at action previous_hash hash",
        {"actor": "who did it", "object": "to whom it was done"},
    ),
    "proofs": _kept(
        "until the next of the same course, or while the person is here",
        "goes",
        "id course wish state missing said",
        {
            "person_id": _WHO,
            "files": "what is checked, shown or published",
            "result": "what is checked, shown or published",
            "asked_at": _WHEN,
            "moved_at": _WHEN,
        },
    ),
    "course_sources": _kept(
        FOR_GOOD, "stays", "id course files made_at", {"made_by": "who published"}
    ),
    "versions": _kept(
        FOR_GOOD,
        "stays",
        "id module number content_hash structure manifest release_sha source_sha pages created_at",
        {"created_by": "who published"},
    ),
}

# Tables that keep nothing of a person.
OF_NOBODY = frozenset(
    {
        "artifacts",
        "cohorts",
        "courses",
        "facts",
        "made_films",
        "modules",
        "pairs",
        "rubrics",
        "schools",
    }
)
