from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]
