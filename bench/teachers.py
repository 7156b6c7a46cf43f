"""Teachers as locust plays them: each signs in, opens a module, answers every ten seconds, watches,
looks at the page again, and hands in. Their number grows step by step until saves take too long.
At the end of a step a few of them read as much as they get, beside all others.

Each waits five to fifteen seconds between answers: at one pace for all, those whom one slow moment
made late together would come together ever after.

Run by `bench.load`, in an environment of its own, which has locust and nothing of ours: what it
needs to know comes as JSON in `LOAD`, what it saw goes as JSON lines, one a step, into the file
`report`.
"""

import json
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import gevent
import psutil
from locust import FastHttpUser, LoadTestShape, between, events, task

GIVEN = json.loads(os.environ["LOAD"])
PORTAL = "/services/portal/"
MODULE = f"api/courses/{GIVEN['course']}/{GIVEN['module']}"
PAGE = f"{PORTAL}courses/{GIVEN['course']}/{GIVEN['module']}"
STATIC = re.compile(rf'"({PORTAL}static/[^"]+)"')
SECONDS_BETWEEN_ANSWERS = 10
WATCHES_EVERY, LOOKS_EVERY, HANDS_IN_AFTER = 3, 30, 12
OF_A_SCHOOL = 20  # teachers who share an address
SAVE, SLOWEST_MS = "answer", 250
SETTLING_SECONDS = 15
READERS, READING_SECONDS = 4, 15
WORKER = "run-worker"


