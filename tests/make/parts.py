from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Part
from tests.make.rows import add


async def make_part(session: AsyncSession, **over: object) -> Part:
    values = {"code": "AC-CAP", "name": "启动电容 35μF", "category": "空调", "aliases": ["启动电容"]}
    return await add(session, Part(**values | over))
