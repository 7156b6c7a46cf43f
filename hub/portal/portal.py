"""What the portal is given when it starts. It decides nothing and reads no setting."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hub.portal.hub_watch import HubWatch
from hub.portal.lab_tokens import nobody
from hub.portal.limits import Limits
from hub.portal.parts import Parts
from publishing.runner import Runner
from store.artifacts import Artifacts
from store.database import Database
from store.jobs import Jobs


@dataclass(frozen=True)
class HubClient:
    """The portal as the Hub knows it, an OAuth client.

    The browser is sent to `authorize_url`, `logout_url` and the pages below `pages_url` (paths on
    our own origin: `join`, `waiting`, `password`);
    `token_url` and `user_url` are asked by this server (the Hub's internal address).
    """

    authorize_url: str
    token_url: str
    user_url: str
    logout_url: str
    client_id: str
    token: str
    pages_url: str = "/hub/"

    def __repr__(self) -> str:
        return f"HubClient({self.client_id!r}, token=***)"


@dataclass(frozen=True)
class Classroom:
    """The server of live pages: the token by which it asks, its port on the host that readers use,
    or its `origin` if that is another."""

    token: str
    port: int
    origin: str | None = None

    def __repr__(self) -> str:
        return f"Classroom(port={self.port}, origin={self.origin!r}, token=***)"


@dataclass(frozen=True)
class Portal:
    """Everything the routes need, handed over once by `pathshala run-portal`.

    What takes a moment is put down in `work`, a folder. Without a `classroom` the live parts of
    pages are said to be away. `runner` runs trainers' tests in a process of its own, when an answer
    is checked at once. `frontend` is the folder of the page
    build (`dist/page`), `secure` says that readers come by HTTPS, `root` is our path on the public
    origin, with both slashes. `temporary_password` makes a password and its hash: only the Hub's
    side knows how. `lab_owner` names the trainer whose Lab holds a token. `parts` says what else
    runs, `measured` is where it leaves its measures, `copies` the folder of the copies, and with
    `metrics_token` a program may read the measures.
    """

    database: Database
    artifacts: Artifacts
    work: Path
    jobs: Jobs
    frontend: Path
    hub: HubClient
    temporary_password: Callable[[], tuple[str, str]]
    runner: Runner
    hub_watch: HubWatch
    limits: Limits = field(default_factory=Limits)
    lab_owner: Callable[[str], str | None] = nobody
    classroom: Classroom | None = None
    parts: Parts = field(default_factory=Parts)
    measured: Path | None = None
    copies: Path | None = None
    metrics_token: str | None = field(default=None, repr=False)
    secure: bool = False
    root: str = "/services/portal/"

    @property
    def prefix(self) -> str:
        return self.root.rstrip("/")

    @property
    def cookie(self) -> str:
        """The name of the session cookie."""
        return "__Secure-pathshala-session" if self.secure else "pathshala-session"

    @property
    def callback(self) -> str:
        """Where the Hub sends the browser back to, as registered with the Hub."""
        return f"{self.root}oauth/callback"
