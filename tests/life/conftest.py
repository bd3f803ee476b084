from tests.plans.conftest import alone, pair, plan
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["alone", "colleague", "engineer", "pair", "plan", "rows", "story", "stranger"]
