"""Labels of appliances: the text of their code as a phone reads it, or a photo of it."""

from app.db import driver
from app.edge.given import Now
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, SessionsDep, StickersDep, StoreDep
from app.schemas.labels import LabelIn, LabelOut
from app.services.assets.scan_label import of_ours, scan_label
from app.services.assets.scan_photo import scan_photo
from app.services.doors.ours import read_ours

router = Routes(prefix="/api/v1/labels", tags=["assets"])


@router.post("")
async def read_label(
    body: LabelIn, actor: ActorDep, sessions: SessionsDep, store: StoreDep, stickers: StickersDep, now: Now
) -> LabelOut:
    """What the code on a label says: lines with names, an address with parameters, GS1 or a bare serial number.

    A code of ours, the maker's or a sticker, says it from what we know; ``asset_id`` then is the appliance itself,
    for its people alone.
    """
    if body.attachment_id is not None:
        return await scan_photo(sessions, store, body.attachment_id, actor=actor)
    async with sessions.begin() as session:
        connection = await driver(session)
        if thing := await read_ours(connection, stickers, body.text or "", actor=actor, now=now):
            return of_ours(thing)
        return await scan_label(connection, body.text or "")
