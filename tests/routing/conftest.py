from tests.tickets.conftest import engineer, story, stranger

__all__ = ["engineer", "story", "stranger"]
