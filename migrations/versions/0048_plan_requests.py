"""plan requests: a row for each who asks, so that nobody waits for another who asks for the same day"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("pk_plan_requests", "plan_requests")
    op.add_column("plan_requests", sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False))
    op.create_primary_key("pk_plan_requests", "plan_requests", ["id"])


def downgrade() -> None:
    op.execute(
        "DELETE FROM plan_requests r USING plan_requests o"
        " WHERE r.service_point_id = o.service_point_id AND r.day = o.day AND r.id > o.id"
    )
    op.drop_constraint("pk_plan_requests", "plan_requests")
    op.drop_column("plan_requests", "id")
    op.create_primary_key("pk_plan_requests", "plan_requests", ["service_point_id", "day"])
