"""Running processes keep up with the table: a new account, a new secret, another default, another card."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import asyncpg
import pytest

from app.bell import Bell
from app.models.wechat import AccountKind
from app.platform import Platform, open_platform
from app.services.accounts import records
from app.services.accounts.records import NewAccount, enter_account
from app.services.credentials.keyring import key_ring
from app.services.templates.records import list_cards, write_card
from app.settings import Settings
from app.wechat.accounts import Account
from app.wechat.templates import TemplateChannel, TemplateKind
from tests.harness.eventually import eventually
from tests.inbound.conftest import box
from tests.inbound.letterbox import Letterbox

__all__ = ["box"]

OTHER = "wxc300000000000003"
KEY_A, KEY_B = "A" * 43, "B" * 43


@asynccontextmanager
async def process(box: Letterbox, settings: Settings | None = None) -> AsyncIterator[Platform]:
    """WeChat as a running process holds it, with a bell that rings."""
    bell = Bell(box.settings.database_url)
    async with (
        bell.listening(),
        open_platform(settings or box.settings, box.database, bell) as platform,
    ):
        yield platform


async def enter(box: Letterbox, new: NewAccount) -> None:
    async with box.transaction() as connection:
        await enter_account(connection, key_ring(box.settings), new, now=datetime.now(UTC))


async def test_an_account_that_is_added_is_served_within_seconds(box: Letterbox) -> None:
    async with process(box) as platform:
        box.app.state.accounts = platform.accounts
        new = NewAccount(OTHER, AccountKind.OFFICIAL, secret="s", token="other-token", aes_key=KEY_A)
        query, body = box.sealed(
            box.event("subscribe"), account=Account(OTHER, "official", "s", "other-token", KEY_A)
        )
        assert (await box.post(query, body, appid=OTHER)).status_code == 404
        await enter(box, new)

        async def served() -> bool | None:
            return (await box.post(query, body, appid=OTHER)).status_code == 200 or None

        await eventually(served)
        assert platform.clients[OTHER].account.secret == "s"


async def test_a_client_is_kept_and_told_its_new_secret(box: Letterbox) -> None:
    async with process(box) as platform:
        held = platform.official
        await enter(box, NewAccount(held.account.appid, AccountKind.OFFICIAL, secret="the new secret"))

        async def told() -> bool | None:
            return held.account.secret == "the new secret" or None

        await eventually(told)
        assert platform.official is held


@pytest.mark.parametrize("turns", range(5))
async def test_whoever_leaves_while_the_bell_rings_has_left(box: Letterbox, turns: int) -> None:
    """A cancellation that comes together with the ring is lost in Python 3.11: in one of these turns of the loop."""
    bell = Bell(box.settings.database_url)
    async with asyncio.timeout(20):
        async with open_platform(box.settings, box.database, bell) as platform:
            await eventually(partial(_follows, platform))
            bell.ring("")
            for _ in range(turns):
                await asyncio.sleep(0)


async def _follows(platform: Platform) -> bool | None:
    """It has read what there is, and waits."""
    return (not platform._changed.is_set() and bool(platform._changed._waiters)) or None


async def test_messages_under_the_old_and_the_new_key_are_both_read(box: Letterbox) -> None:
    async with process(box) as platform:
        box.app.state.accounts = platform.accounts
        before = box.account
        await enter(box, NewAccount(before.appid, AccountKind.OFFICIAL, aes_key=KEY_B))

        async def changed() -> bool | None:
            return platform.accounts[before.appid].aes_key == KEY_B or None

        await eventually(changed)
        for account in (before, replace(before, aes_key=KEY_B)):
            query, body = box.sealed(box.event("subscribe"), account=account)
            assert (await box.post(query, body)).status_code == 200
        strange = replace(before, aes_key="Z" * 43)
        query, body = box.sealed(box.event("subscribe"), account=strange)
        assert (await box.post(query, body)).status_code == 403


async def test_another_default_and_a_removed_account(box: Letterbox) -> None:
    async with process(box) as platform:
        first = platform.official.account.appid
        await enter(box, NewAccount(OTHER, AccountKind.OFFICIAL, secret="s", token="t"))
        async with box.transaction() as connection:
            await records.set_default(connection, OTHER, now=datetime.now(UTC))

        async def moved() -> bool | None:
            return platform.official.account.appid == OTHER or None

        await eventually(moved)
        async with box.transaction() as connection:
            await records.remove_account(connection, first)

        async def gone() -> bool | None:
            return first not in platform.clients or None

        await eventually(gone)
        assert first not in platform.accounts


async def test_a_card_that_changes_is_the_one_that_is_sent(box: Letterbox) -> None:
    async with process(box) as platform:
        appid, registry = platform.official.account.appid, platform.registry
        place = (appid, TemplateChannel.TEMPLATE, TemplateKind.STAFF_NOTICE)
        assert registry.find(*place) is not None
        async with box.transaction() as connection:
            (card,) = [each for each in await list_cards(connection) if each.place == place]
            await write_card(connection, replace(card, template_id="another", slots={"hint": "thing9"}))

        async def changed() -> bool | None:
            found = registry.find(*place)
            return (found is not None and found.template_id == "another") or None

        await eventually(changed)


async def test_the_settings_speak_first_and_what_they_leave_out_stays(box: Letterbox) -> None:
    appid = box.account.appid
    async with process(box):
        pass
    await enter(box, NewAccount(appid, AccountKind.OFFICIAL, name="改过的名字", secret="typed by hand"))
    async with process(box) as platform:
        assert platform.official.account.secret == box.account.secret
    async with box.transaction() as connection:
        assert await connection.fetchval("SELECT name FROM wechat_accounts WHERE appid = $1", appid) == (
            "改过的名字"
        )
    silent = box.settings.model_copy(update={"official_appid": "", "mini_appid": ""})
    async with process(box, silent) as platform:
        assert platform.official.account == box.account


async def test_without_a_database_the_settings_are_enough_to_start(box: Letterbox) -> None:
    lost = box.settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:9/nothing"})

    @asynccontextmanager
    async def refuse() -> AsyncIterator[asyncpg.Connection]:
        raise ConnectionRefusedError
        yield

    class Away:
        begin = staticmethod(refuse)

    database = replace(box.database, sessions=Away())  # type: ignore[arg-type]
    async with open_platform(lost, database) as platform:
        assert platform.accounts[box.account.appid] == box.account
        assert platform.registry.find(
            box.account.appid, TemplateChannel.TEMPLATE, TemplateKind.TICKET_PROGRESS
        )


async def test_in_production_a_card_without_an_id_is_not_guessed(box: Letterbox) -> None:
    settings = box.settings.model_copy(
        update={"environment": "production", "template_ids": {"staff_notice": "real"}}
    )
    async with process(box, settings) as platform:
        kinds = {
            kind
            for kind in TemplateKind
            if platform.registry.find(box.account.appid, TemplateChannel.TEMPLATE, kind)
        }
        assert kinds == {TemplateKind.STAFF_NOTICE}
