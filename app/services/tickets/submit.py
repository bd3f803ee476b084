"""A report becomes a ticket: triaged, promised a time, and written with everything that hangs on it."""

import secrets
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import asyncpg
import orjson

from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role, State
from app.domain.notices import for_transition, hint
from app.domain.situation import Channel, Photo, Purpose, Situation, Window
from app.domain.zone import ZONE
from app.errors import Forbidden, InvalidInput
from app.schemas.common import is_masked, mask_phone
from app.schemas.tickets import AddressIn, NewTicket
from app.services.assets.visible import VISIBLE
from app.services.attachments.attach import attach
from app.services.idempotency import Once, fingerprint
from app.services.promises.promised import promised
from app.services.sessions.actor import Credential, actor_of
from app.services.tickets.arrivals import Arrivals, Report, write
from app.services.tickets.diagnose import Diagnosed, diagnose
from app.services.tickets.present import SignUrl, present
from app.tracing import current_trace_id

# Crockford's alphabet: nothing in it is mistaken for something else when read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_SYMBOLS = 10
Connect = Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]
REPORTERS = frozenset({Role.CUSTOMER, Role.AGENT, Role.ADMIN})

_ASSET = f"""
SELECT category, brand, model, serial_number, CASE WHEN customer_id = $2::uuid THEN address END AS address
  FROM assets a WHERE a.id = $1 AND a.removed_at IS NULL
   AND {VISIBLE[Role.CUSTOMER]}
"""
# Two agents who take the same first call at once must not make two customers of it.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('customer ' || $1, 0))"
# A number that somebody merely typed about himself proves nothing: it must not bring him another's address.
_CUSTOMER_BY_PHONE = """
SELECT coalesce(merged_into, id) FROM customers WHERE phone = $1 AND phone_source IS DISTINCT FROM 'typed'
 ORDER BY merged_into IS NOT NULL, phone_verified_at IS NULL, created_at LIMIT 1
"""
_OWN_PHONE = "SELECT phone FROM customers WHERE id = $1"
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
    channel: Channel
    session: uuid.UUID | None = None

    @cached_property
    def once(self) -> Once:
        return Once("tickets", self.actor, self.key, fingerprint(self.body))


async def submit(connection: asyncpg.Connection, intake: Intake, sign_url: SignUrl) -> dict[str, Any]:
    """The new ticket as its reporter sees it; the same answer again for the same key and body.

    Errors: idempotency_key_reused (same key, other body), invalid_input (asset, attachment or masked number
    that is not his own).
    The caller gives the transaction.
    """
    created = await _submit(connection, intake, sign_url)
    if created is not None:
        return created
    earlier: dict[str, Any] = await intake.once.replay(connection)
    return earlier


async def submit_for(
    connect: Connect,
    arrivals: Arrivals,
    credential: Credential,
    body: NewTicket,
    key: str | None,
    sign_url: SignUrl,
) -> dict[str, Any]:
    """As ``submit``, for whoever is calling; what most customers send is written with what others send now."""
    customer, now = credential.customer, credential.now
    whole = body.asset_id is None and not body.attachment_ids and not is_masked(body.contact.phone)
    if customer is not None and whole:
        intake = Intake(body, customer, key, now, credential.channel, credential.claims.session_id)
        s = _situation(intake, body, customer.id)
        created = present(s, customer, now, sign_url)
        if await arrivals.write(_report(intake, s, created)) is not None:
            return created
    async with connect() as connection, connection.transaction():
        actor = await actor_of(connection, credential)
        if actor.role not in REPORTERS:
            raise Forbidden
        channel = credential.channel if actor.role is Role.CUSTOMER else Channel(body.channel)
        return await submit(connection, Intake(body, actor, key, now, channel), sign_url)