class Seen:
    """What was answered since `forget`, by name: milliseconds; and what failed."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.times: dict[str, list[float]] = {}
        self.errors: dict[str, int] = {}

    def note(self, name: str, response_time: float, exception: object, **_: object) -> None:
        self.times.setdefault(name, []).append(response_time)
        if exception is not None:
            kind = f"{name}: {exception}"[:120]
            self.errors[kind] = self.errors.get(kind, 0) + 1

    def within(self, name: str) -> float:
        """The milliseconds within which 99 of 100 were answered."""
        times = self.times.get(name, [])
        return quantiles(times, n=100)[-1] if len(times) > 1 else 0.0


seen = Seen()
events.request.add_listener(seen.note)
people = iter(GIVEN["people"])
signed_in: list["Teacher"] = []


class Teacher(FastHttpUser):
    """One teacher on one phone."""

    host = GIVEN["address"]
    wait_time = between(0.5 * SECONDS_BETWEEN_ANSWERS, 1.5 * SECONDS_BETWEEN_ANSWERS)
    max_redirects = 12
    network_timeout = connection_timeout = 60.0

    def on_start(self) -> None:
        """Sign in by the Hub, as somebody new, and open the module with nothing in the cache."""
        self.name, self.person = next(people)
        number = int(self.name.rpartition("-")[2]) // OF_A_SCHOOL
        self.said = {
            "X-Forwarded-For": f"10.{number // 250}.{number % 250}.7",
            "Accept-Encoding": "gzip",
        }
        self.writing = {
            **self.said,
            "Origin": GIVEN["address"],
            "Sec-Fetch-Site": "same-origin",
            "X-Pathshala": "1",
        }
        self.answers = 0
        self._sign_in()
        signed_in.append(self)
        page = self.look()
        for file in sorted(set(STATIC.findall(page))):
            self.client.get(file, headers=self.said, name="static")

    def _sign_in(self) -> None:
        navigating = {**self.said, "Sec-Fetch-Mode": "navigate"}
        door = self.client.get(PORTAL, headers=navigating, name="sign in")
        token = door.text.split('name="_xsrf" value="')[1].split('"')[0]
        form = {"username": self.name, "password": GIVEN["password"], "_xsrf": token}
        posted = {**navigating, "Origin": GIVEN["address"]}
        self.client.post(door.url, data=form, headers=posted, name="sign in")

    def look(self) -> str:
        """What a view of the module asks for."""
        page = self.client.get(PAGE, headers=self.said, name="page")
        for path in ("api/me", f"{MODULE}/mine"):
            self.client.get(f"{PORTAL}{path}", headers=self.said, name=path.rpartition("/")[2])
        return page.text or ""

    @task
    def go_on(self) -> None:
        """Write an answer, and now and then do what else people do."""
        self.answers += 1
        now = datetime.now(UTC).isoformat()
        body = {
            "person": self.person,
            "device": "a-phone",
            "sequence": self.answers,
            "edited_at": now,
            "sent_at": now,
            "value": f"উত্তর {self.answers}: শিক্ষার্থীরা জোড়ায় কথা বলছিল, আমি অপেক্ষা করেছি।" * 3,
        }
        self._write("PUT", f"{MODULE}/answers/{GIVEN['exercise']}", body, SAVE)
        if self.answers % WATCHES_EVERY == 0:
            at = float(self.answers)
            watched = {"person": self.person, "ranges": [[at - 1, at]], "position": at}
            self._write("PUT", f"{MODULE}/clips/{GIVEN['clip']}", watched, "watch")
        if self.answers % LOOKS_EVERY == 0:
            self.look()
        if self.answers == HANDS_IN_AFTER:
            asked = {"person": self.person, "key": f"key-of-{self.person}", "handed_at": now}
            self._write("POST", f"{MODULE}/hand-ins", {**asked, "together": []}, "hand in")

    def _write(self, method: str, path: str, body: dict[str, object], name: str) -> None:
        self.client.request(method, f"{PORTAL}{path}", json=body, headers=self.writing, name=name)


class Growing(LoadTestShape):
    """One step after the other: grow, settle, hold and measure; until saves take too long."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = list(GIVEN["steps"])
        self.begins_at = self.ends_at = self.give_up_at = 0.0
        self.report = Path(GIVEN["report"])

    def tick(self) -> tuple[int, float] | None:
        """How many there shall be, and how many come in a second; None at the end."""
        wanted, now = self.steps[0], time.monotonic()
        self.give_up_at = self.give_up_at or now + 2 * wanted / GIVEN["new_a_second"] + 300
        if now >= self.give_up_at:
            return None  # they do not come in any more
        if len(signed_in) >= wanted and not self.begins_at:
            self.begins_at = now + SETTLING_SECONDS
        elif self.begins_at and not self.ends_at and now >= self.begins_at:
            seen.forget()
            self.used = (cpu_seconds(), cpu_seconds(but=WORKER), own_cpu_seconds())
            self.began, self.ends_at = now, now + GIVEN["hold"]
        elif self.ends_at and now >= self.ends_at:
            is_enough = self._note(now - self.began)
            self.begins_at = self.ends_at = self.give_up_at = 0.0
            self.steps.pop(0)
            if is_enough or not self.steps:
                return None
            wanted = self.steps[0]
        return wanted, GIVEN["new_a_second"]

    def _note(self, seconds: float) -> bool:
        """Write down what this step showed; return whether it was the last."""
        used = (cpu_seconds(), cpu_seconds(but=WORKER), own_cpu_seconds())
        server_cpus, serving_cpus, own_cpus = (
            (now - before) / seconds for now, before in zip(used, self.used, strict=True)
        )
        found = {
            "teachers": self.steps[0],
            "seconds": seconds,
            "p99_ms": {name: seen.within(name) for name in seen.times},
            "a_second": {name: len(times) / seconds for name, times in seen.times.items()},
            "errors": seen.errors,
            "server_cpus": server_cpus,
            "own_cpus": own_cpus,
        }
        found |= read_along(serving_cpus)
        with self.report.open("a", encoding="utf-8") as report:
            report.write(json.dumps(found) + "\n")
        return found["p99_ms"].get(SAVE, 0.0) > SLOWEST_MS


def read_along(serving_cpus: float) -> dict[str, float]:
    """Let a few read, each again as soon as she has read; the load alone takes `serving_cpus`.

    The worker is left out: it has nothing to do with a view, and goes on with what was handed in.
    """
    before, began = cpu_seconds(but=WORKER), time.monotonic()

    def read(teacher: Teacher) -> int:
        views = 0
        while time.monotonic() - began < READING_SECONDS:
            teacher.look()
            views += 1
        return views

    reading = [gevent.spawn(read, teacher) for teacher in signed_in[-READERS:]]
    views = sum(each.get() for each in reading)
    took = time.monotonic() - began
    used = cpu_seconds(but=WORKER) - before - serving_cpus * took
    return {"views_a_second": views / took, "cpu_a_view": used / views}


def cpu_seconds(but: str = "") -> float:
    """What all processes of the server have used, `but` those with this word in their command."""
    total = 0.0
    root = psutil.Process(GIVEN["process"])
    for process in (root, *root.children(recursive=True)):
        try:
            if but and but in process.cmdline():
                continue
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def own_cpu_seconds() -> float:
    """What this process has used."""
    return time.process_time()
