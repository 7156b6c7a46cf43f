"""Lets the Hub forget who is gone: sessions, tokens, a running Lab, and the name itself.

The portal asks `store` at every request. The Hub keeps users of its own, so it looks four times a
minute who of them is no longer there.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from jupyterhub import orm
from tornado.ioloop import PeriodicCallback

SECONDS = 15.0

log = logging.getLogger(__name__)


class Departures:
    """Compares the users of the running Hub with the people of `store`."""

    def __init__(self, app: Any, authenticator: Any) -> None:
        self._app = app
        self._authenticator = authenticator
        self._watch = PeriodicCallback(self.look, SECONDS * 1000)

    def start(self) -> None:
        self._watch.start()

    async def look(self) -> None:
        """Delete each user of the Hub whose name nobody has any more."""
        try:
            # the Hub's first: whoever joins meanwhile is in the store before she is in the Hub
            users = {name for (name,) in self._app.db.query(orm.User.name)}
            for name in users - await asyncio.to_thread(self._authenticator.names):
                await self._forget(self._app.users[name])
        except Exception as error:  # a disk that is full, say: the next look is soon
            log.error("could not look who is gone: %s", type(error).__name__)

    async def _forget(self, user: Any) -> None:
        for name, spawner in list(user.spawners.items()):
            if spawner.active:
                await self._app.proxy.delete_user(user, name)
                await user.stop(name)
        await user.delete_spawners()
        self._app.users.delete(user)
