"""Two tickets about one thing become one; the photos and the words go along."""

from dataclasses import replace

from app.domain.lifecycle import OPEN
from app.domain.situation import Situation
from app.errors import InvalidInput, NotFound
from app.schemas.transitions import Merge
from app.services.tickets.cancel import let_go
from app.services.tickets.change import Change, Outcome
from app.services.tickets.load import load

_CARRY_OVER = """
WITH words AS (
    UPDATE tickets SET fault = left(fault || E'\\n合并自 ' || $3 || '：' || $4, 4000) WHERE id = $2
)
UPDATE attachments SET ticket_id = $2 WHERE ticket_id = $1
"""


async def merge(change: Change, body: Merge) -> Outcome:
    """The other ticket must be an open one of the same customer; its own clocks go on, this one's stop."""
    s = change.before
    try:
        into = await load(change.connection, body.into, change.actor, lock=True)
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
    await let_go(change)
    await change.connection.execute(_CARRY_OVER, s.id, into.id, s.number, s.fault)
    after = replace(
        s, visit=None, offer=None, quote=None, merged_into=into.id, closed_at=change.now, photos=()
    )
    return Outcome(after, f"已合并至工单 {into.number}", {"into": into.number})


def _one_thing(one: Situation, other: Situation) -> bool:
    """The same appliance as far as anybody knows: reports by voice and by hand rarely name it alike."""
    if one.asset_id and other.asset_id:
        return one.asset_id == other.asset_id
    return one.category == other.category
