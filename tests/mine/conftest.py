from tests.console.conftest import base
from tests.households.conftest import family, li
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["base", "colleague", "engineer", "family", "li", "rows", "story", "stranger"]
