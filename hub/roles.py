"""What each role may ask of the Hub. What it may do on the portal is the portal's table.

People and their roles live in `store`; the Authenticator hands their roles to the Hub as groups
of the same name, and the Hub's roles name those groups (`load_groups` beside `manage_groups`
would make the Hub exit).
"""

from __future__ import annotations

from typing import Any

PORTAL = "portal"
CLIENT_ID = f"service-{PORTAL}"
CLASSROOM = "classroom"
CLASSROOM_CLIENT_ID = f"service-{CLASSROOM}"
METRICS = "metrics"

# The Hub's own role `user` brings `self`: servers, tokens, shares. A teacher shall have none.
_EVERYONE = [
    "read:users:name!user",
    "read:users:groups!user",
    f"access:services!service={PORTAL}",
    f"access:services!service={CLASSROOM}",
]
# A Lab's own token: to be a server of the Hub, and to ask the portal for the trainer's courses.
LAB_TOKEN = [
    "users:activity!user",
    "access:servers!server",
    f"access:services!service={PORTAL}",
]
# The Hub's own role `admin` brings `shares` and entry into everyone's server: nobody gets it.
_ADMINISTRATOR = [
    "admin-ui",
    "list:users",
    "read:users",
    "read:servers",
    "delete:servers",
    "list:groups",
    "read:groups",
    "list:services",
    "read:services",
    "read:roles",
    "read:hub",
    "read:metrics",
    "proxy",
]


def hub_roles() -> list[dict[str, Any]]:
    """The value of `JupyterHub.load_roles`."""
    return [
        {"name": "user", "description": "Sign in, use the portal", "scopes": _EVERYONE},
        {
            "name": "trainer",
            "description": "A Lab of one's own",
            "scopes": ["self"],
            "groups": ["trainer"],
        },
        {
            "name": "administrator",
            "description": "See and stop what runs; people are kept with `pathshala people`",
            "scopes": _ADMINISTRATOR,
            "groups": ["administrator"],
        },
        {
            "name": PORTAL,
            "description": "Know who asks",
            "scopes": ["list:users", "read:users:groups"],
            "services": [PORTAL],
        },
        {
            "name": METRICS,
            "description": "Read what is measured",
            "scopes": ["read:metrics"],
            "services": [METRICS],
        },
    ]
