"""The checklist of a job: what is asked for, what there is, and noting a reading or a tick."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.evidence.items import Item, Kind, required
from app.domain.evidence.standing import Standing, checklist
from app.domain.lifecycle import Role, State
from app.domain.situation import Situation
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.schemas.evidence import CheckIn, ChecklistItemOut, ChecklistOut
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.present import at_the_job
from app.services.tickets.record import Entry

AT_WORK = frozenset({State.ON_SITE, State.QUOTE_PENDING, State.IN_REPAIR})

_NOTE = """
INSERT INTO checklist_entries (visit_id, item, value, staff_id, noted_at) VALUES ($1, $2, $3, $4::uuid, $5)
ON CONFLICT (visit_id, item) DO UPDATE SET value = excluded.value, staff_id = excluded.staff_id,
                                           noted_at = excluded.noted_at
"""
_TAKE_BACK = "DELETE FROM checklist_entries WHERE visit_id = $1 AND item = $2"


class NotFinishedYet(Conflict):
    code, msg = "not_finished_yet", "服务完成后，您可以在这里查看检查清单。"


class NotOnSite(Conflict):
    code, msg = "not_on_site", "请在上门期间填写检查清单。"


async def read_checklist(connection: asyncpg.Connection, number: str, *, actor: Actor) -> ChecklistOut:
    s = await load(connection, number, actor)
    if not at_the_job(s, actor):
        raise Forbidden
    if actor.role is Role.CUSTOMER and s.completed_at is None:
        raise NotFinishedYet
    return _shown(s)


async def note_check(
    connection: asyncpg.Connection, number: str, code: str, body: CheckIn, *, actor: Actor, now: datetime
) -> ChecklistOut:
    """Errors: not_found for an item that this job does not ask for or that is a photo, not_on_site, and
    invalid_input for a reading without a value or out of its bounds."""
    s = await load(connection, number, actor, lock=True)
    if s.engineer_id != actor.id:
        raise Forbidden
    if s.visit is None or s.state not in AT_WORK:
        raise NotOnSite
    item = _item(s, code)
    if body.done:
        _check_value(item, body.value)
        await connection.execute(_NOTE, s.visit.id, code, body.value, actor.id, now)
    else:
        await connection.execute(_TAKE_BACK, s.visit.id, code)
    said = "撤回" if not body.done else f"{body.value:g} {item.unit}" if body.value is not None else "已确认"
    data = {"item": code, "value": body.value, "done": body.done, "visit_id": s.visit.id}
    await add_fact(connection, s, Entry("evidence", f"{item.name}：{said}", data), actor=actor, now=now)
    return _shown(await load(connection, number, actor))


def _item(s: Situation, code: str) -> Item:
    for item in required(s):
        if item.code == code and not item.is_picture:
            return item
    raise NotFound("这张工单没有这个检查项。")


def _check_value(item: Item, value: float | None) -> None:
    if item.kind is Kind.TICK:
        if value is not None:
            raise InvalidInput.at("body.value", "这一项只需勾选，不填读数。", "no_value")
        return
    if value is None:
        raise InvalidInput.at("body.value", item.next_step, "missing")
    if item.low is not None and item.high is not None and not item.low <= value <= item.high:
        raise InvalidInput.at("body.value", f"读数超出范围。{item.next_step}", "out_of_bounds")


def _shown(s: Situation) -> ChecklistOut:
    standings = checklist(s)
    return ChecklistOut(
        number=s.number,
        complete=all(each.done for each in standings),
        items=[_line(each) for each in standings],
    )


def _line(each: Standing) -> ChecklistItemOut:
    item = each.item
    return ChecklistItemOut(
        code=item.code,
        name=item.name,
        kind=item.kind,
        due=item.due,
        done=each.done,
        next_step=item.next_step,
        unit=item.unit,
        low=item.low,
        high=item.high,
        value=each.check.value if each.check else None,
        attachment_ids=[photo.id for photo in each.photos],
    )
