"""events in the order in which they are followed: also within a transaction that wrote many, as a restore does"""

from alembic import op

revision = "0058"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        _create("ix_ticket_events_followed", "xact", "ticket_id", "seq")
        _drop("ix_ticket_events_xact")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _create("ix_ticket_events_xact", "xact")
        _drop("ix_ticket_events_followed")


def _create(name: str, *columns: str) -> None:
    # One that was broken off is left invalid, and would be taken for made.
    _drop(name)
    op.create_index(name, "ticket_events", list(columns), postgresql_concurrently=True)


def _drop(name: str) -> None:
    op.drop_index(name, "ticket_events", postgresql_concurrently=True, if_exists=True)
