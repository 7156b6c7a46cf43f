"""Does what may take longer than a page should wait: autograding, copying marks, publishing.

Decides which room does which job, and how often the sweep looks for work that no job will reach: a
queue may lose a job, rows are the truth. Each sweep is a sign of life, with what was measured.
Whatever writes into the gradebook is a job: they are done one after the other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import monotonic

from grading import autograde, catching_up, gradebook
from grading.config import Grading
from hub import measured, preparation
from hub.settings import Settings
from learning import hand_ins, writers
from publishing import press as press_work
from publishing.press import Press
from publishing.runner import Runner
from sharing import pictures
from store.artifacts import Artifacts
from store.clock import now
from store.database import Database
from store.jobs import Jobs

CATCH_UP = "catch-up"
SECONDS_BETWEEN_CATCHING_UP = 600.0
SECONDS_BETWEEN_TIDYING = 3600.0
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_FINISH = 5.0
WAITING_TOO_LONG = timedelta(seconds=10)

log = logging.getLogger(__name__)


def run(settings: Settings, database: Database, runner: Runner) -> None:
    """Do jobs until SIGTERM."""
    settings.work.mkdir(parents=True, exist_ok=True)
    jobs = Jobs(settings.jobs)
    grading = Grading(
        database=database,
        artifacts=Artifacts(settings.artifacts),
        gradebook_url=settings.gradebook_url,
        work=settings.work,
        runner=runner,
    )
    signs = measured.Measured(settings.measured, "worker")
    timed = measured.Jobs(signs)
    for name, do in (("autograde", autograde.autograde), ("copy-marks", gradebook.copy_marks)):
        jobs.handle(name, timed.timed(name, partial(_do, do, grading)))
    jobs.handle(CATCH_UP, timed.timed(CATCH_UP, partial(_catch_up, grading, jobs)))
    stop = threading.Event()
    sweeper = threading.Thread(target=sweep, args=(grading, jobs, signs, stop), name="sweep")
    sweeper.start()
    press = Press(preparation.publisher(settings, database), writers.may_write)
    arguments = (press, timed, stop)
    proving = threading.Thread(target=_prove, args=arguments, name="proofs", daemon=True)
    proving.start()
    try:
        jobs.run(workers=1)
    finally:
        stop.set()
        sweeper.join()
        proving.join(SECONDS_TO_FINISH)  # what is cut short begins again at the next start


def _do(job: Callable[[Grading, int], None], grading: Grading, number: str) -> None:
    job(grading, int(number))


def _catch_up(grading: Grading, jobs: Jobs, subject: str) -> None:
    """Follow for a while; whoever waits by now is first, then it goes on."""
    if catching_up.catch_up(grading):
        jobs.enqueue(CATCH_UP, subject)


def _prove(press: Press, timed: measured.Jobs, stop: threading.Event) -> None:
    """Do what Labs send, in a thread of its own: no hand-in waits for a trainer's film."""
    is_begun = False
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        try:
            if not is_begun:
                press_work.begin_again(press.database)
                is_begun = True
            while not stop.is_set() and press_work.is_due(press.database):
                with timed.timing("proof"):
                    press_work.run_next(press)
        except Exception:  # it must live as long as the worker does
            log.exception("looking for proofs failed; it tries again")


def sweep(grading: Grading, jobs: Jobs, signs: measured.Measured, stop: threading.Event) -> None:
    """Find again what no job will reach, and let go of what nobody wanted. The first look is at the
    start: a crash may be why.
    """
    catch_up_at = tidy_at = monotonic()
    while True:
        try:
            if not jobs.waiting():  # else the queue is at it
                _ask_again(grading.database, jobs)
                if monotonic() >= catch_up_at:
                    jobs.enqueue(CATCH_UP, "gradebook")
                    catch_up_at = monotonic() + SECONDS_BETWEEN_CATCHING_UP
            if monotonic() >= tidy_at:
                grading.database.write(partial(pictures.drop_loose, artifacts=grading.artifacts))
                tidy_at = monotonic() + SECONDS_BETWEEN_TIDYING
        except Exception:  # the sweep must live as long as the worker does
            log.exception("the sweep failed; it tries again")
        signs.keep()
        if stop.wait(measured.SECONDS_BETWEEN_SIGNS):
            return


def _ask_again(database: Database, jobs: Jobs) -> None:
    """Ask again for hand-ins that have waited longer than any queue should take."""
    with database.read() as session:
        forgotten = hand_ins.waiting(session, now() - WAITING_TOO_LONG, autograde.MOST_ATTEMPTS)
        numbers = [hand_in.number for hand_in in forgotten]
    for number in numbers:
        log.warning("hand-in %s was forgotten: asking again", number)
        jobs.enqueue("autograde", str(number))
