"""customers: proved phone numbers, merges that can be undone, checks of what others may see"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _customers()
    _merges()
    _checks()
    _reviews()
    # Last, because they commit what came before them.
    with op.get_context().autocommit_block():
        _indexes()


def _customers() -> None:
    op.add_column("customers", sa.Column("nickname_chosen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customers", sa.Column("phone_source", sa.Text(), nullable=True))
    op.add_column("customers", sa.Column("phone_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customers", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_customers_merged_into_customers"), "customers", "customers", ["merged_into"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_customers_phone_source"),
        "customers",
        "phone_source IS NULL OR phone_source IN ('agent', 'typed', 'wechat')",
    )
    op.create_check_constraint(
        op.f("ck_customers_verified_phone"), "customers", "phone_verified_at IS NULL OR phone <> ''"
    )
    op.create_check_constraint(op.f("ck_customers_merged_into_another"), "customers", "merged_into <> id")


def _merges() -> None:
    op.create_table(
        "customer_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_role", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merges")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_merges_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["customers.id"], name=op.f("fk_customer_merges_into_id_customers")
        ),
        sa.CheckConstraint("cause IN ('unionid', 'phone', 'staff')", name=op.f("ck_customer_merges_cause")),
        sa.CheckConstraint("customer_id <> into_id", name=op.f("ck_customer_merges_two")),
    )
    op.create_index(
        "uq_customer_merges_live",
        "customer_merges",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_customer_merges_into_id", "customer_merges", ["into_id"])


def _checks() -> None:
    op.create_table(
        "content_checks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appid", sa.Text(), nullable=True),
        sa.Column("trace_id", sa.Text(), nullable=True),
        sa.Column("label", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_checks")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_content_checks_customer_id_customers")
        ),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", name=op.f("uq_content_checks_subject_kind_subject_id")
        ),
        sa.CheckConstraint(
            "subject_kind IN ('nickname', 'comment', 'photo')", name=op.f("ck_content_checks_subject_kind")
        ),
        sa.CheckConstraint("kind IN ('text', 'image')", name=op.f("ck_content_checks_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'passed', 'review', 'risky', 'failed')", name=op.f("ck_content_checks_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by IN ('sieve', 'wechat', 'staff')",
            name=op.f("ck_content_checks_decided_by"),
        ),
    )
    op.create_index(
        "ix_content_checks_due",
        "content_checks",
        ["available_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_content_checks_state", "content_checks", ["state", "id"], postgresql_where=sa.text("state <> 'passed'")
    )
    op.create_index(
        "ix_content_checks_trace_id",
        "content_checks",
        ["trace_id"],
        postgresql_where=sa.text("trace_id IS NOT NULL"),
    )
    op.create_index("ix_content_checks_customer_id", "content_checks", ["customer_id"])


def _reviews() -> None:
    op.add_column("ratings", sa.Column("service_point_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ratings_service_point_id_service_points"),
        "ratings",
        "service_points",
        ["service_point_id"],
        ["id"],
    )
    op.execute(
        """
        UPDATE ratings r SET service_point_id = t.service_point_id
          FROM tickets t WHERE t.id = r.ticket_id AND t.service_point_id IS NOT NULL
        """
    )


def _indexes() -> None:
    op.create_index(
        "ix_attachments_customer_id",
        "attachments",
        ["customer_id"],
        postgresql_where=sa.text("customer_id IS NOT NULL"),
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_sessions_customer_id",
        "sessions",
        ["customer_id"],
        postgresql_where=sa.text("customer_id IS NOT NULL"),
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_customers_phone",
        "customers",
        ["phone"],
        postgresql_where=sa.text("phone <> ''"),
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_customers_phone_ending",
        "customers",
        [sa.text("reverse(phone) text_pattern_ops")],
        postgresql_where=sa.text("phone <> ''"),
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_customers_nickname",
        "customers",
        [sa.text("nickname text_pattern_ops")],
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_customers_merged_into",
        "customers",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_customers_from_wechat",
        "customers",
        ["id"],
        postgresql_where=sa.text("phone_source = 'wechat'"),
        postgresql_concurrently=True,
    )
    op.create_index(
        "ix_ratings_customer_id", "ratings", ["customer_id"], postgresql_concurrently=True
    )
    op.create_index(
        "ix_ratings_service_point_id",
        "ratings",
        ["service_point_id", "created_at", "ticket_id"],
        postgresql_concurrently=True,
    )


def downgrade() -> None:
    op.drop_index("ix_sessions_customer_id", "sessions")
    op.drop_index("ix_attachments_customer_id", "attachments")
    op.drop_index("ix_ratings_service_point_id", "ratings")
    op.drop_index("ix_ratings_customer_id", "ratings")
    op.drop_constraint(op.f("fk_ratings_service_point_id_service_points"), "ratings")
    op.drop_column("ratings", "service_point_id")
    op.drop_table("content_checks")
    op.drop_table("customer_merges")
    for name in ("from_wechat", "merged_into", "nickname", "phone_ending", "phone"):
        op.drop_index(f"ix_customers_{name}", "customers")
    op.drop_column("customers", "merged_into")
    op.drop_column("customers", "phone_verified_at")
    op.drop_column("customers", "phone_source")
    op.drop_column("customers", "nickname_chosen_at")
