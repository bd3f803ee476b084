"""New followers, told to us by WeChat three times at once, as it does when an answer is late."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.wechat.accounts import Account
from app.wechat.sealing import seal
from tests.chaos.client import Client


@dataclass(frozen=True)
class Strangers:
    client: Client
    account: Account
    rng: random.Random
    running: Callable[[], bool]

    async def come(self) -> None:
        while self.running():
            await self._follow(f"o-stranger-{self.rng.getrandbits(64):016x}")
            await asyncio.sleep(self.rng.uniform(0.2, 0.6))

    async def _follow(self, openid: str) -> None:
        created = int(datetime.now(UTC).timestamp())
        body = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{created}"
            "</CreateTime><MsgType>event</MsgType><Event>subscribe</Event><EventKey></EventKey></xml>"
        )
        answers = await asyncio.gather(*(self._deliver(body) for _ in range(3)))
        if any(answers):
            self.client.ledger.followers.add(openid)

    async def _deliver(self, body: str) -> bool:
        """Sealed anew each time; WeChat would give up after three tries, and so does this."""
        for _ in range(3):
            sealed = seal(self.account, body, timestamp=int(datetime.now(UTC).timestamp()), nonce="415670741")
            query = {"timestamp": sealed.timestamp, "nonce": sealed.nonce, "msg_signature": sealed.signature}
            envelope = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed.encrypted}</Encrypt></xml>"
            answer = await self.client.once(
                "POST", f"/wechat/{self.account.appid}/callback", params=query, content=envelope.encode()
            )
            if answer is not None:
                return answer.is_success
            await asyncio.sleep(0.3)
        return False
