"""What a person leaves on his tickets, and what of it goes. ``$1`` are the keys of the tickets; each may run twice.

What figures, clocks, money and warranties are counted from stays: states, moments, sums, stars, kinds and codes, the
branch and the district. What people wrote, said, photographed and may be recognised by goes.
"""

from app.services.privacy.erasure import Erasure
from app.services.privacy.incidents import of_incidents

GONE = "（客户已注销，内容已删除）"
NAME = "已注销客户"
# Of the data of an event: what queries read, and what says nothing of anybody.
_CODES = ("reason_code", "metric", "mark", "cause", "who", "decision", "service", "category")
_PLACES = ("latitude", "longitude")
# Of a message: what the card needs to say of which service it is.
_SLOTS = ("number", "service", "state", "time", "level")


def _only(column: str, *keys: str) -> str:
    listed = ", ".join(f"'{key}'" for key in keys)
    return f"""(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each({column})
                 WHERE key IN ({listed}))"""


def _plain(column: str) -> str:
    """The numbers, flags and codes of a document."""
    codes, places = (", ".join(f"'{key}'" for key in keys) for keys in (_CODES, _PLACES))
    return f"""(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each({column})
                 WHERE key IN ({codes})
                    OR jsonb_typeof(value) IN ('number', 'boolean') AND key NOT IN ({places}))"""


def _blank(table: str, column: str, word: str = "") -> Erasure:
    return Erasure(
        "words",
        f"UPDATE {table} SET {column} = '{word}' WHERE ticket_id = ANY ($1::bigint[]) AND {column} <> '{word}'",
    )


# The lines of a quote or a receipt, without why something was taken off.
_REASONS = """(SELECT jsonb_agg(line || '{{"discount_reason": ""}}' ORDER BY n)
                 FROM jsonb_array_elements({}) WITH ORDINALITY AS l (line, n))"""

_TICKET = Erasure(
    "tickets",
    f"""
    UPDATE tickets t SET fault = '', contact_name = '{NAME}', contact_phone = '', serial_number = '',
           preferred_windows = '[]', occurred_at = NULL,
           address = CASE WHEN address IS NOT NULL THEN jsonb_build_object(
               'province', address->'province', 'city', address->'city', 'district', address->'district',
               'detail', '', 'latitude', NULL, 'longitude', NULL) END,
           diagnosis = CASE WHEN diagnosis = '{{}}' THEN diagnosis
               ELSE {_only("diagnosis", "category", "fault", "urgency", "parts", "rules")}
                    || '{{"prepare": [], "advice": [], "reasons": []}}' END
     WHERE id = ANY ($1::bigint[])
    """,
)
_EVENTS = Erasure(
    "events",
    f"""
    UPDATE ticket_events SET text = '{GONE}', data = {_plain("data")} WHERE ticket_id = ANY ($1::bigint[])
    """,
)
# What is still on its way goes nowhere any more; a worker that holds it loses its hold.
_PUSHES = Erasure(
    "pushes",
    f"""
    UPDATE outbox SET slots = {_only("slots", *_SLOTS)},
           state = CASE WHEN state IN ('queued', 'leased', 'deferred', 'in_review') THEN 'superseded' ELSE state END,
           reason = CASE WHEN state IN ('queued', 'leased', 'deferred', 'in_review') THEN 'account_deleted'
                         ELSE reason END,
           lease_until = NULL, fence = fence + 1, settled_at = coalesce(settled_at, $2)
     WHERE ticket_id = ANY ($1::bigint[])
    """,
)
_RECEIPTS = Erasure(
    "receipts",
    f"""
    WITH told AS (
        SELECT id, (document::jsonb
                    || jsonb_build_object('appliance', '', 'done', '', 'charge_reason', '',
                                          'lines', coalesce({_REASONS.format("document::jsonb->'lines'")}, '[]')))::text
                   AS document
          FROM receipts WHERE ticket_id = ANY ($1::bigint[])
    )
    UPDATE receipts r SET document = told.document, sha256 = encode(sha256(convert_to(told.document, 'UTF8')), 'hex')
      FROM told WHERE told.id = r.id
    """,
)
# The row of what was taken at a visit says that it was taken, which is in the figures; the file goes.
_KEPT_FILES = Erasure(
    "files",
    """
    WITH kept AS (
        UPDATE attachments SET caption = '', latitude = NULL, longitude = NULL, claimed_at = NULL,
               withdrawn_reason = CASE WHEN withdrawn_at IS NOT NULL THEN '' END
         WHERE ticket_id = ANY ($1::bigint[]) AND visit_id IS NOT NULL RETURNING id
    )
    INSERT INTO file_removals (attachment_id, asked_at) SELECT id, $2 FROM kept ON CONFLICT DO NOTHING
    """,
)
_GONE_FILES = Erasure(
    "files",
    """
    WITH gone AS (
        DELETE FROM attachments WHERE ticket_id = ANY ($1::bigint[]) AND visit_id IS NULL RETURNING id
    )
    INSERT INTO file_removals (attachment_id, asked_at) SELECT id, $2 FROM gone ON CONFLICT DO NOTHING
    """,
)
# The answers that staff got to what they did for him.
_ANSWERS = Erasure(
    "answers",
    """
    DELETE FROM idempotency_keys k
     WHERE EXISTS (SELECT FROM regexp_matches(k.response::text, 'HX[0-9A-Z]{10,}', 'g') AS m (found)
                     JOIN tickets t ON t.number = m.found[1] WHERE t.id = ANY ($1::bigint[]))
        OR k.scope LIKE 'messages:%' AND k.response->>'id' IN
           (SELECT id::text FROM ticket_messages WHERE ticket_id = ANY ($1::bigint[]))
    """,
)

