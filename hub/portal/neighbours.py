"""How the portal asks the processes beside it: plain HTTP on this machine, past any proxy."""

import ssl

import httpx

# A client without one of its own reads the world's certificates: 17 ms, at every sign-in.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def neighbour(seconds: float) -> httpx.Client:
    """Make a client that waits so long for each answer; it trusts nobody who speaks HTTPS."""
    return httpx.Client(timeout=seconds, trust_env=False, verify=_NO_CERTIFICATES)
