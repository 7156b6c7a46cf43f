"""How many teachers at once: locust plays more and more of them against the whole product.

Each answers every ten seconds. A step is one number of teachers, held for a minute once all of
them are signed in; the last is the first in which 99 of 100 saves took longer than 250 ms. The
generator shares the machine's processors with the server, so its own use is told apart. After each
step a few read beside all others as many views of a module's page as they get. At the end, as
many views of a module's page as the machine gives, with what a page asks of the API, beside stock
Voila's.

`LOAD_STEPS=20,40 LOAD_HOLD=10` makes a short run of it.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from bench.memory import ASKED, signed_in
from bench.page import COURSE, MODULE, NOTEBOOK
from bench.people import add_teacher, the_reflection
from bench.processes import cpu_seconds
from bench.products import PASSWORD, ROOT, Running, pathshala, stock_voila
from bench.rows import Row
from bench.saves import postgresql
from hub.passwords import hash_password
from store.database import Database, Session
from store.tables import Module, Version

LOCUST = ROOT / ".venv/load/bin/locust"
STEPS = tuple(range(200, 2001, 200))
HOLD_SECONDS = 60
NEW_A_SECOND = 3.0
GOAL_MS, SLOWEST_MS = 150, 250
AT_ONCE, SPARE = 200, 50
VIEW_SECONDS, READERS, STOCK_READERS = 15.0, 4, 2


@dataclass(frozen=True)
class Step:
    """What one number of teachers showed."""

    teachers: int
    seconds: float
    p99_ms: dict[str, float]
    a_second: dict[str, float]
    errors: dict[str, int]
    server_cpus: float
    own_cpus: float
    views_a_second: float
    cpu_a_view: float

    @property
    def save_ms(self) -> float:
        """99 of 100 saves took no longer."""
        return self.p99_ms.get("answer", float("inf"))

    @property
    def failed(self) -> int:
        return sum(self.errors.values())


def measure() -> list[Row]:
    """Grow on SQLite and on PostgreSQL, then read as much as goes."""
    if not LOCUST.exists():
        raise SystemExit("The load generator is missing: run `make bench PART=load`.")
    rows = []
    with postgresql() as url:
        for kind, settings in (("SQLite", {}), ("PostgreSQL", {"PATHSHALA_DATABASE_URL": url})):
            rows += told(kind, grow(kind, settings))
    ours, theirs = our_views(), stock_views()
    return [
        *rows,
        Row("views of a module a second, nothing else going on", ours[0], theirs[0], "1/s"),
        Row("server CPU a view, all processes", ours[1], theirs[1], "s"),
    ]


# Teachers -------------------------------------------------------------------------------------


def grow(kind: str, settings: dict[str, str]) -> list[Step]:
    """Play more and more teachers; return what each step showed."""
    steps = [int(each) for each in os.environ.get("LOAD_STEPS", "").split(",") if each]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with pathshala(PATHSHALA_DATA=str(data), **settings) as product:
            url = settings.get("PATHSHALA_DATABASE_URL", f"sqlite:///{data}/pathshala.sqlite")
            given = {
                **known(url, max(steps or STEPS) + SPARE),
                "address": product.address,
                "process": product.pid,
                "password": PASSWORD,
                "steps": steps or STEPS,
                "hold": float(os.environ.get("LOAD_HOLD", HOLD_SECONDS)),
                "new_a_second": NEW_A_SECOND,
                "report": str(Path(folder) / "report"),
            }
            play(given)
        lines = (Path(folder) / "report").read_text().splitlines()
    found = [Step(**json.loads(line)) for line in lines]
    for step in found:
        print(f"{kind}: {step}", file=sys.stderr, flush=True)
    return found


def known(url: str, teachers: int) -> dict[str, Any]:
    """Make so many teachers; say who they are and what the module asks for."""
    password_hash, made = hash_password(PASSWORD), []
    with contextlib.closing(Database(url)) as database:
        for first in range(0, teachers, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, teachers))

            def add(session: Session, numbers: range = numbers) -> list[tuple[str, str]]:
                added = [add_teacher(session, f"load-{n}", password_hash) for n in numbers]
                return [(person.name, person.id) for person in added]

            made += database.write(add)
        with database.read() as session:
            module = session.get_one(Module, f"{COURSE}/{MODULE}")
            manifest = session.get_one(Version, module.current_version_id).manifest
            reflection = the_reflection(session)
    return {
        "people": made,
        "course": COURSE,
        "module": MODULE,
        "exercise": reflection,
        "clip": manifest["clips"][0]["clip"],
    }


def play(given: dict[str, Any]) -> None:
    """Let locust play until it has seen enough."""
    command = [str(LOCUST), "-f", str(ROOT / "bench/teachers.py"), "--headless", "--only-summary"]
    subprocess.run(
        command,
        env=os.environ | {"LOAD": json.dumps(given)},
        cwd=ROOT,
        check=False,  # it calls a failed request a failure of its own
        stdout=sys.stderr,
    )


def told(kind: str, steps: list[Step]) -> list[Row]:
    """What the steps say, as rows."""
    well = [step for step in steps if step.save_ms <= SLOWEST_MS and not step.failed]
    good = [step for step in steps if step.save_ms <= GOAL_MS and not step.failed]
    most = max((step.teachers for step in well), default=0)
    rows = [
        Row(f"teachers at once, saves within 250 ms, {kind}", most, None, "teachers"),
        Row(
            f"teachers at once, saves within 150 ms, {kind}",
            max((step.teachers for step in good), default=0),
            None,
            "teachers",
        ),
    ]
    for step in steps:
        of = f"{step.teachers} teachers, {kind}"
        rows += [
            Row(f"99 of 100 saves within, {of}", step.save_ms / 1000, None, "s"),
            Row(f"99 of 100 pages within, {of}", step.p99_ms.get("page", 0.0) / 1000, None, "s"),
            Row(f"errors, {of}", step.failed, None, "requests"),
            Row(f"requests a second, {of}", sum(step.a_second.values()), None, "1/s"),
            *(
                Row(f"{what} a second, {of}", step.a_second.get(name, 0.0), None, "1/s")
                for what, name in (("saves", "answer"), ("pages", "page"), ("hand-ins", "hand in"))
            ),
            Row(f"processors of the server, {of}", step.server_cpus, None, "CPUs"),
            Row(f"processors of the generator, {of}", step.own_cpus, None, "CPUs"),
            Row(f"views of a module a second, besides, {of}", step.views_a_second, None, "1/s"),
            Row(f"server CPU a view, besides, {of}", step.cpu_a_view, None, "s"),
        ]
    return rows


# Views ----------------------------------------------------------------------------------------


def our_views() -> tuple[float, float]:
    """Views a second and CPU seconds a view, with all that a view asks of the API."""
    with pathshala() as product, contextlib.ExitStack() as held:
        readers = [held.enter_context(signed_in(product.address)) for _ in range(READERS)]

        def view(reader: httpx.Client) -> None:
            for path in ASKED:
                reader.get(path).raise_for_status()

        return rate(product, [partial(view, reader) for reader in readers])


def stock_views() -> tuple[float, float]:
    """The same for stock Voila, whose every view starts a kernel and runs the notebook."""

    def view() -> None:
        httpx.get(product.address, timeout=120).raise_for_status()

    with stock_voila(ROOT / "courses" / COURSE, NOTEBOOK) as product:
        return rate(product, [view] * STOCK_READERS)


def rate(product: Running, readers: Sequence[Callable[[], None]]) -> tuple[float, float]:
    """Let all read, each again as soon as she has read, for some seconds; after one view each."""
    with ThreadPoolExecutor(len(readers)) as threads:
        for first in [threads.submit(view) for view in readers]:
            first.result()
        before, began = cpu_seconds(product.pid), monotonic()

        def read(view: Callable[[], None]) -> int:
            views = 0
            while monotonic() - began < VIEW_SECONDS:
                view()
                views += 1
            return views

        views = sum(threads.map(read, readers))
        took = monotonic() - began
    return views / took, (cpu_seconds(product.pid) - before) / views
