"""The table of accounts: what the settings enter, what replaces what, and that nothing lies open in it."""

from datetime import datetime

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models.wechat import AccountKind
from app.services.accounts.records import (
    NewAccount,
    default_appid,
    enter_account,
    forget_previous_key,
    list_accounts,
    remove_account,
    set_default,
)
from app.services.accounts.rotate import rotate_keys
from app.services.credentials.keyring import KeyRing, key_ring
from app.settings import Settings

OLD, NEW = b"the first key, which everybody knows by now", b"the second key, which nobody knows as yet"
KEY_A, KEY_B, KEY_C = "A" * 43, "B" * 43, "C" * 43
RING = KeyRing([OLD])
SECRETS = {"secret": "canary-secret", "token": "canary-token", "aes_key": KEY_A}


@pytest.fixture
async def db(session: AsyncSession) -> asyncpg.Connection:
    return await driver(session)


def official(appid: str = "wxofficial", **over: object) -> NewAccount:
    return NewAccount(**{"appid": appid, "kind": AccountKind.OFFICIAL} | SECRETS | over)  # type: ignore[arg-type]


async def test_secrets_are_sealed_and_come_back(db: asyncpg.Connection, now: datetime) -> None:
    assert await enter_account(db, RING, official(), now=now)
    row = await db.fetchrow("SELECT secret, token, aes_key FROM wechat_accounts")
    assert not any(value.encode() in bytes(row[name]) for name, value in SECRETS.items())
    (record,) = await list_accounts(db, RING)
    account = record.account
    assert (account.secret, account.token, account.aes_key) == tuple(SECRETS.values())
    assert "canary" not in repr(record)
    assert "canary" not in repr(official())


async def test_entering_the_same_again_changes_nothing(db: asyncpg.Connection, now: datetime) -> None:
    await enter_account(db, RING, official(), now=now)
    before = await db.fetchrow("SELECT * FROM wechat_accounts")
    assert not await enter_account(db, RING, official(), now=now)
    assert not await enter_account(db, RING, official(secret=None, token=None, aes_key=None), now=now)
    assert await db.fetchrow("SELECT * FROM wechat_accounts") == before


async def test_what_is_not_given_stays_and_what_is_given_replaces(
    db: asyncpg.Connection, now: datetime
) -> None:
    await enter_account(db, RING, official(name="回响"), now=now)
    assert await enter_account(db, RING, official(secret="another", token=None, aes_key=None), now=now)
    (record,) = await list_accounts(db, RING)
    assert (record.name, record.account.secret, record.account.token) == ("回响", "another", "canary-token")
    assert record.account.previous_aes_key is None


async def test_a_replaced_key_is_kept_until_it_is_forgotten(db: asyncpg.Connection, now: datetime) -> None:
    await enter_account(db, RING, official(), now=now)
    await enter_account(db, RING, official("wxbystander"), now=now)
    for key, previous in ((KEY_B, KEY_A), (KEY_C, KEY_B), (KEY_C, KEY_B)):
        await enter_account(db, RING, official(aes_key=key), now=now)
        records = {each.account.appid: each.account for each in await list_accounts(db, RING)}
        assert (records["wxofficial"].aes_key, records["wxofficial"].previous_aes_key) == (key, previous)
        assert records["wxbystander"].previous_aes_key is None
    assert await forget_previous_key(db, "wxofficial", now=now)
    assert not await forget_previous_key(db, "wxnobody", now=now)
    assert all(each.account.previous_aes_key is None for each in await list_accounts(db, RING))


async def test_the_first_of_a_kind_is_its_default_until_another_is_chosen(
    db: asyncpg.Connection, now: datetime
) -> None:
    for new in (official("wx1"), official("wx2"), NewAccount("wxm", AccountKind.MINI)):
        await enter_account(db, RING, new, now=now)

    async def defaults() -> set[str]:
        return {each.account.appid for each in await list_accounts(db, RING) if each.is_default}

    assert await defaults() == {"wx1", "wxm"}
    assert await default_appid(db, AccountKind.OFFICIAL) == "wx1"
    assert await set_default(db, "wx2", now=now)
    assert await defaults() == {"wx2", "wxm"}
    assert not await set_default(db, "wxnobody", now=now)
    assert await defaults() == {"wx2", "wxm"}
    assert await remove_account(db, "wx2")
    assert not await remove_account(db, "wx2")
    assert await defaults() == {"wxm"}
    assert await default_appid(db, AccountKind.OFFICIAL) is None


async def test_a_key_that_cannot_be_one_is_refused(db: asyncpg.Connection, now: datetime) -> None:
    with pytest.raises(ValueError, match="43 characters"):
        await enter_account(db, RING, official(aes_key="short"), now=now)
    assert await list_accounts(db, RING) == []


async def test_keys_rotate_and_the_old_one_can_be_thrown_away(db: asyncpg.Connection, now: datetime) -> None:
    await enter_account(db, RING, official(), now=now)
    await enter_account(db, RING, official(aes_key=KEY_B), now=now)
    await db.execute(
        "INSERT INTO wechat_credentials (appid, kind, value) VALUES ('wxofficial', 'jsapi', $1)",
        RING.seal("a ticket"),
    )
    both = KeyRing([NEW, OLD])
    done = await rotate_keys(db, both)
    assert (done.moved, done.kept, done.lost) == (5, 0, ())
    again = await rotate_keys(db, both)
    assert (again.moved, again.kept) == (0, 5)
    (record,) = await list_accounts(db, KeyRing([NEW]))
    assert (record.account.secret, record.account.aes_key) == ("canary-secret", KEY_B)
    assert (record.account.previous_aes_key, record.unreadable) == (KEY_A, ())
    (gone,) = await list_accounts(db, RING)
    assert set(gone.unreadable) == {"secret", "token", "aes_key", "previous_aes_key"}
    assert gone.account.secret == ""


async def test_what_no_key_opens_is_named_and_left(db: asyncpg.Connection, now: datetime) -> None:
    await enter_account(db, RING, official(token=None, aes_key=None), now=now)
    done = await rotate_keys(db, KeyRing([NEW]))
    assert done.lost == ("wechat_accounts.secret（wxofficial）",)
    (record,) = await list_accounts(db, RING)
    assert record.account.secret == "canary-secret"


def test_naming_keys_for_the_first_time_loses_nothing(settings: Settings) -> None:
    before = key_ring(settings).seal("told before")
    named = Settings(_env_file=None, secret_key=settings.secret_key, sealing_keys=f"{'n' * 40}, {'m' * 40}")
    ring = key_ring(named)
    assert ring.open(before) == "told before"
    assert not ring.is_current(before)
    assert ring.open(KeyRing([b"m" * 40]).seal("older")) == "older"
    assert ring.is_current(KeyRing([b"n" * 40]).seal("newest"))


def test_a_weak_sealing_key_is_refused(settings: Settings) -> None:
    weak = Settings(_env_file=None, secret_key=settings.secret_key, sealing_keys="weak")
    with pytest.raises(RuntimeError, match="SEALING_KEYS"):
        key_ring(weak)
