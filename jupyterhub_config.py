"""JupyterHub's configuration: Pathshala's own, then what you add below."""

from hub.config import configure
from hub.settings import Settings

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub gives it

configure(c, Settings.from_env())

# Your own settings, for example:
# c.Spawner.mem_limit = "1G"
