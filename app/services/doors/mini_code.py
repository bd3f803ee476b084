"""A code of the mini-program for a scene that we know."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.services.doors.busy import wechat_failed
from app.services.doors.ports import Doors
from app.services.doors.scenes import find_scene
from app.wechat.errors import WeChatError

_PNG = b"\x89PNG"


@dataclass(frozen=True)
class CodeImage:
    content: bytes
    media_type: str


async def mini_code(
    sessions: async_sessionmaker[AsyncSession], doors: Doors, scene: str, *, page: str, now: datetime
) -> CodeImage:
    """Errors: not_found, unavailable. WeChat is asked outside the transaction."""
    async with sessions.begin() as session:
        found = await find_scene(await driver(session), scene, now)
    try:
        content = await doors.mini_code(found.scene, page)
    except WeChatError as error:
        raise wechat_failed(error) from error
    return CodeImage(content, "image/png" if content.startswith(_PNG) else "image/jpeg")
