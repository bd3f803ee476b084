"""visits: the event that ended each of them"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Of the events after the booking, the first that ends a visit in this way.
_BACKFILL = """
UPDATE visits v
   SET ended_seq = (SELECT min(e.seq) FROM ticket_events e
                     WHERE e.ticket_id = v.ticket_id AND e.at > v.created_at AND e.event = ANY (CASE v.state
                        WHEN 'rescheduled' THEN ARRAY['rebook']
                        WHEN 'no_access' THEN ARRAY['no_access']
                        WHEN 'engineer_no_show' THEN ARRAY['engineer_no_show']
                        WHEN 'cancelled' THEN ARRAY['reassign', 'suspend', 'abort_visit', 'cancel', 'merge']
                        ELSE ARRAY['finish', 'fail', 'need_parts', 'decline_quote'] END))
 WHERE v.state IN ('rescheduled', 'no_access', 'engineer_no_show', 'cancelled', 'done')
"""


def upgrade() -> None:
    op.add_column("visits", sa.Column("ended_seq", sa.BigInteger(), nullable=True))
    op.execute(_BACKFILL)


def downgrade() -> None:
    op.drop_column("visits", "ended_seq")
