"""Somebody scanned one of our codes: the words and the link that he gets back in the chat."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.errors import NotFound
from app.models.wechat import ScenePurpose
from app.services.doors.scenes import Scene, find_scene
from app.wechat.callbacks import Inbound
from app.wechat.events import Scanned, Subscribed, view

# WeChat lets us speak for a minute after a scan; what comes later would be refused.
WINDOW = timedelta(seconds=55)
_POINT = "SELECT name FROM service_points WHERE id = $1"
_ENGINEER = "SELECT name FROM staff WHERE id = $1"


@dataclass(frozen=True)
class Answer:
    """What to say, once the effect of the callback is committed. ``path`` is on our own host."""

    appid: str
    openid: str
    before: str
    path: str
    link: str

    def text(self, public_base_url: str) -> str:
        """WeChat's chat knows one element, the anchor; ``before`` and ``link`` hold no markup."""
        return f'{self.before}\n<a href="{public_base_url}{self.path}">{self.link}</a>'


async def answer_scan(connection: asyncpg.Connection, message: Inbound, now: datetime) -> Answer | None:
    """None for every other message, a code that is not ours, and a scan that was too long ago."""
    seen = view(message)
    scene = seen.scene if isinstance(seen, Scanned | Subscribed) else None
    if scene is None or now - message.create_time > WINDOW:
        return None
    try:
        found = await find_scene(connection, scene, now)
    except NotFound:
        return None
    before, path, link = await _words(connection, found)
    return Answer(message.appid, message.openid, _plain(before), path, link)


async def _words(connection: asyncpg.Connection, scene: Scene) -> tuple[str, str, str]:
    if scene.purpose is ScenePurpose.APPLIANCE_LABEL:
        label = scene.label
        serial = f"，序列号 {label.serial_number}" if label.serial_number else ""
        said = f"您扫描的是 {label.brand} {label.model}{serial}。型号和保修已经填好，说说问题就行。"
        return said, f"/h5/report?scene={scene.scene}", "我要报修"
    if scene.purpose is ScenePurpose.ENGINEER_BADGE:
        name = await connection.fetchval(_ENGINEER, scene.subject_id) or "工程师"
        return f"这是{name}的工牌。", f"/h5/badge/{scene.scene}", "核对是不是我的工程师"
    name = await connection.fetchval(_POINT, scene.subject_id) or "服务网点"
    return f"欢迎来到{name}。", f"/h5/points/{scene.scene}", "电话与服务区域"


def _plain(text: str) -> str:
    return text.replace("<", "＜").replace(">", "＞")
