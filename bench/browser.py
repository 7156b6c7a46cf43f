"""The system's Chromium: where it is, and how it is started to be still by itself."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """Return the path of Chromium; raise FileNotFoundError, naming the cure, where there is none.

    `PATHSHALA_CHROMIUM` names another one.
    """
    for name in (os.environ.get("PATHSHALA_CHROMIUM", ""), "chromium", "chromium-browser"):
        if name and (path := shutil.which(name)):
            return path
    raise FileNotFoundError(
        "There is no Chromium. On Debian: apt-get install chromium; or name yours in"
        " PATHSHALA_CHROMIUM."
    )
