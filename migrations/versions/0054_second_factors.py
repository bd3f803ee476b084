"""second factors of staff, their recovery codes, and the roles that demand one

Nobody has one and no role demands one: everybody signs in as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def _created() -> sa.Column[sa.DateTime]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _created(),
        sa.CheckConstraint("last_step >= 0", name=op.f("ck_second_factors_last_step")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_second_factors_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _created(),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_codes_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "second_factor_roles",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("demanded_by", sa.Uuid(), nullable=False),
        _created(),
        sa.CheckConstraint(
            "role IN ('engineer', 'agent', 'manager', 'admin', 'contractor')",
            name=op.f("ck_second_factor_roles_role"),
        ),
        sa.ForeignKeyConstraint(
            ["demanded_by"], ["staff.id"], name=op.f("fk_second_factor_roles_demanded_by_staff")
        ),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_second_factor_roles")),
    )


def downgrade() -> None:
    op.drop_table("second_factor_roles")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
