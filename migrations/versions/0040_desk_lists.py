"""desk lists: open tickets in the order of the desk, and phones from their end"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

PRESSING = "array_position(ARRAY['systemic', 'critical', 'urgent', 'normal'], priority)"
BUSY = (
    "state IN ('accepted', 'dispatching', 'en_route', 'in_repair', 'offered', 'on_site', "
    "'pending_info', 'quote_pending', 'scheduled', 'submitted', 'suspended', 'unresolved', 'waiting_parts')"
)


def upgrade() -> None:
    op.create_index(
        "ix_tickets_desk", "tickets", [sa.text(PRESSING), "promised_at", "id"], postgresql_where=sa.text(BUSY)
    )
    op.create_index("ix_tickets_phone_end", "tickets", [sa.text("reverse(contact_phone)")])


def downgrade() -> None:
    op.drop_index("ix_tickets_phone_end", "tickets")
    op.drop_index("ix_tickets_desk", "tickets")
