"""Labels of appliances, read by the phone."""

from fastapi import APIRouter

from app.db import ReaderDep
from app.routers.dependencies import ActorDep
from app.schemas.labels import LabelIn, LabelOut
from app.services.assets.scan_label import scan_label

router = APIRouter(prefix="/api/v1/labels", tags=["assets"])


@router.post("")
async def read_label(body: LabelIn, _: ActorDep, connection: ReaderDep) -> LabelOut:
    """What the code on a label says: lines with names, an address with parameters, GS1 or a bare serial number."""
    return await scan_label(connection, body)
