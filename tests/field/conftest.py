from tests.console.conftest import base, browse
from tests.tickets.conftest import engineer, story, stranger

__all__ = ["base", "browse", "engineer", "story", "stranger"]
