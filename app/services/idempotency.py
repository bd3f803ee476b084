"""A request that is repeated with its ``Idempotency-Key`` has one effect and gets one answer.

The key is taken in the transaction of the effect: whoever repeats meanwhile waits for it, and then gets its answer.
An answer that holds a secret which nobody is told again lies sealed until the key is forgotten.
(Submitting a ticket does the same inside its one statement.)
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import orjson
from prometheus_client import Counter
from pydantic import BaseModel

from app.domain.actor import Actor
from app.errors import Conflict, InvalidInput
from app.services.credentials.keyring import KeyRing

Answer = TypeVar("Answer", bound=BaseModel)
REPLAYS = Counter("idempotent_replays_total", "Requests answered from an earlier one with the same key.")

_TAKE = """
INSERT INTO idempotency_keys (scope, key, fingerprint, response, created_at) VALUES ($1, $2, $3, 'null', $4)
ON CONFLICT DO NOTHING RETURNING 1
"""
_EARLIER = "SELECT fingerprint, response FROM idempotency_keys WHERE scope = $1 AND key = $2"
_KEEP = "UPDATE idempotency_keys SET response = $3 WHERE scope = $1 AND key = $2"


class IdempotencyMismatch(InvalidInput):
    code, msg = "idempotency_key_reused", "同一个 Idempotency-Key 不能用于不同的内容，请换一个再试。"


class AnswerLost(Conflict):
    code, msg = "answer_lost", "这个请求已经处理过，但无法再次显示结果，请重新操作一次。"


@dataclass(frozen=True)
class Once:
    """One caller's key for one kind of request; ``key`` None means that he does not mind repeating it."""

    kind: str
    actor: Actor
    key: str | None
    fingerprint: bytes
    # With it the answer is sealed.
    ring: KeyRing | None = None

    @property
    def scope(self) -> str:
        return f"{self.kind}:{self.actor.role}:{self.actor.id}"

    def of_nothing(self) -> "Once":
        """The same caller within something that is done once already."""
        return replace(self, key=None)

    async def earlier(self, connection: asyncpg.Connection, now: datetime) -> Any:
        """The answer of the earlier request; None when this is the first. Raises IdempotencyMismatch."""
        if self.key is None:
            return None
        if await connection.fetchval(_TAKE, self.scope, self.key, self.fingerprint, now) is not None:
            return None
        return await self.replay(connection)

    async def replay(self, connection: asyncpg.Connection) -> Any:
        row = await connection.fetchrow(_EARLIER, self.scope, self.key)
        if row["fingerprint"] != self.fingerprint:
            raise IdempotencyMismatch
        REPLAYS.inc()
        return self._opened(row["response"])

    async def give(
        self,
        connection: asyncpg.Connection,
        now: datetime,
        model: type[Answer],
        work: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """What ``work`` answers, or what it answered when this was asked before; it must not commit by itself."""
        earlier = await self.earlier(connection, now)
        if earlier is not None:
            return model.model_validate(earlier)
        made = await work()
        await self.keep(connection, made.model_dump(mode="json"))
        return made

    async def first(self, connection: asyncpg.Connection) -> Any:
        """The answer of the request that took the key, whatever it asked for."""
        row = await connection.fetchrow(_EARLIER, self.scope, self.key)
        return row["response"]

    async def keep(self, connection: asyncpg.Connection, answer: Mapping[str, Any]) -> None:
        if self.key is not None:
            await connection.execute(_KEEP, self.scope, self.key, orjson.dumps(self._closed(answer)).decode())

    def _closed(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.ring is None:
            return answer
        return {"sealed": self.ring.seal(orjson.dumps(answer).decode()).decode()}

    def _opened(self, kept: Any) -> Any:
        if self.ring is None:
            return kept
        text = self.ring.open(kept["sealed"].encode())
        if text is None:
            raise AnswerLost
        return orjson.loads(text)


def fingerprint(body: BaseModel | None, *where: str) -> bytes:
    """Of what was asked, and of which thing it was asked."""
    said = () if body is None else (body.model_dump_json(),)
    return hashlib.sha256("\n".join((*where, *said)).encode()).digest()
