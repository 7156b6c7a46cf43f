"""A trainer's JupyterLab: a process of this machine, in a folder of the trainer's own.

Guarantees a clean environment (no setting, no secret of Pathshala), a folder that belongs to a
person and not to a name, and a token that opens nothing but the Lab and the trainer's own courses.
On a single machine the Lab runs with the rights of whoever started Pathshala, which start-up says;
`first_uid` gives each trainer a user id of his own, if the Hub may do that (root).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from tornado import web
from traitlets import Integer, Unicode

KEPT = ["PATH", "LANG", "LC_ALL", "TZ"]
EXTENSIONS = {
    "hub.lab.extension": True,
    # formgrader has holes of its own, and marking is the desk's; there is no exchange
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "jupyter_lsp": False,  # it starts npm to look for what nobody has
}
CONFIG = Path(__file__).parent / "lab" / "etc"
UIDS = 1_000_000_000  # how many there may be, so that no two trainers meet


class LabSpawner(SimpleLocalProcessSpawner):
    """One Lab per trainer, in `<labs>/<the person's id>`."""

    labs = Unicode(config=True, help="Folder of the trainers' own folders.")
    logs = Unicode(config=True, help="Folder for what each Lab says, which is no log of ours.")
    portal_url = Unicode(config=True, help="The portal as a Lab reaches it, with a slash.")
    first_uid = Integer(
        0,
        config=True,
        help="Where the user ids of trainers begin; 0: all Labs run as the Hub does.",
    )

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.cmd = [str(Path(sys.prefix) / "bin" / "jupyterhub-singleuser")]
        self.env_keep = KEPT
        # below warnings a Lab's log names people
        self.args = [f"--ServerApp.jpserver_extensions={EXTENSIONS}", "--log-level=WARN"]
        # a container's only user may be root; jupyter_server wants to be told that it is meant
        if os.geteuid() == 0 and not self.first_uid:
            self.args.append("--allow-root")

    async def start(self) -> Any:
        """Start the Lab in the folder of the person, whatever the person's name is by now."""
        self.home_dir = self.notebook_dir = str(Path(self.labs) / self.person)
        _make_folder(Path(self.home_dir), self.uid)
        logs = Path(self.logs)
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = logs / f"{self.person}.log"
        log.unlink(missing_ok=True)
        with log.open("ab") as said:  # a long one is shortened while it is written to
            self.popen_kwargs = {"stdout": said, "stderr": said}
            return await super().start()

    @property
    def person(self) -> str:
        """The id of the person in `store`, as the sign-in told it."""
        person = (self.user.orm_user.user_info or {}).get("person", "")
        if not person.isalnum():
            raise web.HTTPError(403, "Sign in again, then start your Lab.")
        return str(person)

    @property
    def uid(self) -> int | None:
        """The user id of this trainer alone; None if there is none."""
        return self.first_uid + int(self.person, 16) % UIDS if self.first_uid else None

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        path = f"{Path(sys.prefix) / 'bin'}:{env.get('PATH', '/usr/bin:/bin')}"
        return {
            **env,
            "HOME": self.home_dir,
            "PATH": path,
            "SHELL": "/bin/bash",
            "JUPYTER_CONFIG_PATH": str(CONFIG),
            "PORTAL_URL": self.portal_url,
        }

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        home, uid = self.home_dir, self.uid

        def preexec() -> None:
            if uid is not None:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
            os.chdir(home)

        return preexec


def _make_folder(folder: Path, uid: int | None) -> None:
    """Make a trainer's folder, for nobody else to read."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if uid is not None:
        folder.parent.chmod(0o711)  # passed through, not read
    folder.mkdir(mode=0o700, exist_ok=True)
    if uid is not None:
        os.chown(folder, uid, uid)
