"""What a person agreed to receive: one accept, one message. The platform counts, and tells nobody the count."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from sandbox.errors import PlatformError
from sandbox.people import Identity
from sandbox.store import Store
from sandbox.world import World

Decision = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class Consent:
    appid: str
    openid: str
    user: str
    template_id: str
    count: int
    # What "always keep this choice" holds: accept, reject, or "" while the sheet still asks.
    always: str
    # Turned off in the settings of the service notice.
    blocked: bool
    updated_at: float


_SELECT = (
    "SELECT c.*, i.user_id FROM consents c JOIN identities i ON i.appid = c.appid AND i.openid = c.openid"
)


def find(store: Store, who: Identity, template_id: str) -> Consent | None:
    row = store.one(
        f"{_SELECT} WHERE c.appid = ? AND c.openid = ? AND c.template_id = ?",
        who.appid,
        who.openid,
        template_id,
    )
    return None if row is None else _consent(row)


def listed(store: Store, *, user: str | None = None, appid: str | None = None) -> list[Consent]:
    rows = store.all(
        f"{_SELECT} WHERE (? IS NULL OR i.user_id = ?) AND (? IS NULL OR c.appid = ?)"
        " ORDER BY c.updated_at DESC LIMIT 5000",
        user,
        user,
        appid,
        appid,
    )
    return [_consent(row) for row in rows]


def decide(world: World, who: Identity, template_id: str, decision: Decision, *, always: bool) -> None:
    """An accept adds one; a reject takes nothing away that was given before."""
    world.store.run(
        "INSERT INTO consents (appid, openid, template_id, remaining, always, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (appid, openid, template_id) DO UPDATE SET"
        " remaining = remaining + excluded.remaining, updated_at = excluded.updated_at,"
        " always = CASE WHEN excluded.always <> '' THEN excluded.always ELSE always END",
        who.appid,
        who.openid,
        template_id,
        int(decision == "accept"),
        decision if always else "",
        world.clock.now(),
    )


def give(world: World, who: Identity, template_id: str, times: int) -> None:
    for _ in range(times):
        decide(world, who, template_id, "accept", always=False)


def block(world: World, who: Identity, template_id: str, *, blocked: bool) -> None:
    """Turning a template off forgets what was given; turning it on again gives nothing back."""
    world.store.run(
        "INSERT INTO consents (appid, openid, template_id, remaining, blocked, updated_at)"
        " VALUES (?, ?, ?, 0, ?, ?) ON CONFLICT (appid, openid, template_id) DO UPDATE SET"
        " remaining = CASE WHEN excluded.blocked THEN 0 ELSE remaining END, blocked = excluded.blocked,"
        " always = '', updated_at = excluded.updated_at",
        who.appid,
        who.openid,
        template_id,
        blocked,
        world.clock.now(),
    )


def use(store: Store, who: Identity, template_id: str) -> None:
    """Spend one, or refuse with 43101."""
    used = store.run(
        "UPDATE consents SET remaining = remaining - 1"
        " WHERE appid = ? AND openid = ? AND template_id = ? AND remaining > 0 AND NOT blocked",
        who.appid,
        who.openid,
        template_id,
    )
    if used.rowcount == 0:
        raise PlatformError(43101)


def _consent(row: sqlite3.Row) -> Consent:
    return Consent(
        appid=row["appid"],
        openid=row["openid"],
        user=row["user_id"],
        template_id=row["template_id"],
        count=row["remaining"],
        always=row["always"],
        blocked=bool(row["blocked"]),
        updated_at=row["updated_at"],
    )
