"""ticket words: two characters of a ticket find it, in Chinese too

PostgreSQL has no words for Chinese, and trigrams ask for three letters where two characters say it all. The worker
fills the table, beginning with the oldest ticket.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0040"
branch_labels = None
depends_on = None

# Single characters belong to it as well: whoever types one finds it as fast.
PAIRS_OF = """
CREATE FUNCTION pairs_of(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(array_agg(piece), '{}')
  FROM (SELECT string_to_array(said, NULL) AS each) AS s,
       unnest(each, each[2:]) AS c (one, next), unnest(ARRAY[one, one || next]) AS piece
 WHERE one > ' ' AND (next IS NULL OR next > ' ' OR piece = one) AND piece IS NOT NULL
$$
"""
KEEP = """
CREATE FUNCTION keep_ticket_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ticket_words
       SET pairs = pairs_of(lower(NEW.fault || E'\\n' || NEW.contact_name || E'\\n' || NEW.serial_number || E'\\n'
                                  || NEW.model || E'\\n' || coalesce(NEW.address->>'detail', '')))
     WHERE ticket_id = NEW.id;
    RETURN NULL;
END $$
"""
# The steps of a job name none of these columns, and pay nothing for it.
TRIGGER = """
CREATE TRIGGER keep_ticket_words AFTER UPDATE OF fault, contact_name, serial_number, model, address ON tickets
   FOR EACH ROW WHEN ((OLD.fault, OLD.contact_name, OLD.serial_number, OLD.model, OLD.address)
                      IS DISTINCT FROM (NEW.fault, NEW.contact_name, NEW.serial_number, NEW.model, NEW.address))
   EXECUTE FUNCTION keep_ticket_words()
"""


def upgrade() -> None:
    op.create_table(
        "ticket_words",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("pairs", sa.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_words_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_ticket_words"),
    )
    op.create_index("ix_ticket_words_pairs", "ticket_words", ["pairs"], postgresql_using="gin")
    op.execute(PAIRS_OF)
    op.execute(KEEP)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_ticket_words ON tickets")
    op.execute("DROP FUNCTION keep_ticket_words()")
    op.drop_table("ticket_words")
    op.execute("DROP FUNCTION pairs_of(text)")
