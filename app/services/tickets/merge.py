"""Two tickets about one thing become one; the photos and the words go along, and come back if it was a mistake."""

from app.domain.lifecycle import OPEN, State
from app.domain.situation import Situation
from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.transitions import Merge, Step
from app.services.complaints.carry import carry_back, carry_over
from app.services.tickets.cancel import let_go
from app.services.tickets.change import Change, Outcome
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load, load_by_id
from app.services.tickets.record import Entry

# What moved is kept, so that exactly that can move back. What a customer has confirmed stays where it is sealed.
_CARRY_OVER = """
WITH photos AS (
    UPDATE attachments a SET ticket_id = $3
     WHERE ticket_id = $1
       AND NOT EXISTS (SELECT FROM visits v WHERE v.id = a.visit_id AND v.sealed_seq IS NOT NULL)
    RETURNING id
), words AS (
    UPDATE tickets SET fault = left(fault || $4, 4000) WHERE id = $3
)
INSERT INTO ticket_merges (ticket_id, seq, into_id, photos, words, case_id, merged_at)
SELECT $1, $2, $3, coalesce(array_agg(id), '{}'), $4, $5, $6 FROM photos
RETURNING photos
"""
_UNDO = """
UPDATE ticket_merges SET undone_at = $2 WHERE ticket_id = $1 AND undone_at IS NULL
RETURNING photos, words, case_id
"""
_CARRY_BACK = """
WITH photos AS (
    UPDATE attachments SET ticket_id = $1 WHERE ticket_id = $2 AND id = ANY ($3)
)
UPDATE tickets SET fault = replace(fault, $4, '') WHERE id = $2
"""


class SurvivorMerged(Conflict):
    code, msg = "survivor_merged", "并入的工单后来又并入了别的工单，请先撤销后来的那次合并。"


async def merge(change: Change, body: Merge) -> Outcome:
    """The other ticket must be an open one of the same customer; its own clocks go on, this one's stop.

    Both are locked, in the order of their ids, before either was read.
    """
    s = change.before
    into = await _survivor(change, body.into)
    await let_go(change)
    case = await carry_over(change.connection, s, into, actor=change.actor, now=change.now)
    words = f"\n合并自 {s.number}：{s.fault}"
    moved = await change.connection.fetchval(_CARRY_OVER, s.id, s.seq + 1, into.id, words, case, change.now)
    told = Entry("merged_in", f"工单 {s.number} 已并入本单：{s.fault}", {"from": s.number})
    await add_fact(change.connection, into, told, actor=change.actor, now=change.now)
    gone = set(map(str, moved))
    after = s._replace(
        visit=None,
        offer=None,
        quote=None,
        merged_into=into.id,
        closed_at=change.now,
        photos=tuple(photo for photo in s.photos if photo.id not in gone),
    )
    return Outcome(after, f"已合并至工单 {into.number}", {"into": into.number})


async def unmerge(change: Change, _: Step) -> Outcome:
    """It was something else after all: it begins anew, and the clocks that stopped run again."""
    s = change.before
    if s.merged_into is None:
        raise NotFound("没有找到并入的工单。")
    into = await load_by_id(change.connection, s.merged_into, lock=True)
    if into.state is State.MERGED:
        raise SurvivorMerged
    row = await change.connection.fetchrow(_UNDO, s.id, change.now)
    if row is None:
        raise NotFound("没有找到这次合并。")
    await change.connection.execute(_CARRY_BACK, s.id, into.id, row["photos"], row["words"])
    await carry_back(change.connection, row["case_id"], s.id, into.id)
    told = Entry("merged_out", f"工单 {s.number} 已从本单拆回，单独处理", {"from": s.number})
    await add_fact(change.connection, into, told, actor=change.actor, now=change.now)
    photos = (await load_by_id(change.connection, s.id)).photos
    after = s._replace(engineer=None, merged_into=None, closed_at=None, photos=photos)
    return Outcome(after, f"已从工单 {into.number} 拆回，单独处理", {"from": into.number})


async def _survivor(change: Change, number: str) -> Situation:
    s = change.before
    try:
        into = await load(change.connection, number, change.actor, lock=True)
    except NotFound as error:
        raise InvalidInput.at("body.into", "没有找到要并入的工单，请检查单号。", "not_found") from error
    if (
        into.id == s.id
        or into.customer_id != s.customer_id
        or into.state not in OPEN
        or not _one_thing(s, into)
    ):
        raise InvalidInput.at(
            "body.into", "只能并入同一客户、同一设备的另一张未结束的工单。", "not_mergeable"
        )
    return into


def _one_thing(one: Situation, other: Situation) -> bool:
    """The same appliance as far as anybody knows: reports by voice and by hand rarely name it alike."""
    if one.asset_id and other.asset_id:
        return one.asset_id == other.asset_id
    return one.category == other.category