OF_TICKETS: tuple[Erasure, ...] = (
    _ANSWERS,
    *of_incidents(GONE),
    _TICKET,
    _EVENTS,
    _PUSHES,
    Erasure(
        "pushes",
        """
        UPDATE push_attempts SET errmsg = NULL, rid = NULL
         WHERE push_id IN (SELECT id FROM outbox WHERE ticket_id = ANY ($1::bigint[]))
        """,
    ),
    # What other systems answered may repeat what they were told.
    Erasure(
        "webhooks",
        """
        UPDATE webhook_attempts SET answer = NULL, error = NULL
         WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE ticket_id = ANY ($1::bigint[]))
        """,
    ),
    # The number under which another system knows him.
    Erasure("references", "DELETE FROM external_references WHERE ticket_id = ANY ($1::bigint[])"),
    Erasure("messages", "DELETE FROM ticket_messages WHERE ticket_id = ANY ($1::bigint[])"),
    Erasure(
        "messages",
        "UPDATE conversations SET appid = NULL, openid = NULL WHERE ticket_id = ANY ($1::bigint[])",
    ),
    _KEPT_FILES,
    _GONE_FILES,
    _RECEIPTS,
    Erasure(
        "words",
        f"""
        UPDATE quotes SET review_note = '', lines = coalesce({_REASONS.format("lines")}, '[]')
         WHERE ticket_id = ANY ($1::bigint[])
        """,
    ),
    Erasure(
        "visits",
        """
        UPDATE visits SET latitude = NULL, longitude = NULL, link = NULL, arrival_code = '', completion_code = NULL
         WHERE ticket_id = ANY ($1::bigint[])
        """,
    ),
    _blank("completions", "solution"),
    _blank("ratings", "comment"),
    _blank("urgings", "reason"),
    _blank("ticket_routes", "reason"),
    _blank("stock_entries", "note"),
    _blank("ticket_merges", "words"),
    _blank("complaint_cases", "root_cause"),
    _blank("complaint_cases", "remedy"),
    _blank("kpi_appeals", "reason"),
    _blank("empty_trips", "waived_reason"),
    Erasure(
        "words",
        f"UPDATE kpi_appeals SET note = '{GONE}' WHERE ticket_id = ANY ($1::bigint[]) AND note <> ''",
    ),
    Erasure("links", "UPDATE complaint_cases SET link = NULL WHERE ticket_id = ANY ($1::bigint[])"),
    Erasure(
        "words",
        """
        UPDATE case_steps SET text = '', result = ''
         WHERE case_id IN (SELECT id FROM complaint_cases WHERE ticket_id = ANY ($1::bigint[]))
        """,
    ),
    Erasure(
        "words",
        """
        UPDATE follow_up_calls SET note = ''
         WHERE follow_up_id IN (SELECT id FROM follow_ups WHERE ticket_id = ANY ($1::bigint[]))
        """,
    ),
    Erasure(
        "log",
        """
        UPDATE audit_log l SET reason = '' FROM tickets t
         WHERE t.id = ANY ($1::bigint[]) AND l.subject = t.number AND l.reason <> ''
        """,
    ),
)
