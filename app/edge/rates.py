"""How often one network may call an endpoint that costs much or invites guessing; counted per process."""

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta

from app.errors import TooManyRequests

_REMEMBERED = 10_000
WINDOW = timedelta(minutes=1)


class RateLimit:
    """A fixed window per key. What must survive a restart or hold across processes is kept in rows."""

    def __init__(self, allowed: int, window: timedelta = WINDOW) -> None:
        self._allowed = allowed
        self._window = window
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def spend(self, key: str, now: datetime) -> None:
        """Raises TooManyRequests when nothing is left."""
        since, count = self._counts.pop(key, (now, 0))
        if now - since >= self._window or now < since:
            since, count = now, 0
        self._counts[key] = (since, count + 1)
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
        if count >= self._allowed:
            raise TooManyRequests(retry_after=int((since + self._window - now).total_seconds()) + 1)


def network_of(host: str | None) -> str:
    """The /24 (or the /64 of IPv6) of an address: who holds one address there often holds them all."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 64), strict=False))
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24), strict=False))
