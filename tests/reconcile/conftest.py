from tests.follow_ups.conftest import drawn
from tests.parts.conftest import shop, stock
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["colleague", "drawn", "engineer", "rows", "shop", "stock", "story", "stranger"]
