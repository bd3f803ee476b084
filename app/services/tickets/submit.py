"""A report becomes a ticket: one statement writes all of it, the idempotency key included."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import asyncpg
import orjson

from app.bell import CHANNEL
from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role, State
from app.domain.notices import for_transition, hint
from app.domain.situation import Address, Photo, Purpose, Situation, Window
from app.domain.zone import ZONE
from app.errors import Forbidden, InvalidInput
from app.schemas.tickets import NewTicket
from app.services.assets.visible import VISIBLE
from app.services.attachments.attach import attach
from app.services.idempotency import Once, fingerprint
from app.services.promises.promised import promised
from app.services.sessions.actor import Credential, actor_of
from app.services.tickets.diagnose import Diagnosed, diagnose
from app.services.tickets.present import SignUrl, present
from app.tracing import current_trace_id

# Crockford's alphabet: nothing in it is mistaken for something else when read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_SYMBOLS = 10
REPORTERS = frozenset({Role.CUSTOMER, Role.AGENT, Role.ADMIN})

_SUBMIT = f"""
WITH signed_in AS (
    SELECT WHERE $39::uuid IS NULL OR EXISTS (
        SELECT FROM sessions
         WHERE id = $39 AND customer_id = $13 AND audience = 'customer' AND revoked_at IS NULL AND expires_at > $5)
), claimed AS (
    INSERT INTO idempotency_keys (scope, key, fingerprint, response, created_at)
    SELECT $1, $2, $3, $4, $5 FROM signed_in WHERE $2::text IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING 1
), known AS (
    SELECT id FROM assets
     WHERE customer_id = $13 AND $6::uuid IS NULL AND $35 AND category = $9 AND brand = $10 AND model = $11
       AND ($12 = '' OR serial_number = $12)
     LIMIT 1
), asset AS (
    INSERT INTO assets (id, customer_id, kind, category, brand, model, serial_number, plate_number)
    SELECT $36, $13, 'appliance', $9, $10, $11, $12, '' FROM signed_in
     WHERE $35 AND $6::uuid IS NULL AND NOT EXISTS (SELECT FROM known)
    ON CONFLICT (customer_id, serial_number) WHERE serial_number <> '' DO UPDATE SET model = excluded.model
    RETURNING id
), ticket AS (
    INSERT INTO tickets (number, state, service_type, category, brand, model, serial_number, customer_id,
                         asset_id, service_point_id, created_by, fault, occurred_at, on_site, priority,
                         contact_name, contact_phone, address, preferred_windows, diagnosis, required_skill,
                         required_licences, standard_minutes, promised_at, promise, wake_at, created_at,
                         entered_at, warranty)
    SELECT $7, 'submitted', $8, $9, $10, $11, $12, $13,
           coalesce($6, (SELECT id FROM known), (SELECT id FROM asset)),
           (SELECT id FROM service_points WHERE city = $14 AND $15 = ANY (districts) LIMIT 1),
           $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $5, $5, $5, $38
      FROM signed_in
     WHERE $2::text IS NULL OR EXISTS (SELECT FROM claimed)
    RETURNING id
), event AS (
    INSERT INTO ticket_events (ticket_id, seq, event, from_state, state, actor_role, actor_id, text, data, at)
    SELECT id, 1, 'submit', NULL, 'submitted', $31, $16, $32, '{{}}', $5 FROM ticket
), clocks AS (
    INSERT INTO clock_segments (ticket_id, clock, from_seq, mode, started_at)
    SELECT id, clock, 1, 'run', $5 FROM ticket, unnest(ARRAY['response', 'resolution', 'legal']) AS clock
), pushed AS (
    INSERT INTO outbox (ticket_id, seq, kind, recipient, recipient_id, slots, available_at, client_msg_id,
                        trace_id, created_at)
    SELECT id, 1, 'ticket_progress', 'customer', $13, $33, $5, $34, $37, $5 FROM ticket
)
SELECT id, pg_notify('{CHANNEL}', 'ticket ' || id) FROM ticket
"""
_ASSET = f"""
SELECT category, brand, model, serial_number FROM assets a WHERE a.id = $1 AND {VISIBLE[Role.CUSTOMER]}
"""
# Two agents who take the same first call at once must not make two customers of it.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('customer ' || $1, 0))"
# A number that somebody merely typed about himself proves nothing: it must not bring him another's address.
_CUSTOMER_BY_PHONE = """
SELECT coalesce(merged_into, id) FROM customers WHERE phone = $1 AND phone_source IS DISTINCT FROM 'typed'
 ORDER BY merged_into IS NOT NULL, phone_verified_at IS NULL, created_at LIMIT 1
