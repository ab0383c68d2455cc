"""Where a request comes from: this machine or beyond it, our own page or somebody else's."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether this name or address can only mean this machine.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost")]
    [True, True, True]
    >>> [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.5", "petrovsk.example.com", "")]
    [False, False, False, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(scope: Scope) -> bool:
    """Whether the caller is on this machine and calls it by a name of this machine.

    A foreign page can make a browser on this machine call any address, also under a name that
    its author lets point here; the name in ``Host`` gives that away.
    """
    client = scope.get("client")
    name = _host_name(Headers(scope=scope).get("host", ""))
    return (client is None or is_loopback(client[0])) and is_loopback(name)


def is_cross_site(scope: Scope) -> bool:
    """Whether a browser sends this for a page that is not ours, and it could change something."""
    if scope["method"] in _SAFE:
        return False
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    # Browsers tell the site only over TLS or on this machine; the origin always.
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower()


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
