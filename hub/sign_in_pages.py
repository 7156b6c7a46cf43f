"""The Hub's few pages that people see, made light: sign-in, and the way on to the portal.

Decides their words, language and headers. The templates are in `templates/`, what a name and a
password are worth is `sign_in.py`'s.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from tornado import web

from hub.portal.texts import DEFAULT, LANGUAGES, Language, say
from hub.settings import PORTAL_ROOT, ROOT

STATIC = ROOT / "hub" / "templates" / "static"
LANGUAGE_COOKIE = "pathshala-language"
YEAR_SECONDS = 365 * 24 * 3600
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
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

# What can go wrong, by the status that the page is sent with; the words are msgids.
WRONG = "The ID or the password is not right. Please try again."
TOO_MANY = "Too many tries. Please wait {minutes} minutes, then try again."
TOO_OLD = "This page was open for a long time. Please sign in once more."
FEW_LEFT = "You can try {tries} more times."


class TooManyTries(web.HTTPError):
    """429: this account, from this address, has to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(429, "too many tries")
        self.seconds = math.ceil(seconds)
        self.headers = {"Retry-After": str(self.seconds)}  # the Hub sends them


class SignInHandler(LoginHandler):
    """The sign-in page. The typed name stays when something is wrong."""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        for name, value in HEADERS.items():
            self.set_header(name, value)

    async def get(self) -> None:
        chosen = self.get_query_argument("lang", "")
        if chosen in LANGUAGES:
            self.set_cookie(LANGUAGE_COOKIE, chosen, path="/", max_age=YEAR_SECONDS, samesite="Lax")
        await super().get()

    async def post(self) -> None:
        name = self.get_body_argument("username", "")
        password = self.get_body_argument("password", "", strip=False)
        try:
            user = await self.login_user({"username": name, "password": password})
        except TooManyTries as refusal:
            self.set_status(429)
            self.set_header("Retry-After", str(refusal.seconds))
            minutes = math.ceil(refusal.seconds / 60)
            self.finish(await self._page(name, TOO_MANY, minutes=minutes))
            return
        if user is None:
            self.set_status(403)
            left = self.authenticator.tries_left(self.request, name)
            self.finish(await self._page(name, WRONG, tries=left))
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    def _render(
        self, login_error: str | None = None, username: str | None = None, **more: Any
    ) -> Any:
        """Called by the Hub's own handler: the empty page, or one with a failure of its own."""
        name = username or self.get_argument("username", "")
        return self._page(name, TOO_OLD if login_error else None, sync=bool(more.get("sync")))

    def _page(self, name: str, problem: str | None, *, sync: bool = False, **facts: int) -> Any:
        language = self.language
        next_url = self.get_argument("next", "")
        tries = facts.get("tries", 10)
        sentences = [say(language, problem, facts)] if problem else []
        if tries <= 5:
            sentences.append(say(language, FEW_LEFT, facts))
        return self.render_template(
            "sign-in.html",
            sync=sync,
            language=language,
            languages=[
                {"code": code, "name": title, "href": f"?{self._query(next_url, lang=code)}"}
                for code, title in (("bn", "বাংলা"), ("en", "English"))
            ],
            t=lambda message: say(language, message),
            problem=" ".join(sentences),
            typed=name[:64],
            action=f"?{self._query(next_url)}",
            asset=asset,
        )

    @property
    def language(self) -> Language:
        asked = self.get_query_argument("lang", "") or self.get_cookie(LANGUAGE_COOKIE, "")
        return "en" if asked == "en" else DEFAULT

    @staticmethod
    def _query(next_url: str, **more: str) -> str:
        return urlencode({**({"next": next_url} if next_url else {}), **more})


class ToPortalHandler(BaseHandler):
    """Pages of the Hub that Pathshala has a better place for."""

    def get(self) -> None:
        self.redirect(PORTAL_ROOT)


class AssetHandler(web.StaticFileHandler):
    """The stylesheet and the script of the pages above; their address changes with them."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", f"public, max-age={YEAR_SECONDS}, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")


def pages() -> list[Any]:
    """The handlers that come before the Hub's own, below its prefix."""
    return [
        (r"/login", SignInHandler),
        (r"/home", ToPortalHandler),
        (r"/token", ToPortalHandler),
        (r"/accept-share", ToPortalHandler),
        (r"/pathshala/(sign-in\.css|sign-in\.js|icon\.svg)", AssetHandler, {"path": str(STATIC)}),
    ]


@cache
def asset(name: str) -> str:
    """The name of a file of ours with the hash of its content, below the Hub's prefix."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"pathshala/{name}?v={digest}"
