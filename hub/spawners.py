"""A trainer's JupyterLab: a process of this machine, thin for now.

Guarantees a clean environment (no setting, no secret of Pathshala) and a folder of one's own. It
guarantees no more: on a single machine the Lab runs with the rights of whoever started
Pathshala, which start-up says. Separate accounts come with production.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyterhub.slugs import safe_slug
from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import Unicode

KEPT = ["PATH", "LANG", "LC_ALL", "TZ"]
# formgrader has holes of its own, and marking is the desk's; the exchange is ours
OFF = {
    f"nbgrader.server_extensions.{name}": False
    for name in ("formgrader", "assignment_list", "course_list")
}


class LabSpawner(SimpleLocalProcessSpawner):
    """One Lab per trainer, in `<labs>/<name as a slug>`."""

    labs = Unicode(config=True, help="Folder of the trainers' own folders.")

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.cmd = [str(Path(sys.prefix) / "bin" / "jupyterhub-singleuser")]
        self.env_keep = KEPT
        # a container's only user may be root; jupyter_server wants to be told that it is meant
        self.args = [f"--ServerApp.jpserver_extensions={OFF}"]
        if os.geteuid() == 0:
            self.args.append("--allow-root")
        # any script, any length: a folder name must be neither too long nor a path
        self.home_dir = str(Path(self.labs) / safe_slug(self.user.name))
        self.notebook_dir = self.home_dir

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        path = f"{Path(sys.prefix) / 'bin'}:{env.get('PATH', '/usr/bin:/bin')}"
        return {**env, "HOME": self.home_dir, "PATH": path, "SHELL": "/bin/bash"}
