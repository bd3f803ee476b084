"""late actions: when somebody is told again that what he took on in a review is overdue"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0042"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('proposed', 'accepted', 'dismissed', 'member', 'member_left', 'attached', 'detached', 'broadcast', "
    "'stage', 'note', 'update_late', 'resolved', 'settled', 'review', 'review_late', 'returned', 'reviewed', 'action', "
    "'action_done'{more})"
)


def upgrade() -> None:
    op.add_column("incident_actions", sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "incident_actions",
        sa.Column("reminded", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.execute(
        "UPDATE incident_actions SET remind_at = (due_on + 1 + time '09:00') AT TIME ZONE 'Asia/Shanghai'"
        " WHERE done_at IS NULL"
    )
    op.create_index(
        "ix_incident_actions_remind_at",
        "incident_actions",
        ["remind_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_constraint(op.f("ck_incident_entries_kind"), "incident_entries", type_="check")
    op.create_check_constraint(
        op.f("ck_incident_entries_kind"), "incident_entries", KINDS.format(more=", 'action_late'")
    )


def downgrade() -> None:
    op.execute("DELETE FROM incident_entries WHERE kind = 'action_late'")
    op.drop_constraint(op.f("ck_incident_entries_kind"), "incident_entries", type_="check")
    op.create_check_constraint(op.f("ck_incident_entries_kind"), "incident_entries", KINDS.format(more=""))
    op.drop_index("ix_incident_actions_remind_at", "incident_actions")
    op.drop_column("incident_actions", "reminded")
    op.drop_column("incident_actions", "remind_at")
