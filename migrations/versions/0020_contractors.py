"""contractors: others whose engineers work in our name, their dispatchers, and what may go to them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STAFF_ROLES = "'engineer', 'agent', 'manager', 'admin'"
ACTORS = "'customer', 'agent', 'engineer', 'manager', 'admin', 'system'"
SERVICES = "'repair', 'installation', 'cleaning', 'maintenance', 'consultation', 'complaint'"
FROZEN = """
CREATE TRIGGER tr_contractor_terms_frozen BEFORE UPDATE OR DELETE ON contractor_terms
FOR EACH ROW EXECUTE FUNCTION written_once()
"""


def upgrade() -> None:
    op.create_table(
        "contractors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contractors")),
        sa.UniqueConstraint("name", name=op.f("uq_contractors_name")),
    )
    op.create_table(
        "contractor_terms",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("service_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("warranties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contractor_id", "version", name=op.f("pk_contractor_terms")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractors.id"], name=op.f("fk_contractor_terms_contractor_id_contractors")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["staff.id"], name=op.f("fk_contractor_terms_published_by_staff")
        ),
        sa.CheckConstraint(
            f"service_types <@ ARRAY[{SERVICES}]", name=op.f("ck_contractor_terms_service_types")
        ),
        sa.CheckConstraint(
            "warranties <@ ARRAY['in', 'out', 'unknown']", name=op.f("ck_contractor_terms_warranties")
        ),
    )
    op.execute(FROZEN)
    op.add_column("staff", sa.Column("contractor_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_staff_contractor_id_contractors"), "staff", "contractors", ["contractor_id"], ["id"]
    )
    op.create_index(
        "ix_staff_contractor_id",
        "staff",
        ["contractor_id"],
        postgresql_where=sa.text("contractor_id IS NOT NULL"),
    )
    _roles(STAFF_ROLES + ", 'contractor'", ACTORS + ", 'contractor'")
    op.create_check_constraint(
        op.f("ck_staff_contractor"),
        "staff",
        "role = 'engineer' OR (role = 'contractor') = (contractor_id IS NOT NULL)",
    )


def _roles(staff: str, actors: str) -> None:
    for table, column, words in (("staff", "role", staff), ("ticket_events", "actor_role", actors)):
        name = op.f(f"ck_{table}_{column}")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, f"{column} IN ({words})")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_staff_contractor"), "staff")
    # Whoever dispatched for others has nothing to do here any more; what he did stays told.
    op.execute("UPDATE staff SET active = FALSE, role = 'agent' WHERE role = 'contractor'")
    op.execute("UPDATE ticket_events SET actor_role = 'agent' WHERE actor_role = 'contractor'")
    _roles(STAFF_ROLES, ACTORS)
    op.drop_column("staff", "contractor_id")
    op.drop_table("contractor_terms")
    op.drop_table("contractors")
