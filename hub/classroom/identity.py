"""Who reads: the Hub says so, by OAuth.

Nothing of a person is kept but the token in the browser's cookie, which the Hub can take back;
what it said is believed for a minute.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyterhub.services.auth import HubOAuth
from jupyterhub.singleuser.extension import (
    JupyterHubIdentityProvider,
    JupyterHubOAuthCallbackHandler,
)
from tornado.web import HTTPError

SECONDS_BELIEVED = 60


class HubIdentity(JupyterHubIdentityProvider):
    """Asks the Hub who reads. Its addresses stand below the classroom's own prefix."""

    async def get_user(self, handler: Any) -> Any:
        """Return who reads, or None; then the way to sign in leads to the Hub's own origin."""
        user = await super().get_user(handler)
        to_hub = handler.get_login_url
        origin = handler.settings["live"].portal_origin(handler.request)
        handler.get_login_url = lambda: f"{origin}{to_hub()}"
        return user

    async def may_stay(self, token: str) -> bool:
        """Ask the Hub anew whether who holds this token may still come; a Hub away says nothing."""
        try:
            user = await self.hub_auth.user_for_token(token, use_cache=False, sync=False)
        except HTTPError:
            return True
        return user is not None and bool(
            self.hub_auth.check_scopes(self.hub_auth.access_scopes, user)
        )

    def get_handlers(self) -> list[Any]:
        """Return the way back from the Hub's sign-in; signing out is the portal's and the Hub's."""
        return [
            (
                f"{self.hub_auth.base_url}oauth_callback",
                CallbackHandler,
                {"hub_auth": self.hub_auth},
            )
        ]


class CallbackHandler(JupyterHubOAuthCallbackHandler):
    """Ends a sign-in that the Hub has agreed to."""

    SUPPORTED_METHODS = ("GET",)

    @allow_unauthenticated
    async def get(self) -> None:
        """Set the cookie, and go on to the page that was asked for."""
        await super().get()


def hub_auth(
    *, api_url: str, redirect: str, client_id: str, name: str, token: str, root: str
) -> HubOAuth:
    """Return the Hub's client. `redirect` is a path of the Hub's, which sends browsers on to us."""
    return HubOAuth(
        hub_host="",
        hub_prefix="/hub/",
        api_url=api_url,
        api_token=token,
        base_url=root,
        oauth_client_id=client_id,
        oauth_redirect_uri=redirect,
        access_scopes={f"access:services!service={name}"},
        cache_max_age=SECONDS_BELIEVED,
        cookie_options={"samesite": "Lax"},
    )
