"""The ledger of consents: what the mini-program and WeChat tell of a tap counts once, and the sum is always right."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import ConsentBalance, ConsentEntry, Customer, ReplyWindow
from app.models.messages import ConsentKind, ConsentSource
from app.services.consents.ledger import Whose, refused, settings_rejected, spend, tapped
from app.services.inbound.handle import due, handle
from app.services.inbound.store import store
from app.services.operations.doctor import examine
from app.services.windows.windows import left
from app.wechat.callbacks import read_message
from tests.harness.callers import Caller
from tests.make import make_identity

CONSENTS = "/api/v1/me/consents"
MINI, OFFICIAL = "wxb200000000000002", "wxa100000000000001"
CARD, OPENID = "sub-ticket-progress", "m-lin"
WHOSE = Whose(MINI, OPENID, CARD)
START = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)
_serial = count(1)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
async def known(session: AsyncSession, customer: Customer) -> None:
    """The customer has signed in to the mini-program."""
    await make_identity(session, appid=MINI, openid=OPENID, customer_id=customer.id, follows=False)


async def replies_left(
    connection: asyncpg.Connection, appid: str, openid: str, now: datetime, *, by_people: bool = True
) -> int:
    rows = await connection.fetch(
        "SELECT kind, remaining FROM reply_windows WHERE appid = $1 AND openid = $2 AND until > $3 AND remaining > 0",
        appid,
        openid,
        now,
    )
    return left({row["kind"]: row["remaining"] for row in rows}, by_people=by_people)


async def tap(session: AsyncSession, source: str, seconds: float, kind: str = "accepted") -> bool:
    return await tapped(await driver(session), WHOSE, ConsentKind(kind), ConsentSource(source), at(seconds))


async def balance(session: AsyncSession) -> tuple[int, bool, bool]:
    query = select(ConsentBalance).where(ConsentBalance.template_id == CARD)
    row = (await session.scalars(query, execution_options={"populate_existing": True})).one()
    return row.available, row.always, row.blocked


async def sums_up(session: AsyncSession) -> None:
    broken = [finding.invariant.name for finding in await examine(await driver(session))]
    assert "consents_add_up" not in broken


# Each report: who tells, when, and whether it counts.
STORIES = {
    "both tell of one tap": ([("client", 0, True), ("event", 1, False)], 1),
    "the event comes first": ([("event", 0, True), ("client", 3, False)], 1),
    "two quick taps": (
        [("client", 0, True), ("client", 2, True), ("event", 1, False), ("event", 3, False)],
        2,
    ),
    "one report of the client is lost": ([("event", 0, True), ("client", 10, False), ("event", 11, True)], 2),
    "only the client tells": ([("client", 0, True), ("client", 60, True)], 2),
    "an hour apart is not one tap": ([("client", 0, True), ("event", 3600, True)], 2),
}


@pytest.mark.parametrize("name", STORIES)
async def test_a_tap_counts_once(session: AsyncSession, name: str) -> None:
    reports, expected = STORIES[name]
    for source, seconds, counts in reports:
        assert await tap(session, source, seconds) is counts, (source, seconds)
    assert (await balance(session))[0] == expected
    await sums_up(session)


async def test_a_refusal_is_no_twin_of_an_acceptance(session: AsyncSession) -> None:
    await tap(session, "client", 0)
    assert await tap(session, "event", 1, "rejected")
    assert (await balance(session))[0] == 1
    assert not await tap(session, "client", 2, "rejected")
    await sums_up(session)


async def test_whoever_wants_not_to_be_asked_again_still_allows_one_a_tap(session: AsyncSession) -> None:
    await tap(session, "event", 0)
    assert not await tap(session, "client", 1, "always")
    assert await balance(session) == (1, True, False)
    await tap(session, "client", 600, "always")
    assert await balance(session) == (2, True, False)


async def test_spending_never_goes_below_nothing(session: AsyncSession) -> None:
    connection = await driver(session)
    await tap(session, "client", 0)
    for _ in range(3):
        await spend(connection, WHOSE, None, at(10))
    assert (await balance(session))[0] == 0
    await tap(session, "client", 20)
    await tap(session, "client", 30)
    await refused(connection, WHOSE, None, at(40))
    assert (await balance(session))[0] == 0
    await sums_up(session)
    kinds = [entry.kind for entry in await session.scalars(select(ConsentEntry).order_by(ConsentEntry.id))]
    assert kinds == ["accepted", "spent", "spent", "spent", "accepted", "accepted", "refused"]


async def test_the_settings_turn_it_off_until_the_next_tap(session: AsyncSession) -> None:
    connection = await driver(session)
    await tap(session, "client", 0)
    await settings_rejected(connection, WHOSE, at(60))
    assert await balance(session) == (0, False, True)
    # An older refusal that arrives after a newer tap is history.
    await tap(session, "client", 600)
    await settings_rejected(connection, WHOSE, at(590))
    assert await balance(session) == (1, False, False)
    await sums_up(session)


async def hear(session: AsyncSession, appid: str, openid: str, body: str, when: datetime) -> None:
    """A callback, stored and handled as the worker does it."""
    raw = (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{int(when.timestamp())}</CreateTime>{body}<N>{next(_serial)}</N></xml>"
    )
    connection = await driver(session)
    await store(connection, [(read_message(appid, raw), when)])
    for stored in await due(connection, when):
        await handle(connection, stored, None, when)


def event(name: str, status: str) -> str:
    entry = f"<TemplateId>{CARD}</TemplateId><SubscribeStatusString>{status}</SubscribeStatusString>"
    wrapped = f"<SubscribeMsgPopupEvent><List>{entry}</List></SubscribeMsgPopupEvent>"
    return f"<MsgType>event</MsgType><Event>{name}</Event>{wrapped}"


async def test_the_events_of_wechat_have_their_effect(session: AsyncSession) -> None:
    await hear(session, MINI, OPENID, event("subscribe_msg_popup_event", "accept"), START)
    assert await balance(session) == (1, False, False)
    await hear(session, MINI, OPENID, event("subscribe_msg_change_event", "reject"), at(60))
    assert await balance(session) == (0, False, True)
    await hear(session, MINI, OPENID, event("subscribe_msg_popup_event", "reject"), at(120))
    assert (await balance(session))[0] == 0
    await sums_up(session)


async def test_what_a_person_does_opens_a_window(session: AsyncSession) -> None:
    await make_identity(session, appid=OFFICIAL, openid="o-lin")
    text = "<MsgType>text</MsgType><Content>你好</Content><MsgId>{}</MsgId>"
    await hear(session, OFFICIAL, "o-lin", text.format(1), START)
    await hear(
        session, OFFICIAL, "o-lin", "<MsgType>event</MsgType><Event>VIEW</Event><EventKey>x</EventKey>", START
    )
    connection = await driver(session)
    assert await replies_left(connection, OFFICIAL, "o-lin", at(3600)) == 5
    assert await replies_left(connection, OFFICIAL, "o-lin", at(3600), by_people=False) == 3
    assert await replies_left(connection, OFFICIAL, "o-lin", at(48 * 3600)) == 0
    click = "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>help</EventKey>"
    await hear(session, OFFICIAL, "o-lin", click, at(7200))
    assert await replies_left(connection, OFFICIAL, "o-lin", at(7201)) == 8
    assert await replies_left(connection, OFFICIAL, "o-lin", at(7261)) == 5
    # An older one that arrives late shuts nothing.
    await session.execute(update(ReplyWindow).values(remaining=4))
    await hear(session, OFFICIAL, "o-lin", text.format(2), at(-60))
    assert await replies_left(connection, OFFICIAL, "o-lin", at(3600)) == 4 + 4
    await hear(session, OFFICIAL, "o-lin", text.format(3), at(60))
    assert await replies_left(connection, OFFICIAL, "o-lin", at(7300)) == 5


def by_kind(answer: dict[str, Any]) -> dict[str, Any]:
    return {item["kind"]: item for item in answer["items"]}


@pytest.mark.usefixtures("known")
async def test_the_mini_program_reports_a_tap_and_learns_what_to_ask_for(as_customer: Caller) -> None:
    before = by_kind((await as_customer.get(CONSENTS)).json())
    assert set(before) == {"ticket_progress", "rating_invitation", "conversation_reply"}
    assert all((item["left"], item["ask"], item["appid"]) == (0, True, MINI) for item in before.values())
    results = [
        {"template_id": CARD, "result": "accept", "always": True},
        {"template_id": "sub-rating-invitation", "result": "reject"},
        {"template_id": "sub-conversation-reply", "result": "ban"},
    ]
    answer = await as_customer.post(CONSENTS, json={"results": results})
    assert answer.status_code == 201
    after = by_kind(answer.json())
    assert (after["ticket_progress"]["left"], after["ticket_progress"]["always"]) == (1, True)
    assert (after["rating_invitation"]["left"], after["conversation_reply"]["left"]) == (0, 0)


@pytest.mark.usefixtures("known")
async def test_a_repeated_report_counts_once(as_customer: Caller) -> None:
    body = {"results": [{"template_id": CARD, "result": "accept"}]}
    answers = [
        await as_customer.post(CONSENTS, json=body, headers={"Idempotency-Key": "tap-1"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert by_kind(answers[1].json())["ticket_progress"]["left"] == 1
    other = {"results": [{"template_id": CARD, "result": "reject"}]}
    refused_one = await as_customer.post(CONSENTS, json=other, headers={"Idempotency-Key": "tap-1"})
    assert refused_one.json()["code"] == "idempotency_key_reused"


async def test_a_template_of_nobody_and_a_person_of_no_mini_program(
    as_customer: Caller, session: AsyncSession, customer: Customer
) -> None:
    ours = {"results": [{"template_id": CARD, "result": "accept"}]}
    unknown = await as_customer.post(CONSENTS, json=ours)
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "no_mini_identity")
    await make_identity(session, appid=MINI, openid=OPENID, customer_id=customer.id)
    theirs = {"results": [{"template_id": "somebody-elses", "result": "accept"}]}
    foreign = await as_customer.post(CONSENTS, json=theirs)
    assert (foreign.status_code, foreign.json()["errors"][0]["code"]) == (422, "unknown_template")
    assert (await as_customer.post(CONSENTS, json=ours | {"appid": "wx-other"})).status_code == 422
    assert (await session.scalars(select(ConsentEntry))).all() == []
