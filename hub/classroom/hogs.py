"""Which kernel takes too much, with all that it started.

The system counts memory and time for each process alone, and processes for the whole user; so the
warm parent looks at all kernels, once a second, and at once where many processes came since: what
forks has a thousand of them in a second. Memory and processes have a limit. With time it
is another thing: a slow plot is welcome while nobody waits for it. A kernel that goes on without
a pause first stands back: it gets what nobody else wants. If no processor is free although others
have work, those that took most end. What goes on for longer than any cell may run ends anyway.
"""

import contextlib
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from publishing.process_family import family, resident_bytes

PROCESSORS = len(os.sched_getaffinity(0))
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 1.0  # between looks
MANY = 64  # processes and threads of the whole machine, more than at the last look
NO_PAUSE = 0.9  # of the time since the last look it ran, or waited for a processor
LEAST = 1.0  # seconds of a processor: who got less has waited, not worked
STANDS_BACK_AFTER = 2.0  # seconds of a processor, taken without a pause
LOWEST = 19  # nice
NONE_FREE = 0.2  # processors idle, on average since the last look
AT_WORK = 0.05  # processors that others used or waited for


@dataclass(frozen=True)
class Running:
    """A kernel that was forked, and what it may use with all that it started."""

    descriptor: int
    leash: int
    memory_bytes: int
    processes: int
    unbroken_seconds: float
    """How long it may go on without a pause while others have work and no processor is free."""
    longest_seconds: float
    """How long at most."""


@dataclass
class _Seen:
    """What one kernel had used at the last look, and since it last paused."""

    ran: float = 0.0
    waited: float = 0.0
    took: float = 0.0
    unbroken: float = 0.0
    wanted: float = 0.0  # since the last look, in processors

    def note(self, ran: float, waited: float, seconds: float) -> None:
        used = max(0.0, ran - self.ran)  # what an ended process used may be lost
        self.wanted = (used + max(0.0, waited - self.waited)) / seconds
        self.ran, self.waited = ran, waited
        if self.wanted < NO_PAUSE:
            self.took = self.unbroken = 0.0
        else:
            self.took += used
            self.unbroken += seconds


class Watch:
    """Looks at kernels, and remembers what it saw."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.at = time.monotonic()
        self.threads = _threads()
        self.idle = _idle_seconds()
        self.of_server = _Seen(*_times([server]))
        self.seen: dict[int, _Seen] = {}

    def is_due(self) -> bool:
        """Whether it is time for a look; cheap enough to ask ten times a second."""
        return time.monotonic() >= self.at + LOOK_SECONDS or _threads() > self.threads + MANY

    def find_hogs(self, kernels: Mapping[int, Running], parents: Mapping[int, int]) -> list[int]:
        """Return the kernels that have to end now. Those of too many processes are told before
        anything else is looked at: while they fork, each step of a look waits for a processor.
        """
        self.threads = _threads()
        members = {each: family(each, dict(parents)) for each in kernels}
        too_many = [each for each in kernels if len(members[each]) > kernels[each].processes]
        if too_many or time.monotonic() < self.at + LOOK_SECONDS:
            return too_many
        before, self.at = self.at, time.monotonic()
        seconds = self.at - before
        idle, self.idle = self.idle, _idle_seconds()
        none_free = (self.idle - idle) / seconds < NONE_FREE
        self.of_server.note(*_times([self.server]), seconds)
        self.seen = {each: self._look(each, members[each], seconds) for each in kernels}
        too_large = [each for each in kernels if _used(members[each]) > kernels[each].memory_bytes]
        return too_large or self._find_too_long(kernels, none_free)

    def _look(self, process: int, members: Collection[int], seconds: float) -> _Seen:
        ran, waited = _times(members)
        seen = self.seen.get(process)
        if seen is None:
            return _Seen(ran, waited)
        seen.note(ran, waited, seconds)
        if seen.took >= STANDS_BACK_AFTER:
            _stand_back(members)
        return seen

    def _find_too_long(self, kernels: Mapping[int, Running], none_free: bool) -> list[int]:
        working = [k for k, seen in self.seen.items() if seen.took >= LEAST]
        longest = [k for k in working if self.seen[k].unbroken > kernels[k].longest_seconds]
        unbroken = [k for k in working if self.seen[k].unbroken > kernels[k].unbroken_seconds]
        others = sum(seen.wanted for seen in self.seen.values() if seen.took < LEAST)
        if longest or not unbroken or not none_free or others + self.of_server.wanted < AT_WORK:
            return longest
        unbroken.sort(key=lambda kernel: self.seen[kernel].took, reverse=True)
        return unbroken[: max(1, len(unbroken) - PROCESSORS + 1)]  # then one processor is free


def _used(members: Collection[int]) -> int:
    return sum(map(resident_bytes, members))


def _times(processes: Collection[int]) -> tuple[float, float]:
    """Seconds that these ran, with their ended children, and that they waited for a processor."""
    ran = waited = 0.0
    for process in processes:
        with contextlib.suppress(OSError, IndexError, ValueError):
            numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ran += sum(map(int, numbers[11:15])) / TICKS
            for thread in Path(f"/proc/{process}/task").iterdir():
                waited += int((thread / "schedstat").read_text().split()[1]) / 1e9
    return ran, waited


def _threads() -> int:
    """Return how many threads the machine has, all processes together."""
    return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])


def _idle_seconds() -> float:
    """Return the seconds that processors had nothing to do since the system began, all together."""
    with Path("/proc/stat").open() as file:
        _, *ticks = file.readline().split()
    return (int(ticks[3]) + int(ticks[4])) / TICKS


def _stand_back(processes: Collection[int]) -> None:
    """Let others go first, from now on: only the administrator could take that back."""
    for process in processes:
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{process}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), LOWEST)
