"""The table of accounts: read it, write to it, tell everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
import orjson

from app.bell import Topic, ring_sql
from app.models.wechat import AccountKind
from app.services.credentials.keyring import KeyRing
from app.wechat.accounts import Account

_LIST = """
SELECT appid, kind, name, original_id, secret, token, aes_key, previous_aes_key, capabilities, daily_quotas,
       is_default, updated_at
  FROM wechat_accounts ORDER BY kind DESC, NOT is_default, created_at, appid
"""
# Nothing is overwritten by nothing; the key that is replaced stays readable.
_ENTER = f"""
INSERT INTO wechat_accounts AS a
       (appid, kind, name, original_id, secret, token, aes_key, capabilities, daily_quotas, is_default, updated_at)
SELECT $1, $2, $3, $4, $5, $6, $7, coalesce($8::text[], '{{}}'), coalesce($9::jsonb, '{{}}'),
       NOT EXISTS (SELECT FROM wechat_accounts d WHERE d.kind = $2 AND d.is_default), $10
ON CONFLICT (appid) DO UPDATE
   SET kind = excluded.kind,
       name = CASE WHEN excluded.name = '' THEN a.name ELSE excluded.name END,
       original_id = CASE WHEN excluded.original_id = '' THEN a.original_id ELSE excluded.original_id END,
       secret = coalesce(excluded.secret, a.secret), token = coalesce(excluded.token, a.token),
       aes_key = coalesce(excluded.aes_key, a.aes_key),
       previous_aes_key = CASE WHEN excluded.aes_key IS NULL THEN a.previous_aes_key
                               ELSE coalesce(a.aes_key, a.previous_aes_key) END,
       capabilities = coalesce($8::text[], a.capabilities), daily_quotas = coalesce($9::jsonb, a.daily_quotas),
       updated_at = excluded.updated_at
RETURNING {ring_sql(Topic.WECHAT)}
"""
_LOCK = "LOCK TABLE wechat_accounts IN SHARE ROW EXCLUSIVE MODE"
_REMOVE = "DELETE FROM wechat_accounts WHERE appid = $1 RETURNING appid"
_REMOVE_WITH_IT = (
    "DELETE FROM wechat_credentials WHERE appid = $1",
    "DELETE FROM message_templates WHERE appid = $1",
)
_NO_DEFAULT = """
UPDATE wechat_accounts SET is_default = FALSE
 WHERE is_default AND kind = (SELECT kind FROM wechat_accounts WHERE appid = $1)
