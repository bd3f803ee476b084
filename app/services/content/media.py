"""wxa_media_check: WeChat has looked at a picture that we asked about."""

from datetime import datetime

import asyncpg

from app.domain.content import CheckState, Judgement, judge
from app.models.content import DecidedBy
from app.wechat.events import MediaChecked

_SETTLE = """
UPDATE content_checks SET state = $3, reason = $4, label = $5, decided_by = $6, checked_at = $7
 WHERE trace_id = $1 AND appid = $2 AND state = 'pending' RETURNING id
"""
_KNOWN = "SELECT 1 FROM content_checks WHERE trace_id = $1 AND appid = $2"


async def media_checked(
    connection: asyncpg.Connection, appid: str, event: MediaChecked, now: datetime
) -> bool:
    """False when nothing with this trace is known yet: the event may overtake the answer that names it."""
    found = _judgement(event)
    settled = await connection.fetchval(
        _SETTLE,
        event.trace_id,
        appid,
        found.state.value,
        found.reason,
        found.label,
        DecidedBy.WECHAT.value,
        now,
    )
    return settled is not None or await connection.fetchval(_KNOWN, event.trace_id, appid) is not None


def _judgement(event: MediaChecked) -> Judgement:
    if event.errcode != "0":
        return Judgement(CheckState.REVIEW, f"微信未能检测这张图片（{event.errcode}），请人工复核")
    return judge(event.suggest, event.label)
