"""How the portal finds out whether the other parts of the house do their work."""

from __future__ import annotations

from hub.measured import COPIES_FAIL, ENDING, SECONDS_BETWEEN_SIGNS
from hub.portal.hub_watch import answers
from hub.portal.measures import read_line
from hub.portal.parts import Look, beats
from hub.settings import CLASSROOM_ROOT, Settings

MISSED = 6
"""So many signs of life may be missing: a job, or a large copy, may take its time."""


def looks(settings: Settings) -> dict[str, Look]:
    """By part of the house, the question whether it is well."""
    worker = settings.measured / f"worker{ENDING}"
    here = "http://127.0.0.1"
    found = {
        "hub": answers(f"{here}:{settings.hub_port}/hub/health"),
        "classroom": answers(f"{here}:{settings.classroom_port}{CLASSROOM_ROOT}health"),
        "worker": beats(worker, MISSED * SECONDS_BETWEEN_SIGNS),
    }
    if settings.copies is not None:
        copies = settings.measured / f"copies{ENDING}"
        goes_on = beats(copies, MISSED * max(settings.copies_every, 10))
        found["copies"] = lambda: goes_on() and read_line(copies, COPIES_FAIL) == 0
    return found
