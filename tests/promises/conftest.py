from tests.service_levels.conftest import new_watch
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["colleague", "engineer", "new_watch", "rows", "story", "stranger"]
