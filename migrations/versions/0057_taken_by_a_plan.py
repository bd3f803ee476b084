"""taken by a plan: what was an engineer's before a plan gave it to somebody else is found by his id"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_events_replanned_from",
        "ticket_events",
        [sa.text("(data ->> 'from')")],
        postgresql_where=sa.text("event = 'replanned'"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_events_replanned_from", "ticket_events")
