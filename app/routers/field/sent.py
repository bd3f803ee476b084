"""How a form of the engineer's pages came: from the page itself, or later from the queue of his phone (ADR 43)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from app.db import Database
from app.domain.actor import Actor
from app.edge.given import Now
from app.errors import Problem
from app.pages.problem import FIELD
from app.pages.render import HEADERS
from app.routers.dependencies import ActorDep, IdempotencyKey, PhotoUrlsDep
from app.routers.refused import why
from app.routers.tickets import Number
from app.services.idempotency import Once
from app.services.tickets.once import Done
from app.services.tickets.present import SignUrl
from app.services.tickets.standing import standing_of

# By how a form was sent, not by what it says: what the phone corrected meanwhile is the same act.
_OF_SENDING = frozenset({"version"})


@dataclass(frozen=True)
class Act:
    """One form, and who sent it for which ticket. ``key`` is None for a page without script."""

    number: str
    actor: Actor
    database: Database
    now: datetime
    sign_url: SignUrl
    key: str | None
    ago: timedelta
    map_link: str

    @property
    def queued(self) -> bool:
        return self.key is not None

    @property
    def done_at(self) -> datetime:
        """As the phone says."""
        return self.now - self.ago

    def once(self, kind: str, typed: Mapping[str, str]) -> Once:
        said = sorted((name, value) for name, value in typed.items() if name not in _OF_SENDING)
        print_ = sha256(repr((self.number, said)).encode()).digest()
        return Once(f"field-{kind}", self.actor, self.key, print_)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Outside a transaction."""
        async with self.database.writes.acquire() as connection:
            yield connection

    def answer(self, said: str, done: Done) -> Response:
        if self.queued:
            return JSONResponse({"version": done.version}, headers=HEADERS)
        return RedirectResponse(
            f"{FIELD}/tickets/{self.number}?said={said}", status_code=303, headers=HEADERS
        )

    async def refusal(self, problem: Problem) -> Response:
        """For the queue: why not, how the ticket stands, and whether to try again is the engineer's to decide."""
        async with self.connection() as connection:
            standing = await standing_of(connection, self.number, self.actor, self.now)
        refused = {"code": problem.code, "msg": why(problem), **asdict(standing)}
        return JSONResponse({"refused": refused}, headers=HEADERS)


async def act_of(
    number: Number,
    request: Request,
    actor: ActorDep,
    urls: PhotoUrlsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
    done_ago: Annotated[int, Header(ge=0, le=10**8, description="Seconds since it was done.")] = 0,
) -> Act:
    database: Database = request.app.state.database
    ago = timedelta(seconds=done_ago) if idempotency_key else timedelta(0)
    link = request.app.state.settings.map_link
    return Act(number, actor, database, now, urls.signer(now), idempotency_key, ago, link)


ActDep = Annotated[Act, Depends(act_of)]
