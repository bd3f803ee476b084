from tests.console.conftest import base, browse
from tests.parts.conftest import shop, stock
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["base", "browse", "colleague", "engineer", "rows", "shop", "stock", "story", "stranger"]
