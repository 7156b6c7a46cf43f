"""What the Hub's own pages share: headers, language, files, and the way on to the portal.

Sign-in, joining and passwords are Hub pages because the Hub holds the door; they are light, work
without a script, and look like the portal. Their templates are in `templates/`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jupyterhub.handlers.base import BaseHandler
from tornado import web

from hub.portal.texts import DEFAULT, LANGUAGES, Language, say
from hub.settings import PORTAL_ROOT, ROOT
from learning import places

STATIC = ROOT / "hub" / "templates" / "static"
PAGE_BUILD = ROOT / "widgets" / "frontend" / "dist" / "page"
FILES = {each.name: each for each in (*STATIC.iterdir(), places.FILE)}
for each in PAGE_BUILD.glob("early-*.js"):  # the portal's: colours and size of text, before paint
    FILES["early.js"] = each
LANGUAGE_COOKIE = "pathshala-language"
YEAR_SECONDS = 365 * 24 * 3600
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TOO_MANY = "Too many tries. Please wait {minutes} minutes, then try again."


class TooManyTries(web.HTTPError):
    """429: whoever asks, from this address, has to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(429, "too many tries")
        self.seconds = math.ceil(seconds)
        self.minutes = math.ceil(self.seconds / 60)
        self.headers = {"Retry-After": str(self.seconds)}  # the Hub sends them


class OurPage(BaseHandler):
    """A page of ours: strict headers, the reader's language, no word of the Hub's."""

    template = ""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def remember_language(self) -> None:
        """Keep a language that was chosen by link, on this device."""
        chosen = self.get_query_argument("lang", "")
        if chosen in LANGUAGES:
            self.set_cookie(LANGUAGE_COOKIE, chosen, path="/", max_age=YEAR_SECONDS, samesite="Lax")

    @property
    def language(self) -> Language:
        asked = self.get_query_argument("lang", "") or self.get_cookie(LANGUAGE_COOKIE, "")
        return "en" if asked == "en" else DEFAULT

    def say(self, message: str, facts: Mapping[str, Any] | None = None) -> str:
        return say(self.language, message, facts)

    @property
    def kept_query(self) -> dict[str, str]:
        """What of the address goes along when the form is sent or the language changes."""
        next_url = self.get_argument("next", "")
        return {"next": next_url} if next_url else {}

    def render_page(self, *, sync: bool = False, **facts: Any) -> Any:
        """The template with its words; awaitable unless `sync`."""
        kept = self.kept_query
        return self.render_template(
            self.template,
            sync=sync,
            language=self.language,
            languages=[
                {"code": code, "name": title, "href": f"?{urlencode({**kept, 'lang': code})}"}
                for code, title in (("bn", "বাংলা"), ("en", "English"))
            ],
            t=self.say,
            action=f"?{urlencode(kept)}",
            next=kept.get("next", ""),
            portal=PORTAL_ROOT,
            asset=asset,
            **facts,
        )

    def query(self, **more: str) -> str:
        return urlencode({**self.kept_query, **more})


class ToPortalHandler(BaseHandler):
    """Pages of the Hub that Pathshala has a better place for."""

    def get(self) -> None:
        self.redirect(PORTAL_ROOT)


class AssetHandler(web.StaticFileHandler):
    """The files of the pages above; their address changes with them."""

    @classmethod
    def get_absolute_path(cls, root: str, path: str) -> str:
        return str(FILES[path])

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:
        return absolute_path  # it comes from our table

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", f"public, max-age={YEAR_SECONDS}, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")


def pages() -> list[Any]:
    """The handlers that stand in for the Hub's own, below its prefix."""
    names = "|".join(name.replace(".", r"\.") for name in sorted(FILES))
    return [
        (r"/home", ToPortalHandler),
        (r"/token", ToPortalHandler),
        (r"/accept-share", ToPortalHandler),
        (rf"/pathshala/({names})", AssetHandler, {"path": str(STATIC)}),
    ]


@cache
def asset(name: str) -> str:
    """The name of a file of ours with the hash of its content, below the Hub's prefix."""
    digest = hashlib.sha256(FILES[name].read_bytes()).hexdigest()[:12]
    return f"pathshala/{name}?v={digest}"
