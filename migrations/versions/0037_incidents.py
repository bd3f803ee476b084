"""incidents: bursts of reports that were noticed, and the task forces about them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"], postgresql_using="brin")
    _incidents()
    _tickets()
    _people_and_entries()
    _reviews()


def _incidents() -> None:
    op.create_table('incidents',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('service_point_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('anchor_id', sa.BigInteger(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('swept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('broadcast_n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('promised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_update_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wake_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('solution', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('dismissed_reason', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('silent_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mitigated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'dismissed') = (dismissed_at IS NOT NULL)", name=op.f('ck_incidents_dismissed')),
    sa.CheckConstraint("(state = 'reviewed') = (reviewed_at IS NOT NULL)", name=op.f('ck_incidents_reviewed')),
    sa.CheckConstraint("(state IN ('open', 'fixing', 'watching')) = (next_update_at IS NOT NULL)", name=op.f('ck_incidents_next_update')),
    sa.CheckConstraint("(state IN ('resolved', 'reviewed')) = (resolved_at IS NOT NULL) AND (resolved_at IS NULL OR solution <> '' AND review_due_at IS NOT NULL)", name=op.f('ck_incidents_resolved')),
    sa.CheckConstraint("dismissed_at IS NULL OR dismissed_reason <> ''", name=op.f('ck_incidents_reason')),
    sa.CheckConstraint("severity IN ('partial', 'wide', 'outage')", name=op.f('ck_incidents_severity')),
    sa.CheckConstraint("state IN ('proposed', 'dismissed') OR owner_id IS NOT NULL", name=op.f('ck_incidents_owner')),
    sa.CheckConstraint("state IN ('proposed', 'open', 'fixing', 'watching', 'resolved', 'reviewed', 'dismissed')", name=op.f('ck_incidents_state')),
    sa.ForeignKeyConstraint(['anchor_id'], ['tickets.id'], name=op.f('fk_incidents_anchor_id_tickets')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_incidents_owner_id_staff')),
    sa.ForeignKeyConstraint(['service_point_id'], ['service_points.id'], name=op.f('fk_incidents_service_point_id_service_points')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents')),
    sa.UniqueConstraint('number', name=op.f('uq_incidents_number'))
    )
    op.create_index('ix_incidents_proposed_at', 'incidents', ['proposed_at', 'id'], unique=False)
    op.create_index('ix_incidents_wake_at', 'incidents', ['wake_at'], unique=False, postgresql_where=sa.text('wake_at IS NOT NULL'))
    op.create_index('uq_incidents_live_key', 'incidents', ['category', 'fault', 'service_point_id'], unique=True, postgresql_nulls_not_distinct=True, postgresql_where=sa.text("state IN ('fixing', 'open', 'proposed', 'watching')"))


def _tickets() -> None:
    op.create_table('incident_tickets',
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('attached_by', sa.Text(), nullable=False),
    sa.Column('attached_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('pushed_n', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.CheckConstraint("how IN ('burst', 'match', 'hand')", name=op.f('ck_incident_tickets_how')),
    sa.CheckConstraint("outcome <> 'detached' OR reason <> ''", name=op.f('ck_incident_tickets_reason')),
    sa.CheckConstraint("outcome IN ('moved', 'stayed', 'over', 'detached', 'dismissed')", name=op.f('ck_incident_tickets_outcome')),
    sa.CheckConstraint('(ended_at IS NULL) = (outcome IS NULL)', name=op.f('ck_incident_tickets_ended')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_incident_tickets_incident_id_incidents')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_incident_tickets_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('incident_id', 'ticket_id', name=op.f('pk_incident_tickets'))
    )
    op.create_index('ix_incident_tickets_at_work', 'incident_tickets', ['incident_id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_incident_tickets_ticket_id', 'incident_tickets', ['ticket_id'], unique=False)
    op.create_index('uq_incident_tickets_live', 'incident_tickets', ['ticket_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))


def _people_and_entries() -> None:
    op.create_table('incident_members',
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_incident_members_incident_id_incidents')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_incident_members_staff_id_staff')),
    sa.PrimaryKeyConstraint('incident_id', 'staff_id', name=op.f('pk_incident_members'))
    )
    op.create_table('incident_entries',
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('actor_role', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("actor_role IN ('customer', 'agent', 'engineer', 'manager', 'admin', 'contractor', 'system')", name=op.f('ck_incident_entries_actor_role')),
    sa.CheckConstraint("kind IN ('proposed', 'accepted', 'dismissed', 'member', 'member_left', 'attached', 'detached', 'broadcast', 'stage', 'note', 'update_late', 'resolved', 'settled', 'review', 'review_late', 'returned', 'reviewed', 'action', 'action_done')", name=op.f('ck_incident_entries_kind')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_incident_entries_incident_id_incidents')),
    sa.PrimaryKeyConstraint('incident_id', 'n', name=op.f('pk_incident_entries'))
    )


def _reviews() -> None:
    op.create_table('incident_reviews',
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('course', sa.Text(), nullable=False),
    sa.Column('better', sa.Text(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'written') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)", name=op.f('ck_incident_reviews_decided')),
    sa.CheckConstraint("cause <> '' AND course <> '' AND better <> ''", name=op.f('ck_incident_reviews_told')),
    sa.CheckConstraint("state IN ('written', 'returned', 'approved')", name=op.f('ck_incident_reviews_state')),
    sa.CheckConstraint('decided_by <> written_by', name=op.f('ck_incident_reviews_two')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_incident_reviews_decided_by_staff')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_incident_reviews_incident_id_incidents')),
    sa.ForeignKeyConstraint(['written_by'], ['staff.id'], name=op.f('fk_incident_reviews_written_by_staff')),
    sa.PrimaryKeyConstraint('incident_id', name=op.f('pk_incident_reviews'))
    )
    op.create_table('incident_actions',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("text <> ''", name=op.f('ck_incident_actions_told')),
    sa.ForeignKeyConstraint(['incident_id'], ['incidents.id'], name=op.f('fk_incident_actions_incident_id_incidents')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_incident_actions_owner_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_actions'))
    )
    op.create_index('ix_incident_actions_incident_id', 'incident_actions', ['incident_id', 'id'], unique=False)


def downgrade() -> None:
    for table in (
        "incident_actions",
        "incident_reviews",
        "incident_entries",
        "incident_members",
        "incident_tickets",
        "incidents",
    ):
        op.drop_table(table)
    op.drop_index("ix_tickets_created_at", "tickets")
