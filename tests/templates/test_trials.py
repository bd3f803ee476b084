"""A template is sent to one follower to see it: by the worker, from rows of its own; the log says what became of it."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.notices import Kind
from app.models.people import StaffRole
from app.models.trials import TrialState
from app.schemas.trials import TrialIn
from app.services.idempotency import Once
from app.services.inbound.delivery import delivered
from app.services.templates.records import enter_declared_cards
from app.services.templates.trials import ask_for_trial, list_trials
from app.settings import Settings
from app.wechat.events import JobStatus
from app.workers.trials import TrialWorker
from tests.harness.callers import Caller
from tests.harness.sandbox import official_openid
from tests.make import make_customer, make_identity, make_staff, make_ticket
from tests.notifications.conftest import post
from tests.notifications.post import Post

__all__ = ["post"]

URL, LOG = "/console/templates/trials", "/console/deliveries?trials=true"


@pytest.fixture
async def cards(session: AsyncSession, settings: Settings) -> asyncpg.Connection:
    connection = await driver(session)
    await enter_declared_cards(connection, settings)
    return connection


async def test_it_goes_to_whom_it_may_and_is_refused_in_words(
    as_manager: Caller, session: AsyncSession, cards: asyncpg.Connection, settings: Settings
) -> None:
    appid = settings.official_appid
    colleague = await make_staff(session, role=StaffRole.AGENT, name="周客服")
    await make_identity(session, appid=appid, openid="o-colleague", staff_id=colleague.id)
    stranger = await make_staff(session, name="没绑定的")
    await make_identity(session, appid=appid, openid="o-gone", follows=False)
    owner = await make_customer(session)
    await make_identity(session, appid=appid, openid="o-owner", customer_id=owner.id)
    await make_ticket(session, owner)
    page = (await as_manager.get("/console/templates")).text
    assert "周客服</option>" in page
    assert "没绑定的" not in page
    for said, words in (
        ({"staff_id": str(stranger.id)}, "还没有绑定微信"),
        ({"openid": "o-nobody"}, "没有这个 openid"),
        ({"openid": "o-gone"}, "没有关注公众号"),
        ({"openid": "o-owner"}, "是客户的"),
        ({}, "请选择一位同事"),
    ):
        answer = await as_manager.post(URL, data={"kind": "staff_notice"} | said)
        assert words in answer.text, words
    body = {"kind": "staff_notice", "staff_id": str(colleague.id)}
    assert (await as_manager.post(URL, data=body)).headers["location"].startswith(LOG)
    log = (await as_manager.get(LOG)).text
    for words in ("待办提醒", "试发</span>", "周客服", "o-colleague", "等待发送"):
        assert words in log, words
    key = {"Idempotency-Key": "once"}
    first = await as_manager.post("/api/v1/template-trials", json=body, headers=key)
    again = await as_manager.post("/api/v1/template-trials", json=body, headers=key)
    assert (first.status_code, again.json()) == (202, first.json())
    assert len((await as_manager.get("/api/v1/template-trials")).json()["items"]) == 2
    await cards.execute("UPDATE message_templates SET state = 'missing' WHERE kind = 'staff_notice'")
    bare = await as_manager.post("/api/v1/template-trials", json=body)
    assert bare.json()["errors"][0]["code"] == "no_template"


async def test_the_worker_sends_it_and_hears_what_became_of_it(post: Post) -> None:
    await post.sandbox.users([{"id": "u-zhou", "nickname": "周", "follows": True}])
    async with post.ways() as ways:
        worker = TrialWorker(post.database.sessions, ways, None)
        async with post.database.sessions.begin() as session:
            staff = await make_staff(session, name="周客服")
            await make_identity(session, openid=official_openid("u-zhou"), staff_id=staff.id)
        await _ask(post, staff.id)
        assert await worker.step()
        assert not await worker.step()
        (seen,) = await post.sandbox.messages(official_openid("u-zhou"))
        assert "【试发】请忽略" in str(seen)
        assert await _states(post) == [TrialState.ACCEPTED]
        async with post.transaction() as connection:
            msgid = await connection.fetchval("SELECT msgid FROM template_trials")
            now = datetime.now(UTC)
            assert await delivered(connection, "wx", "o", msgid, JobStatus.SUCCESS, now)
            assert not await delivered(connection, "wx", "o", "4711", JobStatus.SUCCESS, now)
        assert await _states(post) == [TrialState.DELIVERED]
        await post.sandbox.act("u-zhou", "unfollow")
        await _ask(post, staff.id)
        assert await worker.step()
        assert await _states(post) == [TrialState.REFUSED, TrialState.DELIVERED]
        # One who died on the way is followed by another.
        await _ask(post, staff.id)
        await post.execute(
            "UPDATE template_trials SET state = 'leased', lease_until = now() WHERE state = 'queued'"
        )
        assert await worker.step()
    async with post.transaction() as connection:
        trials = await list_trials(connection)
    assert "43004" in (trials[0].reason or "")
    assert (trials[0].who, trials[0].title) == ("周客服", "待办提醒")


async def _ask(post: Post, staff_id: UUID) -> None:
    once = Once("template-trials", Actor(Role.MANAGER, str(staff_id)), None, b"")
    async with post.transaction() as connection:
        await ask_for_trial(
            connection,
            TrialIn(kind=Kind.STAFF_NOTICE, staff_id=staff_id),
            once=once,
            now=datetime.now(UTC),
        )


async def _states(post: Post) -> list[TrialState]:
    async with post.transaction() as connection:
        return [each.state for each in await list_trials(connection)]
