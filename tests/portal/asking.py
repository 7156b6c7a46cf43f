"""What to send to each route of the API, so that a test can ask them all."""

from typing import Any

from store import clock
from tests.portal.filling import COURSE, MODULE
from tests.portal.world import World

Route = tuple[str, str]

BODIES: dict[Route, dict[str, Any]] = {
    ("PUT", "/api/me"): {"language": "en"},
    ("PUT", "/api/courses/{course}/{module}/answers/{exercise}"): {
        "person": "me",
        "device": "phone-2",
        "sequence": 7,
        "edited_at": "now",
        "sent_at": "now",
        "value": "নতুন কথা",
    },
    ("POST", "/api/courses/{course}/{module}/answers/{exercise}/check"): {},
    ("PUT", "/api/courses/{course}/{module}/clips/{clip}"): {
        "person": "me",
        "ranges": [[0, 12.5]],
        "position": 12.5,
    },
    ("POST", "/api/courses/{course}/{module}/hand-ins"): {
        "person": "me",
        "key": "a-new-key-of-a-phone",
        "handed_at": "now",
        "together": [],
    },
    ("POST", "/api/courses/{course}/{module}/posts"): {
        "person": "me",
        "exercise": "plan",
        "audience": "everyone",
        "consent": True,
        "device_at": "now",
    },
    ("POST", "/api/posts/{post}/restore"): {},
    ("POST", "/api/posts/{post}/looks"): {"shown_seconds": 0, "clip_ranges": []},
    ("PUT", "/api/posts/{post}/rating"): {"stars": 4, "device_at": "now"},
    ("POST", "/api/posts/{post}/comments"): {
        "person": "me",
        "key": "another-key-of-a-phone",
        "kind": "would-change",
        "body": "দলে ৪ জন করে বসাব।",
        "device_at": "now",
    },
    ("POST", "/api/posts/{post}/complaints"): {"person": "me", "reason": "hurts", "words": ""},
    ("POST", "/api/comments/{comment}/restore"): {},
    ("POST", "/api/comments/{comment}/complaints"): {
        "person": "me",
        "reason": "other",
        "words": "ভুল কথা",
    },
    ("POST", "/api/complaints/{complaint}/settle"): {"outcome": "kept"},
    ("PUT", "/api/portfolio"): {"audience": "everyone"},
    ("PUT", "/api/marking/{number}/marks/{exercise}"): {
        "levels": {},
        "comment": "আরও একটি উদাহরণ দিন।",
        "expected": None,
    },
    ("POST", "/api/marking/{number}/return"): {},
    ("POST", "/api/marking/{number}/rerun"): {},
    ("POST", "/api/studio/cohorts/{cohort}/report.csv"): {"list": "stuck"},
    ("PUT", "/api/studio/cohorts/{cohort}"): {"needs_approval": True},
    ("POST", "/api/studio/cohorts/{cohort}/codes"): {"uses": 30, "days": 14},
    ("POST", "/api/studio/requests/{request}"): {"accept": True},
    ("POST", "/api/studio/people/{person}/password"): {},
    ("POST", "/api/studio/courses/{course}/proofs"): {"wish": "check"},
    ("PUT", "/api/studio/courses/{course}/{module}/current"): {"number": 1},
    ("POST", "/api/lab/courses/{course}/proofs"): {"wish": "check", "files": []},
}


def body(route: Route, person_id: str) -> dict[str, Any] | None:
    """The body for a route as this person's browser would send it; None if it has none."""
    if route not in BODIES:
        return None
    filled = {"me": person_id, "now": clock.iso(clock.now())}
    return {
        key: filled.get(value, value) if isinstance(value, str) else value
        for key, value in BODIES[route].items()
    }


def known_things(world: World) -> dict[str, Any]:
    """What may stand in an address, by the name of its place."""
    return {
        "course": COURSE,
        "module": MODULE,
        "exercise": "saw",
        "clip": world.clip,
        "number": world.things["teacher hand-in"],
        "post": world.things["stranger post"],
        "picture": "0123456789abcdef" * 2,
        "comment": world.things["teacher comment"],
        "complaint": world.things["complaint"],
        "name": "me",
        "cohort": world.things["cohort"],
        "code": world.things["code"],
        "request": world.things["request"],
        "person": world.things["forgetful"],
        "proof": world.things["proof"],
        "sha256": world.things["solution"],
        "sha": world.things["solution"],
    }


def path(world: World, template: str, **things: object) -> str:
    """The address below the root, with the world's own things where none are named."""
    known = known_things(world)
    known["file"] = f"{world.clip}.mp4" if template.startswith("/media") else "page-2.js"
    if "/pictures/" in template:
        known["sha256"] = world.things["stranger picture"]
    return template.format(**{**known, **things}).lstrip("/")
