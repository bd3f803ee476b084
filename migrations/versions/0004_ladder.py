"""the ladder: channels of a push, consents, reply windows, the inbox"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = ("queued", "leased", "accepted", "delivered", "in_review", "dead", "superseded")
_NEW_STATES = (*_STATES[:5], "deferred", "inbox", "parked", *_STATES[5:])
_NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    _outbox()
    _consents()
    op.create_table(
        "reply_windows",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", _NOW, nullable=False),
        sa.Column("until", _NOW, nullable=False),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_reply_windows_remaining")),
        sa.PrimaryKeyConstraint("appid", "openid", "kind", name=op.f("pk_reply_windows")),
    )
    # Last, since each commits what came before it: the outbox may be large, and nobody should wait for an index.
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE outbox VALIDATE CONSTRAINT ck_outbox_state")
        _index("ix_outbox_recipient", ["recipient_id", "id"])
        _index("ix_outbox_parked", ["id"], "state = 'parked'")
        _index("ix_outbox_deferred", ["available_at"], "state = 'deferred'")


def downgrade() -> None:
    for name in ("ix_outbox_deferred", "ix_outbox_parked", "ix_outbox_recipient"):
        op.drop_index(name, table_name="outbox")
    for table in ("reply_windows", "consent_balances", "consent_entries"):
        op.drop_table(table)
    # The older code knows none of these states; what is in the inbox was not delivered outside it.
    op.execute("UPDATE outbox SET state = 'queued' WHERE state = 'deferred'")
    op.execute("UPDATE outbox SET state = 'dead' WHERE state IN ('inbox', 'parked')")
    _words_of_state(_STATES)
    for column in ("read_at", "deferred_at", "bundle", "appid", "channel"):
        op.drop_column("outbox", column)
    for column in ("appid", "channel"):
        op.drop_column("push_attempts", column)


def _outbox() -> None:
    op.add_column("outbox", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("appid", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("bundle", sa.BigInteger(), server_default=sa.text("1"), nullable=False))
    op.add_column("outbox", sa.Column("deferred_at", _NOW, nullable=True))
    op.add_column("outbox", sa.Column("read_at", _NOW, nullable=True))
    op.add_column("push_attempts", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("push_attempts", sa.Column("appid", sa.Text(), nullable=True))
    _words_of_state(_NEW_STATES)


def _words_of_state(words: tuple[str, ...]) -> None:
    """The rows are looked at later, without a lock that anybody waits for."""
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f("ck_outbox_state"), "outbox", type_="check")
    op.execute(f"ALTER TABLE outbox ADD CONSTRAINT ck_outbox_state CHECK (state IN ({listed})) NOT VALID")


def _consents() -> None:
    op.create_table(
        "consent_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("at", _NOW, nullable=False),
        sa.Column("twin_at", _NOW, nullable=True),
        sa.Column("push_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('accepted', 'always', 'rejected', 'spent', 'refused', 'settings_rejected')",
            name=op.f("ck_consent_entries_kind"),
        ),
        sa.CheckConstraint("source IN ('client', 'event', 'sending')", name=op.f("ck_consent_entries_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_entries")),
    )
    op.create_index("ix_consent_entries_whose", "consent_entries", ["appid", "openid", "template_id", "id"])
    op.create_table(
        "consent_balances",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("available", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("always", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("blocked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", _NOW, nullable=False),
        sa.CheckConstraint("available >= 0", name=op.f("ck_consent_balances_available")),
        sa.PrimaryKeyConstraint("appid", "openid", "template_id", name=op.f("pk_consent_balances")),
    )


def _index(name: str, columns: list[str], where: str | None = None) -> None:
    op.create_index(
        name,
        "outbox",
        columns,
        postgresql_where=sa.text(where) if where else None,
        postgresql_concurrently=True,
        if_not_exists=True,
    )
