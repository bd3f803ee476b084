import pytest

from app.integrations.storage import ObjectStore, open_store


@pytest.fixture
def store() -> ObjectStore:
    return open_store("memory://")
