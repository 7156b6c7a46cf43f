"""What is done and what is left, in sentences that agree with the rules.

A step is: each exercise answered, each clip watched for 60 % of its seconds, the hand-in, and,
where the page offers it, having shared. *Tried* is a plan's report: what pupils did, and the
decision to keep or change. A screen costs a handful of queries, whatever the number of courses.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from learning import ranges as stretches
from learning import weights
from learning.answers import exercises_of, is_answered
from publishing.exercises import Exercise
from publishing.texts import in_language, in_latin_digits
from store import clock
from store.database import Session
from store.errors import NotFound
from store.queries import answers as answer_queries
from store.queries import hand_ins as hand_in_queries
from store.queries import modules as module_queries
from store.queries import posts as post_queries
from store.tables import Answer, ClipWatch, Course, HandIn, Module, Post, Version

WATCHED_SHARE = 0.6
NOTICES_MOST = 3
NEWS = timedelta(days=14)
PLAN_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Progress:
    """How far a person is in a module; `state` is new, started, handed-in or returned."""

    steps: int
    steps_done: int
    state: str
    tried: bool
    minutes_left: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.steps > 0 and self.steps_done == self.steps


@dataclass
class _Records:
    """Everything a person left in one module."""

    answers: dict[str, Answer] = field(default_factory=dict)
    handed: dict[str, Any] = field(default_factory=dict)  # colleagues' answers in shared hand-ins
    clips: dict[str, ClipWatch] = field(default_factory=dict)
    hand_ins: list[HandIn] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)  # not taken back, the newest first

    @property
    def touched_at(self) -> datetime | None:
        moments = [answer.received_at for answer in self.answers.values()]
        moments += [watch.updated_at for watch in self.clips.values()]
        return max(moments, default=None)


@dataclass(frozen=True)
class _Taken:
    """A module as one person takes it."""

    course: Course
    module: Module
    version: Version
    records: _Records
    progress: Progress
    language: str

    @property
    def title(self) -> str:
        return in_language(self.module.title, self.language)

    @property
    def place(self) -> dict[str, str]:
        return {"course": self.module.course, "module": self.module.module, "title": self.title}


def module_progress(session: Session, person_id: str, version: Version) -> Progress:
    """How far a person is in one module."""
    records = _records(session, person_id, version.module)
    return _progress(version, records[version.module])


def home(session: Session, person_id: str, language: str = "bn") -> dict[str, Any]:
    """The home page as JSON: resume, first_day, this_week, tried, courses."""
    taken = _taken(session, person_id, language)
    going = _going_on(taken)
    return {
        "resume": _resume(going) if going else None,
        "first_day": all(each.records.touched_at is None for each in taken),
        "this_week": _this_week(session, person_id, taken, going),
        "tried": sum(each.progress.tried for each in taken),
        "courses": _cards(taken),
    }


def catalogue(session: Session, person_id: str, language: str = "bn") -> dict[str, Any]:
    """All courses as JSON: {"courses": [card]}."""
    return {"courses": _cards(_taken(session, person_id, language))}


def course(session: Session, person_id: str, course: str, language: str = "bn") -> dict[str, Any]:
    """A course as JSON: its card and `modules_list`; raise NotFound("course-not-found")."""
    taken = _taken(session, person_id, language, course)
    if not taken:
        raise NotFound("course-not-found", "There is no such course.")
    modules = [_line(each) | weights.of_media(session, each.version) for each in taken]
    return {**_cards(taken)[0], "modules_list": modules}


def tried_lessons(session: Session, person_id: str, language: str = "bn") -> list[dict[str, Any]]:
    """Lessons that a person tried in class, the last first: course, module, title, exercise,
    class, lesson, tried_on (a date, or None).
    """
    lessons = [
        {
            **each.place,
            "exercise": exercise.exercise,
            "class": str(value.get("class", "")),
            "lesson": str(value.get("lesson", "")),
            "tried_on": day.isoformat() if day else None,
        }
        for each in _taken(session, person_id, language)
        for exercise in exercises_of(each.version)
        if is_report(value := _value(each.records, exercise))
        for day in [day_of(str(value.get("tried_on", "")))]
    ]
    return sorted(lessons, key=lambda lesson: lesson["tried_on"] or "", reverse=True)


# ---------------------------------------------------------------- what a person left


def _taken(
    session: Session, person_id: str, language: str, course: str | None = None
) -> list[_Taken]:
    records = _records(session, person_id)
    return [
        _Taken(of, module, version, left, _progress(version, left), language)
        for of, module, version in module_queries.taught(session, course)
        for left in [records[module.key]]
    ]


def _records(
    session: Session, person_id: str, module_key: str | None = None
) -> defaultdict[str, _Records]:
    records: defaultdict[str, _Records] = defaultdict(_Records)
    for answer in answer_queries.newest(session, person_id, module_key):
        records[answer.module].answers[answer.exercise] = answer
    for watch in answer_queries.watched(session, person_id, module_key):
        records[watch.module].clips[watch.clip] = watch
    for post in post_queries.shared(session, person_id, module_key):
        records[post.module].posts.append(post)
    hand_ins = hand_in_queries.of_people(session, [person_id], module_key)
    kept = [hand_in for _, hand_in in hand_ins if hand_in.state != "taken-back"]
    for hand_in in kept:
        records[hand_in.module].hand_ins.append(hand_in)
    carried = {each.number: each.module for each in kept if each.handed_by != person_id}
    for number, answers in hand_in_queries.answers_of(session, carried).items():
        for name, handed in answers.items():
            records[carried[number]].handed[name] = handed.value
    return records


def _value(records: _Records, exercise: Exercise) -> Any:
    """A person's own words, or those of a shared hand-in."""
    own = records.answers.get(exercise.exercise)
    if own is not None and is_answered(exercise, own.value):
        return own.value
    return records.handed.get(exercise.exercise)


