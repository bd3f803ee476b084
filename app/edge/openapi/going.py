"""Operations that are going away say so: in their description, and with each answer (RFC 9745, RFC 8594)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.routes import template

# Whoever reads the changelog twice a year has read of it once.
NOTICE = timedelta(days=180)


@dataclass(frozen=True)
class Going:
    """``call`` is ``GET /api/v1/…`` as the description has it; ``instead`` is one too, or words."""

    call: str
    deprecated: date
    sunset: date
    instead: str

    def __post_init__(self) -> None:
        if self.sunset - self.deprecated < NOTICE:
            raise ValueError(f"{self.call} gives callers less than {NOTICE.days} days")

    def headers(self) -> list[tuple[bytes, bytes]]:
        since, until = (datetime.combine(day, time(), UTC) for day in (self.deprecated, self.sunset))
        return [
            (b"deprecation", f"@{int(since.timestamp())}".encode()),
            (b"sunset", format_datetime(until, usegmt=True).encode()),
        ]

    def words(self) -> str:
        return f"Deprecated since {self.deprecated}, answered until {self.sunset} at least. Instead: {self.instead}."


def standing() -> list[Going]:
    told = tomllib.loads(Path(__file__).with_name("going.toml").read_text(encoding="utf-8"))
    return [Going(**each) for each in told.get("operation", ())]


def mark(document: dict[str, Any], going: Iterable[Going]) -> None:
    """Raises KeyError for an operation that is not there any more: then its entry goes as well."""
    for each in going:
        method, path = each.call.split(" ")
        operation = document["paths"][path][method.lower()]
        operation["deprecated"] = True
        operation["description"] = f"{operation.get('description', '')}\n\n{each.words()}".strip()


class TellsOfGoing:
    """Adds the headers to every answer of such an operation, refusals included."""

    def __init__(self, app: ASGIApp, going: Iterable[Going]) -> None:
        self._app = app
        self._headers: Mapping[str, list[tuple[bytes, bytes]]] = {each.call: each.headers() for each in going}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = self._headers.get(f"{scope['method']} {template(scope)}", [])
                message["headers"] = [*message.get("headers", ()), *told]
            await send(message)

        await self._app(scope, receive, send_told if scope["type"] == "http" else send)
