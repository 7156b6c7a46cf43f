"""Addresses of films and sound that open for one person, for ten minutes.

A page is the same for all its readers, so it names a film without a signature; pressing play asks
for the addresses, and that is where it is decided whether this person may see this clip. The path
stays the same, so a browser that keeps clips for later keeps them by their path.
"""

import hmac
from hashlib import sha256
from urllib.parse import urlencode

from hub.portal.portal import Portal
from store import clock
from store.errors import NotAllowed

SECONDS = 600
KINDS = ("video/", "audio/")


def sign(portal: Portal, file: str, person_id: str) -> str:
    """Return the address of a film's file, `SHA256.EXTENSION`, for this person."""
    until = int(clock.now().timestamp()) + SECONDS
    query = urlencode({"until": until, "signature": _signature(portal, file, until, person_id)})
    return f"{portal.root}media/{file}?{query}"


def check(portal: Portal, file: str, person_id: str, until: str, signature: str) -> None:
    """Raise NotAllowed("link-expired") unless the address was signed for this person, lately."""
    is_time = until.isascii() and until.isdigit() and len(until) < 16
    if is_time and int(until) >= clock.now().timestamp():
        expected = _signature(portal, file, int(until), person_id)
        if hmac.compare_digest(expected.encode(), signature.encode()):
            return
    raise NotAllowed("link-expired", "This link has expired. Press play again.")


def _signature(portal: Portal, file: str, until: int, person_id: str) -> str:
    key = hmac.digest(portal.hub.token.encode(), b"addresses of media", "sha256")
    return hmac.new(key, f"{file} {until} {person_id}".encode(), sha256).hexdigest()