"""
_NEW_CUSTOMER = "INSERT INTO customers (id, nickname, phone, phone_source) VALUES ($1, $2, $3, 'agent')"


@dataclass(frozen=True)
class Intake:
    """The request as it came: what was said, who said it, and the key that makes repeating it harmless.

    ``session`` is set while only a token says who ``actor`` is: then the statement looks whether it holds.
    """

    body: NewTicket
    actor: Actor
    key: str | None
    now: datetime
    session: uuid.UUID | None = None

    @cached_property
    def once(self) -> Once:
        return Once("tickets", self.actor, self.key, fingerprint(self.body))


async def submit(connection: asyncpg.Connection, intake: Intake, sign_url: SignUrl) -> dict[str, Any]:
    """The new ticket as its reporter sees it; the same answer again for the same key and body.

    Errors: idempotency_key_reused (same key, other body), invalid_input (asset or attachment not his own).
    The connection is outside a transaction: what most customers send is written by one statement, which is one.
    """
    if intake.actor.role is Role.CUSTOMER and _needs_one_statement(intake.body):
        created = await _submit(connection, intake, sign_url)
    else:
        async with connection.transaction():
            created = await _submit(connection, intake, sign_url)
    if created is not None:
        return created
    earlier: dict[str, Any] = await intake.once.replay(connection)
    return earlier


async def submit_for(
    connection: asyncpg.Connection,
    credential: Credential,
    body: NewTicket,
    key: str | None,
    sign_url: SignUrl,
) -> dict[str, Any]:
    """As ``submit``, for whoever is calling; what most customers send is then a single round trip."""
    customer, now = credential.customer, credential.now
    if customer is not None and _needs_one_statement(body):
        intake = Intake(body, customer, key, now, credential.claims.session_id)
        if (created := await _submit(connection, intake, sign_url)) is not None:
            return created
    actor = await actor_of(connection, credential)
    if actor.role not in REPORTERS:
        raise Forbidden
    return await submit(connection, Intake(body, actor, key, now), sign_url)


def _needs_one_statement(body: NewTicket) -> bool:
    return body.asset_id is None and not body.attachment_ids


async def _submit(connection: asyncpg.Connection, intake: Intake, sign_url: SignUrl) -> dict[str, Any] | None:
    """None when nothing was written: the key was used before, or the session is over."""
    s = await _situation(connection, intake)
    answer = present(s, intake.actor, intake.now, sign_url)
    ticket_id = await _write(connection, intake, s, answer)
    if ticket_id is None:
        return None
    if intake.body.attachment_ids:
        await attach(
            connection,
            ids=intake.body.attachment_ids,
            ticket_id=ticket_id,
            actor=intake.actor,
            purpose=Purpose.REPORT,
        )
    return answer


def new_number(now: datetime) -> str:
    """HX, the day, and 50 random bits: nobody finds a ticket by counting."""
    dice = secrets.randbits(5 * _RANDOM_SYMBOLS)
    tail = "".join([_ALPHABET[dice >> 5 * place & 31] for place in range(_RANDOM_SYMBOLS)])
    return f"HX{now.astimezone(ZONE):%y%m%d}{tail}"


async def _situation(connection: asyncpg.Connection, intake: Intake) -> Situation:
    body, actor, now = intake.body, intake.actor, intake.now
    customer_id = await _customer(connection, intake)
    body = await _with_asset(connection, body, customer_id)
    found = diagnose(body)
    s = Situation(
        id=0,
        number=new_number(now),
        version=1,
        seq=1,
        state=State.SUBMITTED,
        service_type=body.service_type,
        category=found.diagnosis.category,
        fault=body.fault,
        on_site=found.on_site,
        priority=found.priority,
        warranty=found.warranty,
        customer_id=customer_id,
        contact_name=body.contact.name,
        contact_phone=body.contact.phone,
        address=Address(**body.address.model_dump()) if body.address else None,
        created_at=now,
        entered_at=now,
        promised_at=now,
        promise="",
        preferred=tuple(Window(w.start, w.end) for w in body.preferred_windows),
        diagnosis=found.diagnosis,
        required_skill=found.required_skill,
        required_licences=found.required_licences,
        standard_minutes=found.standard_minutes,
        brand=body.brand,
        model=body.model,
        serial_number=body.serial_number,
        asset_id=str(body.asset_id) if body.asset_id else None,
        photos=tuple(Photo(str(i), Purpose.REPORT, actor.id) for i in body.attachment_ids),
    )
    _needs_address(s, found)
    return promised(s, now)


def _needs_address(s: Situation, found: Diagnosed) -> None:
    if found.on_site and s.address is None:
        raise InvalidInput.at("body.address", "上门服务请填写地址。", "missing")


async def _customer(connection: asyncpg.Connection, intake: Intake) -> str:
    """An agent reports for the customer of that phone number, who is made known if he is new."""
    if intake.actor.role is Role.CUSTOMER:
        return intake.actor.id
    contact = intake.body.contact
    await connection.execute(_ONE_AT_A_TIME, contact.phone)
    known = await connection.fetchval(_CUSTOMER_BY_PHONE, contact.phone)
    if known is None:
        known = uuid.uuid4()
        await connection.execute(_NEW_CUSTOMER, known, contact.name, contact.phone)
    return str(known)


async def _with_asset(connection: asyncpg.Connection, body: NewTicket, customer_id: str) -> NewTicket:
    """What is known of the customer's appliance, or of one of his household, need not be typed again."""
    if body.asset_id is None:
        return body
    row = await connection.fetchrow(_ASSET, body.asset_id, customer_id)
    if row is None:
        raise InvalidInput.at("body.asset_id", "没有找到这台设备，请从“我的设备”中选择。", "not_found")
    return body.model_copy(update={k: getattr(body, k) or row[k] for k in row.keys()})  # noqa: SIM118


