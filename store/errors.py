"""The root of every error that a reader may be told about.

Four kinds, by what the reader can do: mend the request, ask another person or wait, look
elsewhere, try again. Wording for people is the portal's: `message` is an English gettext
msgid with `{fact}` placeholders.
"""

from collections.abc import Mapping
from typing import Any


class PathshalaError(Exception):
    """Something a reader is told in one sentence.

    `code` never changes its meaning; `facts` are JSON values; `retry` tells the outbox
    whether the same request may succeed later.
    """

    def __init__(
        self,
        code: str,
        message: str,
        facts: Mapping[str, Any] | None = None,
        retry: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.facts = dict(facts or {})
        self.retry = retry


class Invalid(PathshalaError):
    """The request says something that cannot be."""


class NotAllowed(PathshalaError):
    """Not you, or not now."""


class NotFound(PathshalaError):
    """There is no such thing, or it is not yours to know of."""


class Unavailable(PathshalaError):
    """Nothing was changed; the same request may succeed later."""

    def __init__(
        self,
        code: str,
        message: str,
        facts: Mapping[str, Any] | None = None,
        retry: bool = True,
    ) -> None:
        super().__init__(code, message, facts, retry)
