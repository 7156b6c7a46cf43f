"""What a person gave to an exercise: kept always, the newest counts, the others are drafts.

An answer is data. It is validated by its exercise; what it is worth is `grading`'s.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from learning import ranges as stretches
from publishing.exercises import Exercise
from store import clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import answers as queries
from store.queries import modules
from store.tables import Answer, ClipWatch, Person, Version

MOST_SEQUENCE = 2**53  # the largest whole number that a browser counts to
FASTEST = 2.5  # nobody watches faster than this
FIRST_REPORT = timedelta(seconds=60)  # what a first report may stand for
MOST_KNOWN = 500  # versions that are kept at hand
_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class _Asks:
    """What a version asks for: its exercises, and the seconds of its clips, by name."""

    exercises: Mapping[str, Exercise]
    clips: Mapping[str, float]


_known: dict[tuple[int, str], _Asks] = {}


@dataclass(frozen=True)
class Saved:
    """A receipt: the answer as kept, the one that counts, and which of both this is."""

    answer: Answer
    newest: Answer
    kept: Literal["newest", "draft"]


def save_answer(
    session: Session,
    *,
    person: Person,
    module_key: str,
    exercise: str,
    device: str,
    sequence: int,
    edited_at: datetime,
    value: Any,
    sent_at: datetime | None = None,
    carried_by: str | None = None,
) -> Saved:
    """Keep an answer. The same again gives the same receipt.

    `edited_at` and `sent_at` are the device's; the difference between `sent_at` and our clock
    corrects the edit time, which is never in the future. Of one device the higher sequence is
    always newer, whatever its clock did. Raise Invalid("answer-invalid"),
    NotAllowed("answer-key-reused") for another value under a used key,
    NotFound("module-not-found", "exercise-not-found").
    """
    if not _DEVICE.fullmatch(device) or not 0 <= sequence <= MOST_SEQUENCE:
        raise Invalid("answer-invalid", "This answer has no proper number of its device.")
    body_hash = _hash(value)
    found = queries.around(session, person.id, module_key, exercise, device, sequence)
    before, after = found.before, found.after
    sent = before if before is not None and before.sequence == sequence else None
    if sent is not None and sent.body_hash != body_hash:
        raise NotAllowed("answer-key-reused", "Another answer came under the same number.")
    if sent is None:
        version_id, checked = _check(session, module_key, found.version, exercise, value)
        received_at = clock.now()
        edited_at = clock.corrected(edited_at, sent_at, received_at)
        if before is not None:
            edited_at = max(edited_at, before.edited_at)
        if after is not None:
            edited_at = min(edited_at, after.edited_at)
        sent = queries.keep(
            session,
            person_id=person.id,
            module=module_key,
            exercise=exercise,
            version_id=version_id,
            device=device,
            sequence=sequence,
            value=checked,
            body_hash=body_hash,
            edited_at=edited_at,
            received_at=received_at,
            carried_by=carried_by,
        )
    newest = max(found.newest or sent, sent, key=queries.in_order)
    return Saved(sent, newest, "newest" if newest.id == sent.id else "draft")


def newest_answers(session: Session, person_id: str, module_key: str) -> dict[str, Answer]:
    """The answers that count, by exercise."""
    return {answer.exercise: answer for answer in queries.newest(session, person_id, module_key)}


def is_answered(exercise: Exercise, value: Any) -> bool:
    """Whether a kept value says anything to this exercise as it is now."""
    try:
        return not exercise.is_empty(exercise.check(value))
    except Invalid:
        return False


def exercises_of(version: Version) -> list[Exercise]:
    """The exercises of a version, in the order of the page."""
    return [Exercise.from_manifest(entry) for entry in version.manifest["exercises"]]


def save_clip_watch(
    session: Session,
    person: Person,
    module_key: str,
    clip: str,
    ranges: Iterable[Sequence[float]],
    position: float,
) -> ClipWatch:
    """Add watched stretches of a clip, each second once, and keep where the person is.

    What is claimed is cut to the clip's length, and to what can be watched, at 2.5 times the
    speed, since the last report (the first may stand for a minute). Raise
    NotFound("clip-not-found").
    """
    version, watch = queries.watching(session, person.id, module_key, clip)
    length = _ask_of(session, *version).clips.get(clip) if version else None
    if length is None:
        raise NotFound("clip-not-found", "There is no such clip in this module.")
    at = clock.now()
    if watch is None:
        watch = ClipWatch(
            person_id=person.id,
            module=module_key,
            clip=clip,
            ranges=[],
            updated_at=at - FIRST_REPORT,
        )
        session.add(watch)
    allowance = max(0.0, (at - watch.updated_at).total_seconds()) * FASTEST
    watch.ranges = stretches.add(watch.ranges, stretches.clean(ranges, length), allowance)
    watch.position = min(max(0.0, position), length) if position == position else 0.0
    watch.updated_at = at
    session.flush()
    return watch


def clips_of(session: Session, person_id: str, module_key: str) -> dict[str, dict[str, Any]]:
    """By clip: {"ranges", "position", "seconds"} (distinct seconds watched)."""
    return {
        watch.clip: describe_watch(watch)
        for watch in queries.watched(session, person_id, module_key)
    }


def clip_files(session: Session, module_key: str, clip: str) -> list[str]:
    """The names of a clip's files; a phone may still show an older version of the page."""
    for version_id, _ in modules.newest_first(session, module_key):
        version = session.get_one(Version, version_id)
        for each in version.manifest["clips"]:
            if each["clip"] == clip:
                return list(each["files"])
    raise NotFound("clip-not-found", "There is no such clip in this module.")


def describe_watch(watch: ClipWatch) -> dict[str, Any]:
    """A watched clip as JSON: {"ranges", "position", "seconds"}."""
    return {
        "ranges": watch.ranges,
        "position": watch.position,
        "seconds": stretches.seconds(watch.ranges),
    }


def _check(
    session: Session, module_key: str, newest: tuple[int, str] | None, exercise: str, value: Any
) -> tuple[int, Any]:
    """Find the newest version that takes the answer: a phone may still show an older one."""
    if newest is None:
        raise NotFound("module-not-found", "There is no such module.")
    refusal: Invalid | None = None
    for version_id, content_hash in _newest_first(session, module_key, newest):
        asked = _ask_of(session, version_id, content_hash).exercises.get(exercise)
        if asked is not None:
            try:
                return version_id, asked.check(value)
            except Invalid as error:
                refusal = refusal or error
    if refusal is not None:
        raise refusal
    raise NotFound("exercise-not-found", "There is no such exercise in this module.")


def _newest_first(
    session: Session, module_key: str, newest: tuple[int, str]
) -> Iterator[tuple[int, str]]:
    """The versions of a module; the others are looked for only where the newest is not enough."""
    yield newest
    yield from modules.newest_first(session, module_key)[1:]


def _ask_of(session: Session, version_id: int, content_hash: str) -> _Asks:
    """What a version asks for, read once: a version never changes, and each save wants it."""
    key = (version_id, content_hash)
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        version = session.get_one(Version, version_id)
        _known[key] = _Asks(
            exercises={each.exercise: each for each in exercises_of(version)},
            clips={each["clip"]: each["seconds"] for each in version.manifest["clips"]},
        )
    return _known[key]


def _hash(value: Any) -> str:
    body = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(body.encode()).hexdigest()