async def _write(
    connection: asyncpg.Connection, intake: Intake, s: Situation, answer: dict[str, Any]
) -> int | None:
    body, actor = intake.body, intake.actor
    customer_id = uuid.UUID(s.customer_id)
    (notice,) = for_transition(Event.SUBMIT, None, s, actor.id)
    address = s.address
    remembers = bool(s.serial_number or (s.brand and s.model)) and s.on_site
    ticket_id: int | None = await connection.fetchval(
        _SUBMIT,
        intake.once.scope,
        intake.key,
        intake.once.fingerprint,
        _json(answer),
        intake.now,
        body.asset_id,
        s.number,
        s.service_type.value,
        s.category,
        s.brand,
        s.model,
        s.serial_number,
        customer_id,
        address.city if address else "",
        address.district if address else "",
        actor.id,
        s.fault,
        body.occurred_at,
        s.on_site,
        s.priority.value,
        s.contact_name,
        s.contact_phone,
        _json(address) if address else None,
        _json(s.preferred),
        _json(s.diagnosis),
        s.required_skill,
        list(s.required_licences),
        s.standard_minutes,
        s.promised_at,
        s.promise,
        actor.role.value,
        hint(Event.SUBMIT, s),
        _json(dict(notice.slots)),
        uuid.uuid4(),
        remembers,
        uuid.uuid4(),
        current_trace_id(),
        s.warranty.value,
        intake.session,
    )
    return ticket_id


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
