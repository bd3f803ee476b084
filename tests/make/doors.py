from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import QRScene, ShortLink
from tests.make.rows import add

LABEL = {
    "category": "空调",
    "brand": "美的",
    "model": "KFR-35GW",
    "serial_number": "SN0001",
    "warranty_start": "2025-01-31",
    "warranty_months": 36,
}


async def make_scene(
    session: AsyncSession, scene: str, purpose: str, subject: dict[str, Any], **over: object
) -> QRScene:
    values = {
        "scene": scene,
        "appid": "wxa100000000000001",
        "purpose": purpose,
        "subject": subject,
        "ticket": "gQH/ticket==",
        "url": "http://weixin.qq.com/q/1",
        "created_by": uuid4(),
    }
    return await add(session, QRScene(**values | over))


async def make_short_link(session: AsyncSession, code: str, **over: object) -> ShortLink:
    values = {
        "code": code,
        "page": "pages/ticket/ticket",
        "query": "number=HX1",
        "fallback": "/h5/tickets/HX1",
    }
    return await add(session, ShortLink(**values | over))
