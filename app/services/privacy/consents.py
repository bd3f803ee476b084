"""What a customer agrees to and what he does not: a ledger of his words on versions of a text, of which the newest
counts. A no is heeded at once: what waits to be sent is not sent, what was going to be asked is not asked."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.privacy.purposes import MEANINGS, Purpose
from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.privacy import (
    ConsentGivenOut,
    ConsentIn,
    ConsentStandingOut,
    ConsentTextIn,
    ConsentTextOut,
)
from app.services.follow_ups.refusals import allow_calls, refuse_calls, refuses_calls
from app.services.idempotency import Once

# A customer ``{customer}`` has said no to ``{purpose}``; who has said nothing has not.
DECLINED = """
coalesce((SELECT NOT d.given FROM privacy_consents d WHERE d.customer_id = {customer} AND d.purpose = {purpose}
           ORDER BY d.id DESC LIMIT 1), FALSE)
"""

_TEXTS = """
SELECT DISTINCT ON (purpose) purpose, version, text, sha256, published_at FROM consent_texts
 ORDER BY purpose, version DESC
"""
_TEXT = "SELECT purpose, version, text, sha256, published_at FROM consent_texts WHERE purpose = $1 AND version = $2"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('consent_texts', 0))"
_PUBLISH = """
INSERT INTO consent_texts (purpose, version, text, sha256, published_by, published_at)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM consent_texts WHERE purpose = $1
RETURNING version
"""
_SAID = """
SELECT c.purpose, c.version, c.given, c.source, c.at, t.sha256
  FROM privacy_consents c JOIN consent_texts t ON t.purpose = c.purpose AND t.version = c.version
 WHERE c.customer_id = $1::uuid ORDER BY c.id DESC
"""
_SAY = """
INSERT INTO privacy_consents (customer_id, purpose, version, given, source, at) VALUES ($1::uuid, $2, $3, $4, $5, $6)
"""
_LOCK = "SELECT FROM customers WHERE id = $1::uuid FOR NO KEY UPDATE"
_STOP = """
UPDATE outbox SET state = 'superseded', reason = 'consent_withdrawn', settled_at = $3, lease_until = NULL,
       fence = fence + 1
 WHERE recipient_id = $1::uuid AND kind = ANY ($2::text[]) AND state IN ('queued', 'leased', 'deferred')
"""


class NoSuchText(NotFound):
    msg = "没有这个版本的告知文本。"


class StillNeeded(Conflict):
    code, msg = "consent_needed", "没有这些信息就无法提供服务；如不再需要，请注销账号。"


async def current_texts(connection: asyncpg.Connection) -> list[ConsentTextOut]:
    return [_text(row) for row in await connection.fetch(_TEXTS)]


async def text_of(connection: asyncpg.Connection, purpose: Purpose, version: int) -> ConsentTextOut:
    """Any version there ever was. Errors: not_found."""
    row = await connection.fetchrow(_TEXT, purpose.value, version)
    if row is None:
        raise NoSuchText
    return _text(row)


async def publish_text(
    connection: asyncpg.Connection, body: ConsentTextIn, *, once: Once, now: datetime
) -> ConsentTextOut:
    """As the next version of its purpose; who agreed to an earlier one has agreed to that."""
    if earlier := await once.earlier(connection, now):
        return ConsentTextOut.model_validate(earlier)
    await connection.execute(_ONE_AT_A_TIME)
    digest = sha256(body.text.encode()).hexdigest()
    version = await connection.fetchval(_PUBLISH, body.purpose.value, body.text, digest, once.actor.id, now)
    published = await text_of(connection, body.purpose, version)
    await once.keep(connection, published.model_dump(mode="json"))
    return published


async def standing_of(connection: asyncpg.Connection, customer_id: str) -> list[ConsentStandingOut]:
    """Each purpose, what he said of it last, and all that he ever said."""
    said = [ConsentGivenOut(**row) for row in await connection.fetch(_SAID, customer_id)]
    latest = {each.purpose: each.given for each in reversed(said)}
    # Calls may be refused to the member of staff who calls, too.
    latest[Purpose.FOLLOW_UP_CALLS] = not await refuses_calls(connection, customer_id)
    return [
        ConsentStandingOut(
            purpose=text.purpose,
            label=text.label,
            needed=text.needed,
            allowed=latest.get(text.purpose, True),
            current_version=text.version,
            history=[each for each in said if each.purpose == text.purpose],
        )
        for text in await current_texts(connection)
    ]


async def say(
    connection: asyncpg.Connection, body: ConsentIn, *, once: Once, now: datetime
) -> list[ConsentStandingOut]:
    """A yes is to the newest text, a no to whichever. Errors: consent_needed, invalid_input."""
    actor = once.actor
    if earlier := await once.earlier(connection, now):
        return [ConsentStandingOut.model_validate(each) for each in earlier["items"]]
    if not body.given and MEANINGS[body.purpose].needed:
        raise StillNeeded
    newest = next(t.version for t in await current_texts(connection) if t.purpose is body.purpose)
    if (body.given and body.version != newest) or not 1 <= body.version <= newest:
        raise InvalidInput.at("body.version", f"告知文本已更新到第 {newest} 版，请阅读后再确认。", "outdated")
    await connection.execute(_LOCK, actor.id)
    words = (body.purpose.value, body.version, body.given, body.source.value)
    await connection.execute(_SAY, actor.id, *words, now)
    await _heed(connection, actor, body, now)
    answer = await standing_of(connection, actor.id)
    await once.keep(connection, {"items": [each.model_dump(mode="json") for each in answer]})
    return answer


async def _heed(connection: asyncpg.Connection, actor: Actor, body: ConsentIn, now: datetime) -> None:
    if body.purpose is Purpose.FOLLOW_UP_CALLS and body.given:
        await allow_calls(connection, actor.id, now=now)
    elif body.purpose is Purpose.FOLLOW_UP_CALLS:
        await refuse_calls(connection, actor.id, by=actor.id, now=now)
    stops = MEANINGS[body.purpose].stops
    if stops and not body.given:
        await connection.execute(_STOP, UUID(actor.id), [kind.value for kind in stops], now)


def _text(row: asyncpg.Record) -> ConsentTextOut:
    meaning = MEANINGS[Purpose(row["purpose"])]
    return ConsentTextOut(**row, label=meaning.label, needed=meaning.needed)
