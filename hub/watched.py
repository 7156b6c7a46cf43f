"""How the portal finds out whether the other parts of the house do their work."""

from __future__ import annotations

from pathlib import Path

from hub.measured import COPIES_FAIL, COPYING, ENDING, SECONDS_BETWEEN_SIGNS
from hub.portal.hub_watch import answers
from hub.portal.measures import read_line
from hub.portal.parts import Look, beats
from hub.settings import CLASSROOM_ROOT, Settings

MISSED = 6
"""So many signs of life may be missing: a job may take its time."""
SECONDS_BETWEEN_LOOKS = 10
"""A sign of the copies comes at least as often, unless one is made."""
LONGEST_COPY_SECONDS = 3600


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
        found["copies"] = _copies(settings.measured / f"copies{ENDING}")
    return found


def _copies(sign: Path) -> Look:
    looks_on = beats(sign, MISSED * SECONDS_BETWEEN_LOOKS)
    makes_one = beats(sign, LONGEST_COPY_SECONDS)

    def look() -> bool:
        goes_on = makes_one if read_line(sign, COPYING) == 1 else looks_on
        return goes_on() and read_line(sign, COPIES_FAIL) == 0

    return look
