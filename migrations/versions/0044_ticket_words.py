"""ticket words: two characters of a ticket find it, in Chinese too

PostgreSQL has no words for Chinese, and trigrams ask for three letters where two characters say it all.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0040"
branch_labels = None
depends_on = None

# Single characters belong to it as well: whoever types one finds it as fast.
PAIRS_OF = """
CREATE FUNCTION pairs_of(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(array_agg(DISTINCT piece), '{}')
  FROM (SELECT each, lead(each) OVER (ORDER BY n) AS next
          FROM unnest(string_to_array(said, NULL)) WITH ORDINALITY AS c (each, n)) AS neighbours,
       unnest(ARRAY[each, each || next]) AS piece
 WHERE piece !~ '\\s'
$$
"""
REMEMBERED = (
    "lower(fault || E'\\n' || contact_name || E'\\n' || serial_number || E'\\n' || model || E'\\n'"
    " || coalesce(address->>'detail', ''))"
)


def upgrade() -> None:
    op.execute(PAIRS_OF)
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_tickets_pairs",
            "tickets",
            [sa.text(f"pairs_of({REMEMBERED})")],
            postgresql_using="gin",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_tickets_pairs", "tickets")
    op.execute("DROP FUNCTION pairs_of(text)")
