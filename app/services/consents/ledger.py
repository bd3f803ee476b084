"""The ledger of consents: WeChat tells nobody how many messages a person still allows, so every tap is counted.

A tap is reported twice, by the mini-program that asked and by an event of WeChat, and either may be missing. The
second report of a tap, from the other side and within ``PAIRED`` of the first, marks the first and counts nothing.
Two taps in that time pair off one by one, so that the count is right whenever one side reported all. Counting one
too few costs a message a lower rung; one too many costs a refused call (43101), which sets the count to nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.models.messages import ConsentKind, ConsentSource

PAIRED = timedelta(minutes=2)

_TAPS = ("accepted", "always", "rejected")

# Taken first: whoever counts holds the row of the balance, so that two reports of one tap meet.
_HOLD = """
INSERT INTO consent_balances (appid, openid, template_id, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (appid, openid, template_id) DO UPDATE SET updated_at = greatest(consent_balances.updated_at, $4)
RETURNING available
"""
_TWIN = """
UPDATE consent_entries SET twin_at = $6
 WHERE id = (SELECT id FROM consent_entries
              WHERE appid = $1 AND openid = $2 AND template_id = $3 AND source = $4 AND kind = ANY ($5)
                AND (kind = 'rejected') = $8 AND twin_at IS NULL
                AND at BETWEEN $6::timestamptz - $7::interval AND $6::timestamptz + $7::interval
              ORDER BY id LIMIT 1)
RETURNING id
"""
# Callbacks keep no order.
_LATER_TAP = """
SELECT EXISTS (SELECT FROM consent_entries WHERE appid = $1 AND openid = $2 AND template_id = $3 AND at > $4
                  AND kind IN ('accepted', 'always'))
"""
_ENTER = """
INSERT INTO consent_entries (appid, openid, template_id, kind, source, delta, at, push_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_BALANCE = """
UPDATE consent_balances
   SET available = available + $4,
       always = CASE WHEN $5 = 'always' THEN TRUE
                     WHEN $5 IN ('rejected', 'settings_rejected') THEN FALSE ELSE always END,
       blocked = CASE WHEN $5 = 'settings_rejected' THEN TRUE
                      WHEN $5 IN ('accepted', 'always') THEN FALSE ELSE blocked END
 WHERE appid = $1 AND openid = $2 AND template_id = $3
"""


@dataclass(frozen=True)
class Whose:
    """One person of one mini-program and one template."""

    appid: str
    openid: str
    template_id: str


async def tapped(
    connection: asyncpg.Connection,
    whose: Whose,
    kind: ConsentKind,
    source: ConsentSource,
    at: datetime,
) -> bool:
    """A report of a tap; False when the other side has reported it before. The caller gives a transaction."""
    await _hold(connection, whose, at)
    other = ConsentSource.EVENT if source is ConsentSource.CLIENT else ConsentSource.CLIENT
    rejected = kind is ConsentKind.REJECTED
    twin = await connection.fetchval(_TWIN, *_key(whose), other.value, list(_TAPS), at, PAIRED, rejected)
    if twin is not None:
        # Only the mini-program knows that the person wants not to be asked again.
        await connection.execute(_BALANCE, *_key(whose), 0, kind.value)
        return False
    await _enter(connection, whose, kind, source, 0 if rejected else 1, at)
    return True


async def spend(connection: asyncpg.Connection, whose: Whose, push_id: int | None, now: datetime) -> None:
    """A message went out, or may have gone."""
    available = await _hold(connection, whose, now)
    await _enter(
        connection, whose, ConsentKind.SPENT, ConsentSource.SENDING, -min(1, available), now, push_id
    )


async def refused(connection: asyncpg.Connection, whose: Whose, push_id: int | None, now: datetime) -> None:
    """WeChat knows of no consent: neither do we any more."""
    available = await _hold(connection, whose, now)
    await _enter(connection, whose, ConsentKind.REFUSED, ConsentSource.SENDING, -available, now, push_id)


async def settings_rejected(connection: asyncpg.Connection, whose: Whose, at: datetime) -> None:
    """The person turned the messages off in the settings; a later tap turns them on again."""
    available = await _hold(connection, whose, at)
    if await connection.fetchval(_LATER_TAP, *_key(whose), at):
        return
    await _enter(connection, whose, ConsentKind.SETTINGS_REJECTED, ConsentSource.EVENT, -available, at)


async def _hold(connection: asyncpg.Connection, whose: Whose, now: datetime) -> int:
    available: int = await connection.fetchval(_HOLD, *_key(whose), now)
    return available


async def _enter(
    connection: asyncpg.Connection,
    whose: Whose,
    kind: ConsentKind,
    source: ConsentSource,
    delta: int,
    at: datetime,
    push_id: int | None = None,
) -> None:
    await connection.execute(_ENTER, *_key(whose), kind.value, source.value, delta, at, push_id)
    await connection.execute(_BALANCE, *_key(whose), delta, kind.value)


def _key(whose: Whose) -> tuple[str, str, str]:
    return whose.appid, whose.openid, whose.template_id
