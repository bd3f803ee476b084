from tests.households.conftest import family, li
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["colleague", "engineer", "family", "li", "rows", "story", "stranger"]
