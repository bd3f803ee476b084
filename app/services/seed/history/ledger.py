"""Everything that the past has left in the database, gathered first and written at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import asyncpg

from app.domain.membership.rules import Rules, read

Row = tuple[object, ...]

# In the order in which foreign keys allow it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "tickets": (
        "id", "number", "version", "seq", "state", "service_type", "category", "fault", "brand", "model",
        "serial_number", "occurred_at", "on_site", "priority", "warranty", "customer_id", "asset_id",
        "service_point_id", "created_by", "contact_name", "contact_phone", "address", "preferred_windows",
        "diagnosis", "required_skill", "required_licences", "standard_minutes", "missing", "engineer_id",
        "visit_id", "offer_id", "quote_id", "declined_by", "rebooked_by_customer", "reopened", "urged",
        "parts_due", "resume_at", "merged_into", "call_out_fen", "call_out_waived", "empty_trip_fen",
        "warranty_decision", "promised_at",
        "promise", "wake_at", "wake_step", "created_at", "entered_at", "completed_at", "closed_at",
    ),
    "ticket_events": (
        "ticket_id", "seq", "event", "from_state", "state", "actor_role", "actor_id", "text", "data", "at",
    ),
    "clock_segments": ("ticket_id", "clock", "from_seq", "mode", "started_at", "ended_at"),
    "promises": (
        "ticket_id", "seq", "first_seq", "step", "promised_at", "text", "basis", "inputs", "at", "look_at",
    ),
    "offers": (
        "id", "ticket_id", "engineer_id", "state", "cost_minutes", "reasons", "runners_up", "suggested",
        "decline_reason", "offered_by", "created_at", "expires_at", "decided_at",
    ),
    "visits": (
        "id", "ticket_id", "engineer_id", "state", "promised", "planned", "latitude", "longitude",
        "arrival_code", "departed_at", "arrived_at", "started_at", "finished_at", "ended_seq", "created_at",
    ),
    "quotes": (
        "id", "ticket_id", "version", "state", "lines", "total_fen", "engineer_id", "created_at", "decided_at",
    ),
    "part_orders": ("ticket_id", "name", "quantity", "ordered_by", "ordered_at", "due_at", "arrived_at", "state"),
    "completions": (
        "ticket_id", "seq", "visit_id", "engineer_id", "fault_code", "solution", "parts", "old_parts",
        "charge_fen", "finished_at",
    ),
    "receipts": (
        "ticket_id", "seq", "document", "sha256", "total_fen", "call_out_fen", "agreed_fen", "issued_at",
    ),
    "warranties": (
        "asset_id", "kind", "component", "fault", "begins_on", "ends_on", "policy_version", "source", "ticket_id",
        "created_at",
    ),
    "ratings": (
        "ticket_id", "customer_id", "engineer_id", "attitude", "expertise", "timeliness", "conduct", "comment",
        "created_at", "service_point_id",
    ),
    "member_points": (
        "customer_id", "change", "reason", "ticket_id", "seq", "rules_version", "at", "earned_at",
    ),
    "content_checks": (
        "subject_kind", "subject_id", "kind", "customer_id", "state", "available_at", "decided_by", "checked_at",
        "created_at",
    ),
    "urgings": (
        "ticket_id", "customer_id", "at", "reason", "promised_at", "promise", "n", "owner_id", "due_at", "answered_at",
        "answered_by", "escalated_at", "lapsed_at",
    ),
    "attachments": (
        "id", "customer_id", "staff_id", "ticket_id", "visit_id", "purpose", "item", "sha256", "media_type", "size",
        "width", "height", "created_at",
    ),
    "checklist_entries": ("visit_id", "item", "value", "staff_id", "noted_at"),
    "completion_proofs": (
        "visit_id", "kind", "total_fen", "quote_version", "attachment_id", "staff_id", "proved_at",
    ),
    "outbox": (
        "id", "ticket_id", "seq", "kind", "recipient", "recipient_id", "slots", "state", "available_at",
        "fence", "attempts", "client_msg_id", "msgid", "trace_id", "created_at", "settled_at", "channel", "read_at",
    ),
    "push_attempts": ("push_id", "fence", "started_at", "finished_at", "outcome", "channel"),
}  # fmt: skip

# Tables whose ids come from a sequence, and how many of them a ticket may need at most.
_NUMBERED = {"tickets": 1, "offers": 3, "visits": 4, "quotes": 2, "outbox": 60}
_RULES = "SELECT version, document FROM membership_rules ORDER BY version DESC LIMIT 1"
_RESERVE = "SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2::bigint)"


@dataclass(frozen=True)
class Ledger:
    """Rows by table, and ids that nobody else gets. ``rules``: by which customers earned their points, if they did."""

    ids: dict[str, Iterator[int]]
    rules: Rules | None
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def add(self, table: str, *values: object) -> None:
        self.rows[table].append(values)

    def next_id(self, table: str) -> int:
        return next(self.ids[table])


async def open_ledger(connection: asyncpg.Connection, tickets: int) -> Ledger:
    ids: dict[str, Iterator[int]] = {}
    for table, each in _NUMBERED.items():
        rows = await connection.fetch(_RESERVE, table, tickets * each)
        ids[table] = iter([row[0] for row in rows])
    rules = await connection.fetchrow(_RULES)
    return Ledger(ids, read(rules["version"], rules["document"]) if rules else None)


async def write_ledger(connection: asyncpg.Connection, ledger: Ledger) -> None:
    for table, columns in COLUMNS.items():
        await connection.copy_records_to_table(table, records=ledger.rows[table], columns=columns)
