"""The sign-in page: its words, and what it says when something is wrong.

What a name and a password are worth is `sign_in.py`'s; what all pages share is `pages.py`'s.
"""

from __future__ import annotations

from typing import Any

from jupyterhub.handlers.login import LoginHandler

from hub.pages import TOO_MANY, OurPage, TooManyTries

# What can go wrong, by the status that the page is sent with; the words are msgids.
WRONG = "The ID or the password is not right. Please try again."
TOO_OLD = "This page was open for a long time. Please sign in once more."
FEW_LEFT = "You can try {tries} more times."


class SignInHandler(OurPage, LoginHandler):
    """The sign-in page. The typed name stays when something is wrong."""

    template = "sign-in.html"

    async def get(self) -> None:
        self.remember_language()
        await LoginHandler.get(self)

    async def post(self) -> None:
        name = self.get_body_argument("username", "")
        password = self.get_body_argument("password", "", strip=False)
        try:
            user = await self.login_user({"username": name, "password": password})
        except TooManyTries as refusal:
            self.set_status(429)
            self.set_header("Retry-After", str(refusal.seconds))
            self.finish(await self._page(name, TOO_MANY, minutes=refusal.minutes))
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
        sentences = [self.say(problem, facts)] if problem else []
        if facts.get("tries", 10) <= 5:
            sentences.append(self.say(FEW_LEFT, facts))
        return self.render_page(sync=sync, problem=" ".join(sentences), typed=name[:64])