"""
_DEFAULT = "UPDATE wechat_accounts SET is_default = TRUE, updated_at = $2 WHERE appid = $1 RETURNING appid"
_DEFAULT_OF = "SELECT appid FROM wechat_accounts WHERE kind = $1 AND is_default"
_FORGET = """
UPDATE wechat_accounts SET previous_aes_key = NULL, updated_at = $2 WHERE appid = $1 RETURNING appid
"""
_RING = f"SELECT {ring_sql(Topic.WECHAT)}"


@dataclass(frozen=True)
class AccountRecord:
    """One account with its secrets opened; those sealed under a key that is gone are as good as none."""

    account: Account
    name: str
    original_id: str
    capabilities: tuple[str, ...]
    daily_quotas: Mapping[str, int]
    is_default: bool
    updated_at: datetime
    unreadable: tuple[str, ...]


@dataclass(frozen=True)
class NewAccount:
    """What is to be entered; what is None or empty stays as the table has it."""

    appid: str
    kind: AccountKind
    name: str = ""
    original_id: str = ""
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    aes_key: str | None = field(default=None, repr=False)
    capabilities: tuple[str, ...] | None = None
    daily_quotas: Mapping[str, int] | None = None


async def list_accounts(connection: asyncpg.Connection, ring: KeyRing) -> list[AccountRecord]:
    """Official accounts first, the default of each kind before the others."""
    return [_record(row, ring) for row in await connection.fetch(_LIST)]


async def default_appid(connection: asyncpg.Connection, kind: AccountKind) -> str | None:
    """The account that is used where nobody says which; None before there is one of the kind."""
    found: str | None = await connection.fetchval(_DEFAULT_OF, kind.value)
    return found


async def enter_account(
    connection: asyncpg.Connection, ring: KeyRing, new: NewAccount, *, now: datetime
) -> bool:
    """Add or change it, in the caller's transaction; False when the table says all of it already.

    The first account of a kind becomes its default. Raises ValueError for an EncodingAESKey that cannot be one.
    """
    Account(new.appid, new.kind.value, "", "", new.aes_key)
    await connection.execute(_LOCK)
    held = {record.account.appid: record for record in await list_accounts(connection, ring)}.get(new.appid)
    changed = _changes(new, held)
    if held is not None and not changed and new.kind == held.account.kind:
        return False
    quotas = None if new.daily_quotas is None else orjson.dumps(dict(new.daily_quotas)).decode()
    await connection.execute(
        _ENTER,
        new.appid,
        new.kind.value,
        new.name,
        new.original_id,
        *(_sealed(ring, changed, name) for name in ("secret", "token", "aes_key")),
        None if new.capabilities is None else list(new.capabilities),
        quotas,
        now,
    )
    return True


async def remove_account(connection: asyncpg.Connection, appid: str) -> bool:
    """With its credentials and its cards. What it once sent and who follows it stays on record."""
    if await connection.fetchval(_REMOVE, appid) is None:
        return False
    for statement in _REMOVE_WITH_IT:
        await connection.execute(statement, appid)
    await connection.execute(_RING)
    return True


async def set_default(connection: asyncpg.Connection, appid: str, *, now: datetime) -> bool:
    """Make it the one of its kind that is used where nobody says which."""
    await connection.execute(_LOCK)
    await connection.execute(_NO_DEFAULT, appid)
    found = await connection.fetchval(_DEFAULT, appid, now) is not None
    await connection.execute(_RING)
    return found


async def forget_previous_key(connection: asyncpg.Connection, appid: str, *, now: datetime) -> bool:
    """From now on only the current EncodingAESKey opens what arrives."""
    found = await connection.fetchval(_FORGET, appid, now) is not None
    await connection.execute(_RING)
    return found


def _changes(new: NewAccount, held: AccountRecord | None) -> dict[str, object]:
    """What the table does not say yet."""
    given = {name: getattr(new, name) for name in _GIVEN if getattr(new, name)}
    if held is None:
        return given
    known = {
        "name": held.name,
        "original_id": held.original_id,
        "secret": held.account.secret,
        "token": held.account.token,
        "aes_key": held.account.aes_key,
        "capabilities": held.capabilities,
        "daily_quotas": held.daily_quotas,
    }
    return {name: value for name, value in given.items() if known[name] != value}


_GIVEN = ("name", "original_id", "secret", "token", "aes_key", "capabilities", "daily_quotas")


def _sealed(ring: KeyRing, changed: Mapping[str, object], name: str) -> bytes | None:
    return ring.seal(str(changed[name])) if name in changed else None


def _record(row: asyncpg.Record, ring: KeyRing) -> AccountRecord:
    names = ("secret", "token", "aes_key", "previous_aes_key")
    opened = {name: ring.open(row[name]) if row[name] is not None else None for name in names}
    account = Account(
        row["appid"],
        row["kind"],
        opened["secret"] or "",
        opened["token"] or "",
        opened["aes_key"],
        opened["previous_aes_key"],
        tuple(row["capabilities"]),
    )
    return AccountRecord(
        account=account,
        name=row["name"],
        original_id=row["original_id"],
        capabilities=tuple(row["capabilities"]),
        daily_quotas=row["daily_quotas"],
        is_default=row["is_default"],
        updated_at=row["updated_at"],
        unreadable=tuple(name for name in names if row[name] is not None and opened[name] is None),
    )
