"""Does what may take longer than a page should wait: autograding, copying marks.

Decides which room does which job, and how often the sweep looks for hand-ins that no job will
reach: a queue may lose a job, a hand-in's row is the truth.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from grading import autograde, gradebook
from grading.config import Grading
from hub import preparation
from hub.settings import Settings
from learning import hand_ins, writers
from publishing import press as press_work
from publishing.press import Press
from publishing.runner import Runner
from store.artifacts import Artifacts
from store.clock import now
from store.database import Database
from store.jobs import Jobs

SECONDS_BETWEEN_SWEEPS = 5.0
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
    jobs.handle("autograde", lambda number: autograde.autograde(grading, int(number)))
    jobs.handle("copy-marks", lambda number: gradebook.copy_marks(grading, int(number)))
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(database, jobs, stop), name="sweep")
    sweeper.start()
    press = Press(preparation.publisher(settings, database), writers.may_write)
    proving = threading.Thread(target=_prove, args=(press, stop), name="proofs", daemon=True)
    proving.start()
    try:
        jobs.run(workers=1)
    finally:
        stop.set()
        sweeper.join()
        proving.join(SECONDS_TO_FINISH)  # what is cut short begins again at the next start


def _prove(press: Press, stop: threading.Event) -> None:
    """Do what Labs send, in a thread of its own: no hand-in waits for a trainer's film."""
    is_begun = False
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        try:
            if not is_begun:
                press_work.begin_again(press.database)
                is_begun = True
            while not stop.is_set() and press_work.run_next(press):
                pass
        except Exception:  # it must live as long as the worker does
            log.exception("looking for proofs failed; it tries again")


def _sweep(database: Database, jobs: Jobs, stop: threading.Event) -> None:
    """Ask again for hand-ins that have waited longer than any queue should take."""
    while not stop.wait(SECONDS_BETWEEN_SWEEPS):
        try:
            if jobs.waiting():
                continue  # the queue is at it
            with database.read() as session:
                forgotten = [
                    hand_in.number
                    for hand_in in hand_ins.waiting(session, now() - WAITING_TOO_LONG)
                ]
            for number in forgotten:
                log.warning("hand-in %s was forgotten: asking again", number)
                jobs.enqueue("autograde", str(number))
        except Exception:  # the sweep must live as long as the worker does
            log.exception("the sweep failed; it tries again")
