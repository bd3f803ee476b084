"""membership: points as a ledger that is only added to, the rules in versions, which appliances were registered"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0055"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CAUSE = """
CASE reason WHEN 'confirmed' THEN ticket_id IS NOT NULL AND seq IS NOT NULL AND asset_id IS NULL
 WHEN 'rated' THEN ticket_id IS NOT NULL AND seq IS NULL AND asset_id IS NULL
 WHEN 'appliance' THEN ticket_id IS NULL AND seq IS NULL AND asset_id IS NOT NULL
 ELSE ticket_id IS NULL AND seq IS NULL AND asset_id IS NULL AND change <> 0 END
"""
# Whose it is changes when two customers turn out to be one; words go with an account.
KEEP = """
CREATE FUNCTION keep_member_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Points are added to the ledger, never changed or deleted' USING ERRCODE = '55000';
END $$
"""
KEPT = """
CREATE TRIGGER tr_member_points_kept
BEFORE DELETE OR UPDATE OF id, change, reason, ticket_id, seq, asset_id, reverses_id, rules_version, made_by, at,
                          earned_at ON member_points
FOR EACH ROW WHEN (current_setting('huixiang.erasing', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION keep_member_points()
"""


def upgrade() -> None:
    op.add_column("assets", sa.Column("registered_at", MOMENT, nullable=True))
    op.create_table(
        "membership_rules",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_membership_rules"),
    )
    op.create_table(
        "member_points",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("asset_id", sa.Uuid()),
        sa.Column("reverses_id", sa.BigInteger()),
        sa.Column("rules_version", sa.BigInteger()),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("earned_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('confirmed', 'rated', 'appliance', 'correction')", name="ck_member_points_reason"
        ),
        sa.CheckConstraint(CAUSE, name="ck_member_points_cause"),
        sa.CheckConstraint(
            "(reason = 'correction') = (made_by IS NOT NULL)", name="ck_member_points_made_by"
        ),
        sa.CheckConstraint(
            "(rules_version IS NOT NULL) = (reason <> 'correction' AND reverses_id IS NULL)",
            name="ck_member_points_rules_version",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_member_points_customer_id_customers"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_member_points_ticket_id_tickets"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_member_points_asset_id_assets"),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["member_points.id"], name="fk_member_points_reverses_id_member_points"
        ),
        sa.ForeignKeyConstraint(
            ["rules_version"],
            ["membership_rules.version"],
            name="fk_member_points_rules_version_membership_rules",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name="fk_member_points_made_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_member_points"),
    )
    for reason, columns in (
        ("confirmed", ["ticket_id", "seq"]),
        ("rated", ["ticket_id"]),
        ("appliance", ["asset_id"]),
    ):
        op.create_index(
            f"uq_member_points_{reason}",
            "member_points",
            columns,
            unique=True,
            postgresql_where=sa.text(f"reason = '{reason}' AND reverses_id IS NULL"),
        )
    op.create_index(
        "uq_member_points_reverses_id",
        "member_points",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_index("ix_member_points_customer_id", "member_points", ["customer_id", "at", "id"])
    for column in ("ticket_id", "asset_id"):
        op.create_index(
            f"ix_member_points_{column}",
            "member_points",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.execute(KEEP)
    op.execute(KEPT)


def downgrade() -> None:
    op.drop_table("member_points")
    op.execute("DROP FUNCTION keep_member_points()")
    op.drop_table("membership_rules")
    op.drop_column("assets", "registered_at")
