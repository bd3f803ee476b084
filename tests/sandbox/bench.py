"""A running sandbox as the tests see it: its wire, its control API, and the service it pushes to."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox import callbacks, defaults
from sandbox.people import openid_of
from sandbox.world import World
from tests.sandbox.service import Service

SECRET = "test-secret"
LIN = openid_of(defaults.OFFICIAL_APPID, "u-lin")
MINI_LIN = openid_of(defaults.MINI_APPID, "u-lin")
ZHAO = openid_of(defaults.OFFICIAL_APPID, "u-zhao")
STRANGER = openid_of(defaults.OFFICIAL_APPID, "u-sun")
SEND = "/cgi-bin/message/template/send"
OFFICIAL = {"appid": defaults.OFFICIAL_APPID, "secret": defaults.OFFICIAL_SECRET}
MINI = {"appid": defaults.MINI_APPID, "secret": defaults.MINI_SECRET}

# Bodies come from JSON; the tests read them as they are.
Json = dict[str, Any]

DATA = {
    "character_string1": {"value": "HX20260105-7K2M9QXW"},
    "thing2": {"value": "空调维修"},
    "phrase3": {"value": "已派单"},
    "time4": {"value": "2026年1月5日 14:00~16:00"},
    "thing5": {"value": "师傅已在路上"},
}


def card(openid: str = LIN, **over: object) -> Json:
    return {"touser": openid, "template_id": "tpl-ticket-progress", "data": DATA, **over}


@dataclass
class Bench:
    client: httpx.AsyncClient
    world: World
    service: Service

    async def token(self, account: dict[str, str] = OFFICIAL, *, force: bool = False) -> str:
        body = {"grant_type": "client_credential", **account, "force_refresh": force}
        answer = (await self.client.post("/cgi-bin/stable_token", json=body)).json()
        return str(answer["access_token"])

    async def post(self, path: str, body: object, token: str | None = None) -> Json:
        query = {"access_token": token or await self.token()}
        answer: Json = (await self.client.post(path, params=query, json=body)).json()
        return answer

    async def get(self, path: str, **query: str) -> Json:
        answer: Json = (await self.client.get(path, params=query)).json()
        return answer

    async def send(self, body: Json | None = None, token: str | None = None) -> Json:
        return await self.post(SEND, body or card(), token)

    async def control(self, method: str, path: str, body: object = None) -> Json:
        response = await self.client.request(
            method, f"/_sandbox/{path}", json=body, headers={"Authorization": f"Bearer {SECRET}"}
        )
        response.raise_for_status()
        answer: Json = response.json() if response.content else {}
        return answer

    async def act(self, user: str, act: str, **arguments: object) -> Json:
        return await self.control("POST", f"users/{user}/act", {"act": act, **arguments})

    async def fault(self, do: object, times: int | None = None, **match: object) -> None:
        await self.control("POST", "faults", {"match": match, "do": do, "times": times})

    async def items(self, path: str) -> list[Json]:
        return list((await self.control("GET", path))["items"])

    async def quiet(self) -> None:
        await self.quiet_but_for(0)

    async def quiet_but_for(self, owed: int) -> None:
        """Everything that is due was delivered; `owed` callbacks wait for a later hour."""
        await until(lambda: _pending(self.world) == owed and self.world.under_way == 0)

    async def as_mini(self, path: str, body: object) -> Json:
        return await self.post(path, body, await self.token(MINI))

    async def pushed_json(self, event: str) -> list[Json]:
        """The events of a kind that the mini-program got."""
        await self.quiet()
        found = [push.object for push in self.service.pushed if push.is_json]
        return [fields for fields in found if event in (fields.get("Event"), fields["MsgType"])]

    async def pushed(self, event: str) -> list[dict[str, str]]:
        """The events of a kind, after everything owed was delivered."""
        await self.quiet()
        found = [push.fields for push in self.service.pushed if not push.is_json]
        return [fields for fields in found if event in (fields.get("Event"), fields["MsgType"])]


def _pending(world: World) -> int:
    return callbacks.pending(world.store) + world.checker.pending()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("the condition did not come true in time")
        await asyncio.sleep(0.002)
