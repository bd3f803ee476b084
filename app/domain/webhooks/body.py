"""What an endpoint is told of an event: which ticket, what happened, when, by whom by role. No name, no number, no
word that anybody wrote; whoever may know more asks the API for the ticket.

It follows from rows that never change, so that each attempt and each replay sends the same bytes. Only another
system's number for the ticket goes when the customer gives up his account; from then on it is null.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.zone import ZONE

VERSION = 1
PING = "ping"
ALL = "*"


@dataclass(frozen=True)
class Happened:
    number: str
    service_type: str
    seq: int
    event: str
    from_state: str | None
    state: str
    actor_role: str
    at: datetime
    # How the ticket came in, and under which number the system knows it that made it.
    channel: str
    external_reference: str | None

    @property
    def id(self) -> str:
        """The same for every endpoint, attempt and replay: receivers tell by it what they have seen."""
        return f"{self.number}-{self.seq}"


def of_event(it: Happened) -> bytes:
    return _bytes(
        {
            "version": VERSION,
            "id": it.id,
            "type": f"ticket.{it.event}",
            "at": _moment(it.at),
            "ticket": {
                "number": it.number,
                "service_type": it.service_type,
                "seq": it.seq,
                "from_state": it.from_state,
                "state": it.state,
                "channel": it.channel,
                "external_reference": it.external_reference,
            },
            "actor": it.actor_role,
        }
    )


def ping_id(delivery_id: int) -> str:
    return f"{PING}-{delivery_id}"


def of_ping(delivery_id: int, at: datetime) -> bytes:
    return _bytes({"version": VERSION, "id": ping_id(delivery_id), "type": PING, "at": _moment(at)})


def _moment(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="milliseconds")


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
