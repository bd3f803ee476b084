from tests.inbound.conftest import box
from tests.tickets.conftest import engineer, rows, story, stranger

__all__ = ["box", "engineer", "rows", "story", "stranger"]
