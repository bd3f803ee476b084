"""A quote as its row says."""

import asyncpg

from app.domain.situation import Quote, QuoteLine, QuoteState

_BY_ID = """
SELECT id AS quote_id, version AS quote_version, state AS quote_state, total_fen, lines, base_id AS quote_base_id,
       reviewed_at AS quote_reviewed_at, review_note
  FROM quotes WHERE id = $1
"""


async def quote_of(connection: asyncpg.Connection, quote_id: int) -> Quote:
    return quote_in(await connection.fetchrow(_BY_ID, quote_id))


def quote_in(row: asyncpg.Record) -> Quote:
    """Of a row with the columns under these names, such as that of ``load``."""
    return Quote(
        id=row["quote_id"],
        version=row["quote_version"],
        state=QuoteState(row["quote_state"]),
        total_fen=row["total_fen"],
        lines=tuple(QuoteLine(**line) for line in row["lines"]),
        base_id=row["quote_base_id"],
        reviewed_at=row["quote_reviewed_at"],
        review_note=row["review_note"],
    )
