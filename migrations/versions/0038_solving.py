"""solving: what needs no visit is answered first and then solved, with a promise for each"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

STEPS = (
    "'response', 'assign', 'book', 'visit', 'inspect', 'review', 'work', 'parts', 'resume', 'call_back', 'customer'"
)
SOLVE = STEPS.replace("'assign'", "'solve', 'assign'")


def upgrade() -> None:
    _steps(SOLVE)


def downgrade() -> None:
    op.execute("UPDATE promises SET step = 'response' WHERE step = 'solve'")
    _steps(STEPS)


def _steps(steps: str) -> None:
    for table in ("promises", "usual_times"):
        op.drop_constraint(op.f(f"ck_{table}_step"), table)
        op.create_check_constraint(op.f(f"ck_{table}_step"), table, f"step IN ({steps})")
