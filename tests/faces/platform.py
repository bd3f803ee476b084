"""The platform as a service of its sees it, and the page of the sandbox in a real browser."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page

from sandbox import defaults
from tests.harness.sandbox import SECRET, Sandbox, official_openid

LIN = official_openid("u-lin")
DATA = {
    "character_string1": {"value": "HX20260105-7K2M9QXW"},
    "thing2": {"value": "空调维修"},
    "phrase3": {"value": "已派单"},
    "time4": {"value": "2026年1月5日 14:00~16:00"},
    "thing5": {"value": "师傅已在路上"},
}


def menu(product: str) -> dict[str, object]:
    services = [
        {"type": "view", "name": "工单进度", "url": f"{product}/h5/"},
        {"type": "click", "name": "常见问题", "key": "FAQ"},
    ]
    report = {"type": "click", "name": "我要报修", "key": "REPORT"}
    hurry = {"name": "催单与客服", "sub_button": [{"type": "click", "name": "催一下", "key": "URGE"}]}
    return {"button": [report, {"name": "我的服务", "sub_button": services}, hurry]}


@dataclass(frozen=True)
class Wire:
    """Calls as the product makes them."""

    sandbox: Sandbox

    async def token(self, appid: str = defaults.OFFICIAL_APPID) -> str:
        secrets = {
            defaults.OFFICIAL_APPID: defaults.OFFICIAL_SECRET,
            defaults.MINI_APPID: defaults.MINI_SECRET,
        }
        body = {"grant_type": "client_credential", "appid": appid, "secret": secrets[appid]}
        answer = await self.sandbox.client.post("/cgi-bin/stable_token", json=body)
        return str(answer.json()["access_token"])

    async def post(self, path: str, body: object, appid: str = defaults.OFFICIAL_APPID) -> dict[str, Any]:
        query = {"access_token": await self.token(appid)}
        answer: dict[str, Any] = (await self.sandbox.client.post(path, params=query, json=body)).json()
        assert answer.get("errcode", 0) == 0, answer
        return answer

    async def card(self, openid: str = LIN, **over: object) -> None:
        body = {"touser": openid, "template_id": "tpl-ticket-progress", "data": DATA, **over}
        await self.post("/cgi-bin/message/template/send", body)

    async def say(self, kind: str, content: object, openid: str = LIN) -> None:
        await self.post("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": kind, kind: content})

    async def pushed(self, event: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await self.sandbox.control("GET", "callbacks", query={"event": event})
        )["items"]
        return found


async def open_phones(page: Page, sandbox: Sandbox, *users: str, operator: bool = False) -> None:
    secret = f"?secret={SECRET}" if operator else ""
    await page.goto(f"{sandbox.base}/{secret}#{','.join(users)}")
    await page.wait_for_selector("#ready", state="attached")


def phone(page: Page, nickname: str) -> Locator:
    return page.get_by_role("region", name=f"{nickname}的手机")
