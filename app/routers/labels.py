"""Labels of appliances: the text of their code as a phone reads it, or a photo of it."""

from fastapi import APIRouter

from app.db import driver
from app.routers.dependencies import ActorDep, SessionsDep, StoreDep
from app.schemas.labels import LabelIn, LabelOut
from app.services.assets.scan_label import scan_label
from app.services.assets.scan_photo import scan_photo

router = APIRouter(prefix="/api/v1/labels", tags=["assets"])


@router.post("")
async def read_label(body: LabelIn, actor: ActorDep, sessions: SessionsDep, store: StoreDep) -> LabelOut:
    """What the code on a label says: lines with names, an address with parameters, GS1 or a bare serial number."""
    if body.attachment_id is not None:
        return await scan_photo(sessions, store, body.attachment_id, actor=actor)
    async with sessions.begin() as session:
        return await scan_label(await driver(session), body.text or "")
