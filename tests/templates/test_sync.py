"""What becomes of the table when it is held against the account."""

from datetime import datetime

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models.wechat import CardState
from app.services.templates.records import (
    Card,
    ban_card,
    enter_declared_cards,
    list_cards,
    registry_of,
)
from app.services.templates.sync import Synced, sync_templates
from app.settings import Settings
from app.wechat.api.templates import ListedTemplate
from app.wechat.templates import SUBSCRIBABLE, TemplateChannel, TemplateKind
from tests.harness.callers import Caller
from tests.templates.test_match import OURS, listed

PROGRESS = TemplateKind.TICKET_PROGRESS
OFFER = listed(
    "单号 character_string1", "服务内容 thing2", "上门时间 time3", "地址 thing4", "备注 thing5", id="t-offer",
    title="新工单提醒",
)  # fmt: skip


@pytest.fixture
async def db(session: AsyncSession, settings: Settings) -> asyncpg.Connection:
    connection = await driver(session)
    await enter_declared_cards(connection, settings)
    return connection


async def sync(
    db: asyncpg.Connection, settings: Settings, now: datetime, *templates: ListedTemplate
) -> dict[TemplateKind, Synced]:
    done = await sync_templates(db, settings.official_appid, "official", templates, now=now)
    return {each.card.kind: each for each in done}


async def card(db: asyncpg.Connection, settings: Settings, kind: TemplateKind = PROGRESS) -> Card:
    place = (settings.official_appid, TemplateChannel.TEMPLATE, kind)
    (found,) = [each for each in await list_cards(db) if each.place == place]
    return found


async def test_ids_and_fields_of_the_account_are_adopted(
    db: asyncpg.Connection, settings: Settings, now: datetime
) -> None:
    theirs = listed("服务项目 thing7", "进度 phrase1", "备注 thing9", id="real")
    done = await sync(db, settings, now, theirs, OFFER)
    found = await card(db, settings)
    assert (found.template_id, found.state, found.synced_at) == ("real", CardState.ACTIVE, now)
    assert dict(found.slots) == {"service": "thing7", "state": "phrase1", "hint": "thing9"}
    assert found.sample["thing7"] == "空调维修"
    assert "tpl-ticket-progress → real" in done[PROGRESS].change
    template = registry_of(await list_cards(db))[found.place]
    assert template.render({**dict.fromkeys(template.slots, "已预约"), "number": "1", "time": "x"})
    again = await sync(db, settings, now, theirs, OFFER)
    assert (again[PROGRESS].change, again[TemplateKind.ENGINEER_OFFER].change) == ("", "")


async def test_what_is_gone_is_marked_and_not_sent_any_more(
    db: asyncpg.Connection, settings: Settings, now: datetime
) -> None:
    await sync(db, settings, now, OURS)
    done = await sync(db, settings, now)
    found = await card(db, settings)
    assert (found.state, found.template_id) == (CardState.MISSING, "t1")
    assert "t1" in str(found.reason)
    assert done[PROGRESS].change == "可用 → 已不存在"
    assert found.place not in registry_of(await list_cards(db))
    # Cards of the other account are not concerned.
    subscribed = await list_cards(db, settings.mini_appid)
    assert {each.state for each in subscribed} == {CardState.ACTIVE}
    assert len(subscribed) == len(SUBSCRIBABLE)
    await sync(db, settings, now, OURS)
    assert (await card(db, settings)).state is CardState.ACTIVE


async def test_a_ban_lasts_until_somebody_syncs(
    db: asyncpg.Connection, settings: Settings, now: datetime
) -> None:
    await sync(db, settings, now, OURS)
    place = (await card(db, settings)).place
    await ban_card(db, place[0], "t1", "43107 template banned")
    found = await card(db, settings)
    assert (found.state, found.reason) == (CardState.BANNED, "43107 template banned")
    assert place not in registry_of(await list_cards(db))
    await sync(db, settings, now, OURS)
    found = await card(db, settings)
    assert (found.state, found.reason) == (CardState.ACTIVE, None)


async def test_a_template_that_sells_something_is_not_used(
    db: asyncpg.Connection, settings: Settings, now: datetime
) -> None:
    await sync(db, settings, now, listed("服务内容 thing1", "优惠活动 thing2", id="t1"))
    found = await card(db, settings)
    assert found.state is CardState.UNSET
    assert "优惠" in str(found.reason)
    assert found.place not in registry_of(await list_cards(db))


async def test_a_dry_run_writes_nothing(db: asyncpg.Connection, settings: Settings, now: datetime) -> None:
    before = await list_cards(db)
    done = await sync_templates(db, settings.official_appid, "official", [OURS], now=now, write=False)
    assert any(each.change for each in done)
    assert await list_cards(db) == before


async def test_settings_replace_an_id_but_do_not_undo_a_mapping(
    db: asyncpg.Connection, settings: Settings, now: datetime
) -> None:
    await sync(db, settings, now, listed("服务项目 thing7", id="real"))
    named = settings.model_copy(update={"template_ids": {"ticket_progress": "real"}})
    await enter_declared_cards(db, named)
    assert dict((await card(db, settings)).slots) == {"service": "thing7"}
    await enter_declared_cards(db, settings)
    assert (await card(db, settings)).template_id == "real"
    renamed = settings.model_copy(update={"template_ids": {"ticket_progress": "other"}})
    await enter_declared_cards(db, renamed)
    assert (await card(db, settings)).template_id == "other"


async def test_managers_see_the_cards_as_phones_show_them(
    db: asyncpg.Connection, settings: Settings, now: datetime, as_manager: Caller
) -> None:
    await sync(db, settings, now, listed("服务项目 thing7", "进度 phrase1", id="real"))
    answer = await as_manager.get("/api/v1/wechat/templates")
    assert answer.status_code == 200
    items = {(each["appid"], each["kind"]): each for each in answer.json()["items"]}
    shown = items[settings.official_appid, "ticket_progress"]
    assert shown["sample"] == [
        {"label": "服务项目", "value": "空调维修"},
        {"label": "进度", "value": "已预约"},
    ]
    assert (shown["state"], shown["template_id"]) == ("active", "real")
    assert items[settings.official_appid, "staff_notice"]["state"] == "missing"
