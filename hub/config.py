"""What JupyterHub is told. The one place that sets its traits."""

from __future__ import annotations

from typing import Any

from hub.hub_database import db_kwargs
from hub.log import LOGGING, log_request
from hub.pages import asset
from hub.portal.texts import say
from hub.roles import (
    CLASSROOM,
    CLASSROOM_CLIENT_ID,
    CLIENT_ID,
    LAB_TOKEN,
    METRICS,
    PORTAL,
    hub_roles,
)
from hub.settings import CLASSROOM_ROOT, PORTAL_ROOT, ROOT, Settings
from hub.sign_in import OurAuthenticator
from hub.spawners import LabSpawner
from hub.to_classroom import TO_CLASSROOM, ToClassroom
from hub.words import worded
from store.errors import PathshalaError
from store.schema import check


def configure(c: Any, settings: Settings) -> None:
    """Set the traits on the config object that `jupyterhub_config.py` is given.

    Raise SystemExit with a sentence if the store's tables are not those that this code knows.
    """
    try:
        check(settings.database_url)
    except PathshalaError as error:
        raise SystemExit(f"pathshala: {worded(error)}") from error
    _hub(c, settings)
    _sign_in(c, settings)
    _services(c, settings)
    _labs(c, settings)


def _hub(c: Any, settings: Settings) -> None:
    # the proxy is a sibling: neither starts nor stops with the Hub
    c.JupyterHub.bind_url = settings.url
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_api_port}"
    c.ConfigurableHTTPProxy.auth_token = settings.secret("proxy-token")
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.last_activity_interval = 5  # also the pace at which lost routes come back
    c.JupyterHub.service_check_interval = 0  # the supervisor watches the portal
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.db_url = settings.hub_database_url
    c.JupyterHub.db_kwargs = db_kwargs(settings.hub_database_url)
    c.JupyterHub.upgrade_db = True
    # the Hub writes this file itself at its first start, mode 0600
    c.JupyterHub.cookie_secret_file = str(settings.data / "secrets" / "hub-cookie")
    c.JupyterHub.cookie_max_age_days = 14
    c.JupyterHub.load_roles = hub_roles()
    c.JupyterHub.oauth_require_pkce = True
    c.JupyterHub.allow_named_servers = False
    c.JupyterHub.default_url = PORTAL_ROOT
    c.JupyterHub.redirect_to_server = False
    c.JupyterHub.template_paths = [str(ROOT / "hub" / "templates")]
    c.JupyterHub.template_vars = {"say": lambda user: say, "asset": lambda user: asset}
    c.JupyterHub.concurrent_spawn_limit = 4
    c.JupyterHub.active_server_limit = 20
    c.JupyterHub.tornado_settings = {"log_function": log_request}
    c.JupyterHub.logging_config = LOGGING
    c.Application.log_level = "WARN"  # below that the Hub names people and their sessions


def _sign_in(c: Any, settings: Settings) -> None:
    c.JupyterHub.authenticator_class = OurAuthenticator
    c.OurAuthenticator.database_url = settings.database_url
    c.Authenticator.allow_all = True  # whoever `store` knows; `authenticate` decides that
    c.Authenticator.manage_groups = True
    c.Authenticator.auth_refresh_age = 60
    c.Authenticator.auth_refresh_strict = True  # who is gone keeps no token either
    c.Authenticator.enable_auth_state = False


def _services(c: Any, settings: Settings) -> None:
    c.JupyterHub.services = [
        {
            "name": PORTAL,
            "url": f"http://127.0.0.1:{settings.portal_port}",
            "api_token": settings.secret("portal-token"),
            "oauth_client_id": CLIENT_ID,
            "oauth_redirect_uri": f"{PORTAL_ROOT}oauth/callback",
            "oauth_no_confirm": True,
            "display": False,
            "timeout": 5,  # a portal that is away keeps nobody from signing in
        },
        {
            # no "url": the proxy shall not bring live pages to the portal's origin
            "name": CLASSROOM,
            "api_token": settings.secret("classroom-token"),
            "oauth_client_id": CLASSROOM_CLIENT_ID,
            "oauth_redirect_uri": f"/hub{TO_CLASSROOM}",
            "oauth_no_confirm": True,
            "display": False,
        },
        {
            # no server: a program that reads the measures, the portal's by the same token
            "name": METRICS,
            "api_token": settings.secret("metrics-token"),
            "display": False,
        },
    ]
    c.JupyterHub.extra_handlers = [
        (TO_CLASSROOM, ToClassroom, {"port": settings.classroom_port, "root": CLASSROOM_ROOT})
    ]


def _labs(c: Any, settings: Settings) -> None:
    c.JupyterHub.spawner_class = LabSpawner
    c.LabSpawner.labs = str(settings.labs)
    c.LabSpawner.logs = str(settings.logs / "labs")
    c.LabSpawner.portal_url = f"http://127.0.0.1:{settings.portal_port}{PORTAL_ROOT}"
    c.Spawner.server_token_scopes = LAB_TOKEN
    c.Spawner.default_url = "/lab"
    c.Spawner.http_timeout = 60
    c.Spawner.start_timeout = 90
