from tests.console.conftest import base, browse
from tests.tickets.conftest import colleague, engineer, story, stranger

__all__ = ["base", "browse", "colleague", "engineer", "story", "stranger"]
