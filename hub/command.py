"""The command `pathshala`: serve, publish, people, copies, databases.

Decides the words and exit codes of the command line: 0 done, 1 refused (the sentence says why
and the cure), 2 a mistake in the command itself. What is done is decided in the rooms; this is
the entry of every process, so here the settings are read and handed on as values.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from hub import backup_command, cohort_command, course_command, people_command
from hub.command_line import Run, add_command, add_group, open_store
from hub.settings import CLASSROOM_ROOT, PORTAL_ROOT, ROOT, Settings
from hub.words import worded
from store.errors import NotAllowed, PathshalaError

ROOMS = ("hub", "learning", "sharing", "grading", "publishing", "store", "widgets")
# The proxy keeps its lines open; what it sends on one that we end in that moment is lost: a 503.
SECONDS_TO_KEEP_A_LINE = 3600
SECONDS_OF_A_TURN = 0.0005  # how long a thread computes before another one that waits gets its turn
GARBAGE = (2_000, 20, 100)  # `gc.set_threshold`: everything is looked through every few minutes
CHECKS_AT_ONCE = 2  # a test that never ends keeps one place for ten seconds
CHOSEN = "  Sign in with the password in PATHSHALA_DEMO_PASSWORD."
SHOWN_BEFORE = (
    "  Their passwords were shown when they were made. Forgotten: start once with"
    " PATHSHALA_DEMO_PASSWORD\n  set, it becomes the password of them all."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit code."""
    os.umask(0o077)  # what we and our siblings write is nobody else's
    chosen = _parser().parse_args(arguments)
    try:
        _refuse_foreign_rooms()
        run: Run = chosen.run
        return run(chosen, Settings.from_env())
    except PathshalaError as error:
        print(f"pathshala: {worded(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# What it can do -------------------------------------------------------------------------------


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    from hub.siblings import plan
    from hub.supervisor import serve

    return serve(settings, plan(settings, lambda: _welcome(settings)))


def _welcome(settings: Settings) -> str:
    lines = [f"\nPathshala is ready: {settings.url}/"]
    if settings.is_loopback:
        lines.append("  Demo accounts: teacher, teacher2, teacher3, trainer, evaluator, admin.")
        lines.append(CHOSEN if settings.demo_password else SHOWN_BEFORE)
    lines += [
        "  Trainers run code with the rights of whoever started this: let in only those you trust.",
        f"  Data: {settings.data}   Logs: {settings.logs}   Stop: Ctrl-C",
    ]
    return "\n".join(lines)


def _prepare(_: argparse.Namespace, settings: Settings) -> int:
    from hub.preparation import prepare

    prepare(settings)
    return 0


def _upgrade(_: argparse.Namespace, settings: Settings) -> int:
    from hub.lock import Locked
    from hub.preparation import upgrade_databases

    with Locked(settings):  # code that runs was written for the tables as they are
        upgrade_databases(settings)
    print("The databases are up to date.")
    return 0


def _run_portal(_: argparse.Namespace, settings: Settings) -> int:
    gc.disable()  # a seventh of the start would go into looking for garbage that is not there
    import uvicorn

    from hub import log_lines
    from hub.passwords import temporary_password
    from hub.portal.app import create_app
    from hub.portal.hub_watch import HubWatch, answers
    from hub.portal.lab_tokens import LabTokens
    from hub.portal.parts import Parts
    from hub.portal.portal import Classroom, HubClient, Portal
    from hub.roles import CLIENT_ID, PORTAL
    from hub.watched import looks
    from publishing import photos
    from publishing.runner import Runner
    from publishing.work_folder import sweep
    from store.artifacts import Artifacts
    from store.jobs import Jobs

    hub_api = f"http://127.0.0.1:{settings.hub_port}/hub/api"
    client = HubClient(
        authorize_url="/hub/api/oauth2/authorize",
        token_url=f"{hub_api}/oauth2/token",
        user_url=f"{hub_api}/user",
        logout_url="/hub/logout",
        pages_url="/hub/",
        client_id=CLIENT_ID,
        token=settings.secret("portal-token"),
    )
    log_lines.begin("portal")
    # uvicorn sends itself the signal once more when it has stopped: then leave what is open here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings.work.mkdir(parents=True, exist_ok=True)
    sweep(settings.work, photos.FOLDER)
    with (
        Runner([settings.data], at_once=CHECKS_AT_ONCE).start() as runner,
        open_store(settings) as database,
    ):
        portal = Portal(
            lab_owner=LabTokens(f"{hub_api}/user", f"access:services!service={PORTAL}"),
            database=database,
            artifacts=Artifacts(settings.artifacts),
            work=settings.work,
            jobs=Jobs(settings.jobs),
            frontend=settings.page_build,
            hub=client,
            temporary_password=temporary_password,
            runner=runner,
            hub_watch=HubWatch(answers(f"http://127.0.0.1:{settings.hub_port}/hub/health")),
            parts=Parts(looks(settings)),
            measured=settings.measured,
            copies=settings.copies,
            metrics_token=settings.secret("metrics-token"),
            classroom=Classroom(settings.secret("classroom-token"), settings.classroom_port),
            root=PORTAL_ROOT,
        )
        app = create_app(portal)
        _answer_evenly()
        uvicorn.run(
            app,
            host="127.0.0.1",
            port=settings.portal_port,
            log_config=None,
            access_log=False,  # the portal's own line has no address
            server_header=False,
            forwarded_allow_ips="127.0.0.1",
            timeout_graceful_shutdown=5,
            timeout_keep_alive=SECONDS_TO_KEEP_A_LINE,
        )
    return 0


def _answer_evenly() -> None:
    """Let nobody wait long for the others' sake, neither for the lock nor for the sweeper.

    Looking through everything for garbage stops all for 0.1 s: what is here now stays, and what
    comes is mostly gone before it is looked at. The writer gives up the lock at every statement;
    by default it waits 5 ms to get it back from a thread that computes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()
    sys.setswitchinterval(SECONDS_OF_A_TURN)


def _run_classroom(_: argparse.Namespace, settings: Settings) -> int:
    from hub import log_lines
    from hub.classroom.app import Classroom, make
    from hub.classroom.identity import hub_auth
    from hub.classroom.live_page import Live
    from hub.classroom.released import Portal
    from hub.log import log_tornado_request
    from hub.portal.texts import say
    from hub.roles import CLASSROOM, CLASSROOM_CLIENT_ID
    from hub.to_classroom import TO_CLASSROOM

    log_lines.begin("classroom")
    token = settings.secret("classroom-token")
    hub = hub_auth(
        api_url=f"http://127.0.0.1:{settings.hub_port}/hub/api",
        redirect=f"/hub{TO_CLASSROOM}",
        client_id=CLASSROOM_CLIENT_ID,
        name=CLASSROOM,
        token=token,
        root=CLASSROOM_ROOT,
    )
    classroom = Classroom(
        live=Live(CLASSROOM_ROOT, settings.port, settings.live_build, say),
        hub=hub,
        portal=Portal(f"http://127.0.0.1:{settings.portal_port}{PORTAL_ROOT}", token),
        addresses=settings.own_addresses,
        port=settings.classroom_port,
        cookie_secret=settings.secret("classroom-cookie").encode(),
        hidden=(settings.data,),
        log_request=log_tornado_request,
        logging=log_lines.configuration("classroom"),
    )
    make(classroom).start()
    return 0


def _run_copies(_: argparse.Namespace, settings: Settings) -> int:
    from hub import log_lines
    from hub.copies import run

    log_lines.begin("copies")
    if settings.copies is not None:
        run(settings, settings.copies)
    return 0


def _run_worker(_: argparse.Namespace, settings: Settings) -> int:
    from hub import log_lines
    from hub.worker import run
    from publishing.runner import Runner

    log_lines.begin("worker")
    with Runner([settings.data]).start() as runner, open_store(settings) as database:
        run(settings, database, runner)
    return 0


# What must hold -------------------------------------------------------------------------------


def _refuse_foreign_rooms() -> None:
    """Stop if a room's name belongs to another package of this environment."""
    for room in ROOMS:
        spec = importlib.util.find_spec(room)
        place = Path(spec.origin).resolve().parent if spec and spec.origin else None
        if place != ROOT / room:
            raise NotAllowed(
                "room-from-elsewhere",
                "The name {room} belongs to {place}, not to Pathshala. Install Pathshala in a"
                " virtual environment of its own (make serve does).",
                {"room": room, "place": str(place) if place else "nobody"},
            )


# The command line -----------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pathshala",
        description="Teachers' professional development on JupyterHub.",
        epilog="Exit codes: 0 done; 1 refused, the sentence says why and what to do;"
        " 2 a mistake in the command. Settings (all optional): PATHSHALA_DATA, PATHSHALA_PORT,"
        " PATHSHALA_ADDRESS,"
        " PATHSHALA_DATABASE_URL, PATHSHALA_DEMO_PASSWORD, PATHSHALA_COPIES,"
        " PATHSHALA_COPIES_EVERY.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_command(commands, "serve", _serve, "start everything, until Ctrl-C")

    course_command.add_to(commands)
    people_command.add_to(commands)
    cohort_command.add_to(commands)
    backup_command.add_to(commands)

    db = add_group(commands, "db", "the databases")
    add_command(db, "upgrade", _upgrade, "bring the tables up to date")

    # what `serve` starts; not for people
    add_command(commands, "prepare", _prepare)
    add_command(commands, "run-portal", _run_portal)
    add_command(commands, "run-worker", _run_worker)
    add_command(commands, "run-classroom", _run_classroom)
    add_command(commands, "run-copies", _run_copies)
    return parser


if __name__ == "__main__":
    sys.exit(main())
