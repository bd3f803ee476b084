"""What people type in WeChat, and what is found on their tickets afterwards."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import asyncpg

from app.models import Customer
from app.services.operations.doctor import examine
from tests.inbound.letterbox import Letterbox
from tests.make import make_customer, make_identity

_msgids = count(24_000_000_000_000_000)


@dataclass(frozen=True)
class Line:
    """A message as the database has it."""

    number: str
    author: str
    kind: str
    text: str
    pictures: int


@dataclass(frozen=True)
class Chat:
    box: Letterbox
    openid: str = "o-lin"

    def body(self, kind: str, *, ago: int = 0, **more: str) -> str:
        """A message as WeChat pushes it; ``ago`` is how many seconds before now it was sent."""
        at = int((datetime.now(UTC) - timedelta(seconds=ago)).timestamp())
        fields = {
            "ToUserName": "gh_1",
            "FromUserName": self.openid,
            "CreateTime": str(at),
            "MsgType": kind,
            "MsgId": str(next(_msgids)),
        } | more
        return "<xml>" + "".join(f"<{n}><![CDATA[{v}]]></{n}>" for n, v in fields.items()) + "</xml>"

    async def send(self, body: str) -> str:
        """What WeChat is answered."""
        answer = await self.box.deliver(body)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def text(self, words: str, *, ago: int = 0, **more: str) -> str:
        """Sent and handled; the answer of the callback."""
        answered = await self.send(self.body("text", ago=ago, Content=words, **more))
        await self.box.work()
        return answered

    async def known(self, **over: object) -> Customer:
        """The person behind the openid, as somebody who signed in before."""
        async with self.box.database.sessions.begin() as session:
            customer = await make_customer(session)
            await make_identity(session, openid=self.openid, customer_id=customer.id, **over)
        return customer

    async def lines(self) -> list[Line]:
        rows = await self.fetch(
            "SELECT t.number, m.author, m.kind, m.text, cardinality(m.attachment_ids) AS pictures"
            "  FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id ORDER BY m.sent_at, m.id"
        )
        return [Line(**row) for row in rows]

    async def said(self) -> list[tuple[str, str]]:
        return [(line.author, line.text) for line in await self.lines()]

    async def results(self) -> list[str | None]:
        return [row.result for row in await self.box.rows()]

    async def fetch(self, statement: str, *values: object) -> list[asyncpg.Record]:
        async with self.box.transaction() as connection:
            found: list[asyncpg.Record] = await connection.fetch(statement, *values)
            return found

    async def healthy(self) -> bool:
        async with self.box.transaction() as connection:
            return await examine(connection) == []