async def _submit(connection: asyncpg.Connection, intake: Intake, sign_url: SignUrl) -> dict[str, Any] | None:
    """None when nothing was written: the key was used before."""
    body = await _with_number(connection, intake)
    customer_id = await _customer(connection, intake)
    s = _situation(intake, await _with_asset(connection, body, customer_id), customer_id)
    answer = present(s, intake.actor, intake.now, sign_url)
    written = await write(connection, [_report(intake, s, answer)])
    if s.number not in written:
        return None
    if intake.body.attachment_ids:
        await attach(
            connection,
            ids=intake.body.attachment_ids,
            ticket_id=written[s.number],
            actor=intake.actor,
            purpose=Purpose.REPORT,
        )
    return answer


def new_number(now: datetime) -> str:
    """HX, the day, and 50 random bits: nobody finds a ticket by counting."""
    dice = secrets.randbits(5 * _RANDOM_SYMBOLS)
    tail = "".join([_ALPHABET[dice >> 5 * place & 31] for place in range(_RANDOM_SYMBOLS)])
    return f"HX{now.astimezone(ZONE):%y%m%d}{tail}"


def _situation(intake: Intake, body: NewTicket, customer_id: str) -> Situation:
    """``body`` is the request's with what is known of the asset filled in."""
    actor, now = intake.actor, intake.now
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
        address=body.address.kept() if body.address else None,
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
        channel=intake.channel,
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


async def _with_number(connection: asyncpg.Connection, intake: Intake) -> NewTicket:
    """A customer's own number may come as it is shown to him."""
    actor, contact = intake.actor, intake.body.contact
    if not is_masked(contact.phone):
        return intake.body
    own = await connection.fetchval(_OWN_PHONE, actor.id) if actor.role is Role.CUSTOMER else None
    if not own or mask_phone(own) != contact.phone:
        raise InvalidInput.at("body.contact.phone", "请填写完整的手机号。")
    return intake.body.model_copy(update={"contact": contact.model_copy(update={"phone": own})})


async def _with_asset(connection: asyncpg.Connection, body: NewTicket, customer_id: str) -> NewTicket:
    """What is known of the customer's appliance, or of one of his household, need not be typed again."""
    if body.asset_id is None:
        return body
    row = await connection.fetchrow(_ASSET, body.asset_id, customer_id)
    if row is None:
        raise InvalidInput.at("body.asset_id", "没有找到这台设备，请从“我的设备”中选择。", "not_found")
    known = dict(row) | {"address": AddressIn(**row["address"]) if row["address"] else None}
    return body.model_copy(update={k: getattr(body, k) or known[k] for k in known})


def _report(intake: Intake, s: Situation, answer: dict[str, Any]) -> Report:
    actor, address = intake.actor, s.address
    (notice,) = for_transition(Event.SUBMIT, None, s, actor.id)
    remembers = s.asset_id is None and s.on_site and bool(s.serial_number or (s.brand and s.model))
    return Report(
        number=s.number,
        customer=uuid.UUID(s.customer_id),
        session=intake.session,
        now=intake.now,
        scope=intake.once.scope,
        key=intake.key,
        fingerprint=intake.once.fingerprint,
        response=_json(answer),
        service_type=s.service_type.value,
        category=s.category,
        brand=s.brand,
        model=s.model,
        serial_number=s.serial_number,
        asset=intake.body.asset_id,
        remembers=remembers,
        city=address.city if address else "",
        district=address.district if address else "",
        actor_role=actor.role.value,
        actor=actor.id,
        channel=s.channel.value,
        fault=s.fault,
        occurred_at=intake.body.occurred_at,
        on_site=s.on_site,
        priority=s.priority.value,
        warranty=s.warranty.value,
        contact_name=s.contact_name,
        contact_phone=s.contact_phone,
        address=_json(address) if address else None,
        preferred_windows=_json(s.preferred),
        diagnosis=_json(s.diagnosis),
        required_skill=s.required_skill,
        required_licences=",".join(s.required_licences),
        standard_minutes=s.standard_minutes,
        promised_at=s.promised_at,
        promise=s.promise,
        said=hint(Event.SUBMIT, s),
        slots=_json(dict(notice.slots)),
        trace_id=current_trace_id(),
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