def _is_done(records: _Records, exercise: Exercise) -> bool:
    value = _value(records, exercise)
    return value is not None and is_answered(exercise, value)


def _is_watched(records: _Records, clip: dict[str, Any]) -> bool:
    watch = records.clips.get(clip["clip"])
    share = stretches.seconds(watch.ranges) if watch else 0.0
    return share >= WATCHED_SHARE * float(clip["seconds"])


def is_report(value: Any) -> bool:
    """Whether a plan says what pupils did, and whether to keep or change: *tried in class*."""
    return (
        isinstance(value, dict)
        and bool(str(value.get("pupils", "")).strip())
        and value.get("decision") in ("keep", "change")
    )


def _progress(version: Version, records: _Records) -> Progress:
    exercises = exercises_of(version)
    done = [_is_done(records, exercise) for exercise in exercises]
    done += [_is_watched(records, clip) for clip in version.manifest["clips"]]
    if exercises:
        done.append(bool(records.hand_ins))
    if "PeerShare" in version.manifest["components"]:
        done.append(bool(records.posts))
    tried = any(
        is_report(_value(records, exercise))
        for exercise in exercises
        if exercise.component == "ActionPlan"
    )
    left = 1 - sum(done) / len(done) if done else 0.0
    return Progress(
        steps=len(done),
        steps_done=sum(done),
        state=_state(records),
        tried=tried,
        minutes_left=math.ceil(version.manifest["minutes"] * left),
    )


def _state(records: _Records) -> str:
    if records.hand_ins:
        return "returned" if records.hand_ins[-1].state == "returned" else "handed-in"
    return "new" if records.touched_at is None else "started"


# ---------------------------------------------------------------- the shapes of the screens


def _cards(taken: Iterable[_Taken]) -> list[dict[str, Any]]:
    by_course: dict[str, list[_Taken]] = defaultdict(list)
    for each in taken:
        by_course[each.module.course].append(each)
    return [
        {
            "course": name,
            "title": in_language(modules[0].course.title, modules[0].language),
            "summary": in_language(modules[0].course.summary, modules[0].language),
            "modules": len(modules),
            "modules_done": sum(each.progress.is_done for each in modules),
            "minutes": sum(each.version.manifest["minutes"] for each in modules),
            "tried": sum(each.progress.tried for each in modules),
        }
        for name, modules in by_course.items()
    ]


