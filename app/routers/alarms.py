"""What people have to mend: read by the desk, closed by those who answer for it."""

from typing import Annotated

from fastapi import Depends, Path, Query

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, require
from app.schemas.alarms import AlarmList, AlarmOut
from app.services.alarms.close_alarm import close_alarm, list_alarms

router = Routes(prefix="/api/v1/alarms", tags=["alarms"])

DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))
ANSWERABLE = Depends(require(Role.MANAGER, Role.ADMIN))
AlarmId = Annotated[int, Path(ge=1, lt=2**63)]
Cursor = Annotated[str | None, Query(max_length=40)]


@router.get("", dependencies=[DESK])
async def read_alarms(
    connection: ReaderDep,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    closed: bool = False,
) -> AlarmList:
    """Open alarms, newest first; ``closed`` shows those too that are done with."""
    found = await list_alarms(connection, cursor=cursor, limit=limit, closed=closed)
    return AlarmList.model_validate(found, from_attributes=True)


@router.post("/{alarm_id}/close", dependencies=[ANSWERABLE])
async def close_one_alarm(alarm_id: AlarmId, actor: ActorDep, connection: WriterDep, now: Now) -> AlarmOut:
    """It is mended. Should it come back, a new alarm opens; closing twice changes nothing."""
    found = await close_alarm(connection, alarm_id, actor=actor, now=now)
    return AlarmOut.model_validate(found, from_attributes=True)
