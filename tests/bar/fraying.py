"""A line that frays: 5 % of its connections are reset, each at some moment of its life.

A browser keeps a connection open for minutes and many requests; of the few that a test makes so,
hardly one would ever be hit. So a *connection* is here what it were without that: one request with
its reply. It begins with the first byte of a request, and each has the same chance to be reset,
whichever went before it on the same line: before anything passes, in the middle of the request, or
in the middle of the reply. Then browser and server both get an RST.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal, get_args

Moment = Literal["before", "request", "reply"]
MOMENTS: tuple[Moment, ...] = get_args(Moment)
SHARE_RESET = 0.05
SEED = 46
"""Of the first hundred connections five are reset; the 2nd, 6th and 42nd at the three moments."""

Pass = Callable[[bytes], tuple[bytes, bool]]
"""Returns what passes of a piece of the data, and whether the line breaks then."""


@dataclass
class Lives:
    """How many connections were made, how many of them reset, and when."""

    made: int = 0
    reset: Counter[Moment] = field(default_factory=Counter)
    _chance: Random = field(default_factory=lambda: Random(SEED))

    def begin(self) -> Moment | None:
        """Make a connection; say when it is to be reset."""
        self.made += 1
        share, moment = self._chance.random(), self._chance.choice(MOMENTS)
        return moment if share < SHARE_RESET else None

    def __str__(self) -> str:
        when = ", ".join(f"{moment} {self.reset[moment]}" for moment in MOMENTS)
        return f"{self.made} connections, {self.reset.total()} of them reset ({when})"


class Torn(Exception):
    """The line broke."""


@dataclass
class Line:
    """What is held open between browser and server, and carries one connection after another."""

    lives: Lives
    moment: Moment | None = None
    is_asking: bool = False

    def request(self, piece: bytes) -> tuple[bytes, bool]:
        if not self.is_asking:
            self.is_asking, self.moment = True, self.lives.begin()
        return self._break(b"") if self.moment == "before" else self._pass(piece, "request")

    def reply(self, piece: bytes) -> tuple[bytes, bool]:
        self.is_asking = False
        return self._pass(piece, "reply")

    def _pass(self, piece: bytes, moment: Moment) -> tuple[bytes, bool]:
        return self._break(piece[: len(piece) // 2]) if self.moment == moment else (piece, False)

    def _break(self, last: bytes) -> tuple[bytes, bool]:
        assert self.moment is not None
        self.lives.reset[self.moment] += 1
        return last, True


def unharmed(piece: bytes) -> tuple[bytes, bool]:
    return piece, False