def _line(each: _Taken) -> dict[str, Any]:
    manifest, weight = each.version.manifest, each.version.manifest["weight"]
    pages = weight["page_bytes"]
    answered = [answer.version_id for answer in each.records.answers.values()]
    return {
        "module": each.module.module,
        "title": each.title,
        "minutes": manifest["minutes"],
        "page_bytes": pages.get(each.language) or max(pages.values(), default=0),
        "clip_bytes": weight["clip_bytes"],
        "steps": each.progress.steps,
        "steps_done": each.progress.steps_done,
        "state": each.progress.state,
        "tried": each.progress.tried,
        "new_version": bool(answered) and max(answered) < each.version.id,
    }


def _going_on(taken: list[_Taken]) -> _Taken | None:
    """The module to go on with: the last one touched, else the next one in its course."""
    touched = [(each.records.touched_at, i) for i, each in enumerate(taken)]
    recent = max(((at, i) for at, i in touched if at is not None), default=None)
    if recent is None:
        return None
    at = recent[1]
    later = [e for e in taken[at + 1 :] if e.module.course == taken[at].module.course]
    return next((e for e in [taken[at], *later] if not e.progress.is_done), None)


def _resume(each: _Taken) -> dict[str, Any]:
    clip = next(
        (
            clip
            for clip in each.version.manifest["clips"]
            if clip["clip"] in each.records.clips and not _is_watched(each.records, clip)
        ),
        None,
    )
    left = (e for e in exercises_of(each.version) if not _is_done(each.records, e))
    exercise = None if clip else next(left, None)
    return {
        **each.place,
        "exercise": exercise.exercise if exercise else None,
        "clip_second": each.records.clips[clip["clip"]].position if clip else None,
        "step": min(each.progress.steps_done + 1, each.progress.steps),
        "steps": each.progress.steps,
        "minutes_left": each.progress.minutes_left,
    }


def _this_week(
    session: Session, person_id: str, taken: list[_Taken], going: _Taken | None
) -> list[dict[str, Any]]:
    """What needs the person, the most urgent first: three at most."""
    at = clock.now()
    notices = [
        {**_notice("hidden", each, post.hidden_at), "post": post.id}
        for each in taken
        for post in each.records.posts
        if post.hidden_at is not None and at - post.hidden_at < NEWS
    ]
    notices += [notice for each in taken for notice in _plans_due(each, at.date())]
    notices += [
        {**_notice("feedback", each, last.returned_at), "exercise": _first_answered(each)}
        for each in taken
        for last in each.records.hand_ins[-1:]
        if last.state == "returned"
        and last.returned_at is not None
        and at - last.returned_at < NEWS
    ]
    begun = {each.module.key for each in taken if each.records.touched_at is not None}
    unrated = post_queries.unrated(session, person_id, begun)
    notices += [
        _notice("rate", each, None, count=unrated[each.module.key])
        for each in taken
        if each.module.key in unrated
    ]
    notices += [
        _notice("continue", each, each.records.touched_at)
        for each in taken
        if each.progress.state == "started" and each is not going
    ]
    return notices[:NOTICES_MOST]


def _first_answered(each: _Taken) -> str | None:
    answered = (e for e in exercises_of(each.version) if _is_done(each.records, e))
    return next((exercise.exercise for exercise in answered), None)


def _plans_due(each: _Taken, today: date) -> Iterable[dict[str, Any]]:
    """Plans whose day is near or past and that have no report yet."""
    for exercise in exercises_of(each.version):
        value = _value(each.records, exercise)
        if exercise.component != "ActionPlan" or not isinstance(value, dict):
            continue
        day = day_of(str(value.get("date", "")))
        if day is not None and day <= today + PLAN_AHEAD and not is_report(value):
            notice = _notice("plan-due", each, None, lesson=str(value.get("lesson", "")))
            yield {**notice, "exercise": exercise.exercise, "date": day.isoformat()}


def day_of(words: str) -> date | None:
    """The day that somebody wrote, in either set of digits; None if it is none."""
    try:
        return date.fromisoformat(in_latin_digits(words.strip()))
    except ValueError:
        return None


def _notice(kind: str, each: _Taken, at: datetime | None, **facts: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        **each.place,
        "exercise": None,
        "post": None,
        "text_facts": {"module": each.title, **facts},
        "date": clock.iso(at) if at else None,
    }
