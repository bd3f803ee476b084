"""What task forces say of somebody whose ticket they had: they are about many, so only the lines that name him go.

``$1`` are the keys of his tickets, whose names, numbers and addresses are still there: before those go.
"""

from app.services.privacy.erasure import Erasure

# His own words for himself; a single letter would be found everywhere.
_HIS = """
    SELECT DISTINCT word FROM tickets t,
           unnest(ARRAY[t.contact_name, t.contact_phone, t.address->>'detail', t.serial_number]) AS word
     WHERE t.id = ANY ($1::bigint[]) AND length(word) > 1
"""
_INCIDENTS = "SELECT incident_id FROM incident_tickets WHERE ticket_id = ANY ($1::bigint[])"


def of_incidents(gone: str) -> tuple[Erasure, ...]:
    """In the order in which they have to run; ``gone`` stands where something was."""

    def lines(table: str, column: str, key: str = "incident_id", instead: str = f"'{gone}'") -> Erasure:
        return Erasure(
            "words",
            f"""
            UPDATE {table} SET {column} = {instead}
             WHERE {key} IN ({_INCIDENTS}) AND EXISTS (SELECT FROM ({_HIS}) h WHERE strpos({column}, h.word) > 0)
            """,
        )

    plainly = "coalesce(nullif(concat_ws(' ', nullif(category, ''), nullif(fault, '')), ''), '专案组')"
    return (
        Erasure(
            "answers",
            f"""
            DELETE FROM idempotency_keys k WHERE (k.scope LIKE 'incident%' OR k.scope LIKE 'ticket-routes:%')
               AND EXISTS (SELECT FROM ({_HIS}) h WHERE strpos(k.response::text, h.word) > 0)
            """,
        ),
        lines("incidents", "title", "id", plainly),
        lines("incidents", "solution", "id"),
        lines("incidents", "dismissed_reason", "id"),
        lines("incident_entries", "text"),
        lines("incident_actions", "text"),
        *(lines("incident_reviews", column) for column in ("cause", "course", "better", "note")),
        Erasure(
            "words",
            f"""
            UPDATE incident_tickets SET reason = '{gone}' WHERE ticket_id = ANY ($1::bigint[]) AND reason <> ''
            """,
        ),
    )
