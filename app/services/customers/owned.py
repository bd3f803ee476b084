"""Everything that belongs to a customer, table by table: what moves when two customers turn out to be one.

A test reads the catalogue of the database, so that no table with a customer in it is ever missing here.
"""

from dataclasses import dataclass, field
from typing import Any

import asyncpg


@dataclass(frozen=True)
class Owned:
    name: str
    table: str
    key: str
    key_type: str
    column: str = "customer_id"
    # What hangs on a ticket goes wherever that goes, also what came to it after a merge. It is found by the ticket:
    # some of these tables are long, and have no index on people.
    with_ticket: bool = False
    # And what hangs on an appliance, likewise.
    with_asset: bool = False
    # Some of them hang on no ticket: a condition on ``x``. These go with the customer.
    loose: str = ""
    # What the survivor has already, so that a second one stays behind: a condition on ``x``.
    twice: str = ""

    def of(self, customer: str, keeper: str) -> str:
        """A condition on ``x``: it is ``customer``'s, where his tickets may already be ``keeper``'s."""
        mine = f"x.{self.column} = {customer}"
        if not self.with_ticket:
            return mine
        loose = f" OR {self.loose}" if self.loose else ""
        theirs = f"SELECT t.id FROM tickets t WHERE t.customer_id IN ({customer}, {keeper})"
        return f"{mine} AND (x.ticket_id IN ({theirs}){loose})"

    def movable(self, customer: str, keeper: str) -> str:
        """As ``of``, without what the keeper has already."""
        condition = self.of(customer, keeper)
        return f"{condition} AND NOT ({self.twice.format(keeper=keeper)})" if self.twice else condition


OWNED: tuple[Owned, ...] = (
    Owned("tickets", "tickets", "id", "bigint"),
    # A serial number that both have is one appliance.
    Owned(
        "assets",
        "assets",
        "id",
        "uuid",
        twice="""x.serial_number <> '' AND EXISTS (SELECT FROM assets kept WHERE kept.customer_id = {keeper}
                                                  AND kept.serial_number = x.serial_number)""",
    ),
    Owned("given", "asset_transfers", "id", "uuid", column="from_customer_id"),
    Owned("received", "asset_transfers", "id", "uuid", column="to_customer_id"),
    Owned("households", "households", "id", "uuid", column="owner_id"),
    Owned(
        "memberships",
        "household_members",
        "id",
        "uuid",
        twice="""EXISTS (SELECT FROM household_members kept WHERE kept.customer_id = {keeper}
                          AND kept.household_id = x.household_id)""",
    ),
    Owned("identities", "wechat_identities", "id", "bigint"),
    # A photo may have been uploaded and not yet used.
    Owned("photos", "attachments", "id", "uuid", with_ticket=True, loose="x.ticket_id IS NULL"),
    Owned("ratings", "ratings", "ticket_id", "bigint", with_ticket=True),
    # For an appliance that both have, one of them gets points: its own stay with the one that stays behind.
    Owned(
        "points",
        "member_points",
        "id",
        "bigint",
        with_ticket=True,
        with_asset=True,
        loose="x.ticket_id IS NULL",
        twice="""x.asset_id IS NOT NULL AND EXISTS (
                     SELECT FROM assets a JOIN assets kept ON kept.customer_id = {keeper}
                                                          AND kept.serial_number = a.serial_number
                      WHERE a.id = x.asset_id AND a.customer_id = x.customer_id AND a.serial_number <> '')""",
    ),
    Owned("urgings", "urgings", "id", "bigint", with_ticket=True),
    Owned("pushes", "outbox", "id", "bigint", column="recipient_id", with_ticket=True),
    Owned("sessions", "sessions", "id", "uuid"),
    Owned("bans", "engineer_bans", "id", "uuid"),
    Owned("silences", "call_refusals", "id", "uuid"),
    Owned("agreed", "privacy_consents", "id", "bigint"),
    Owned("checks", "content_checks", "id", "bigint"),
    # Those who were merged into the one that now goes: they follow, so that one step always leads to the survivor.
    Owned("earlier", "customers", "id", "uuid", column="merged_into"),
)
# Requests that a customer may be repeating just now, by the kind of their idempotency key.
KEYED = ("tickets", "assets", "households", "urgings", "attachments", "messages", "complaints")

# Of an appliance that both have, the survivor's stays, and the other's tickets point to it.
_FOLD = """
UPDATE tickets t SET asset_id = kept.id
  FROM assets gone JOIN assets kept ON kept.customer_id = $2 AND kept.serial_number = gone.serial_number
 WHERE gone.customer_id = $1 AND gone.serial_number <> '' AND t.asset_id = gone.id
RETURNING t.id::text AS ticket, gone.id::text AS gone, kept.id::text AS kept
"""
# Who reported a ticket tells whether the customer did it himself (the figures count that).
_AUTHOR = ", created_by = CASE WHEN x.created_by = $1::text THEN $2::text ELSE x.created_by END"
_KEYS = """
UPDATE idempotency_keys k SET scope = m.after
  FROM unnest($1::text[], $2::text[]) AS m (before, after)
 WHERE k.scope = m.before
   AND NOT EXISTS (SELECT FROM idempotency_keys o WHERE o.scope = m.after AND o.key = k.key)
"""


@dataclass(frozen=True)
class Folded:
    ticket: str
    gone: str
    kept: str


@dataclass(frozen=True)
class Moved:
    """Keys by name of ``OWNED``, and which ticket was pointed from which appliance to which."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    folded: list[Folded] = field(default_factory=list)
    # What the survivor took over because it had none: "phone", "nickname".
    taken: list[str] = field(default_factory=list)

    def of(self, name: str) -> list[str]:
        return self.rows.get(name, [])

    def document(self) -> dict[str, Any]:
        folded = [[each.ticket, each.gone, each.kept] for each in self.folded]
        return {"rows": self.rows, "folded": folded, "taken": self.taken}

    @classmethod
    def read(cls, document: dict[str, Any]) -> "Moved":
        return cls(document["rows"], [Folded(*each) for each in document["folded"]], document["taken"])

    def plus(self, more: "Moved") -> "Moved":
        names = self.rows.keys() | more.rows.keys()
        rows = {name: [*self.of(name), *more.of(name)] for name in sorted(names)}
        return Moved(rows, [*self.folded, *more.folded], [*self.taken, *more.taken])

    @property
    def is_empty(self) -> bool:
        return not any(self.rows.values()) and not self.folded


async def move(connection: asyncpg.Connection, source: object, target: object) -> Moved:
    """Give all that is ``source``'s to ``target``; both rows are locked by the caller."""
    folded = [Folded(**dict(row)) for row in await connection.fetch(_FOLD, source, target)]
    rows = {}
    for owned in OWNED:
        moved = await connection.fetch(_statement(owned), source, target)
        if moved:
            rows[owned.name] = [row["key"] for row in moved]
    before, after = ([f"{kind}:customer:{who}" for kind in KEYED] for who in (source, target))
    await connection.execute(_KEYS, before, after)
    return Moved(rows, folded)


def _statement(owned: Owned) -> str:
    more = _AUTHOR if owned.name == "tickets" else ""
    return (
        f"UPDATE {owned.table} x SET {owned.column} = $2::uuid{more} "
        f"WHERE {owned.movable('$1::uuid', '$2::uuid')} RETURNING x.{owned.key}::text AS key"
    )
