"""preferences: when a customer wishes to be reached, by whom he wishes to be served, what to know before a visit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("preferences", postgresql.JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_customers_preferences"), "customers", "jsonb_typeof(preferences->'contact_hours') = 'array'"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_customers_preferences"), "customers")
    op.drop_column("customers", "preferences")
