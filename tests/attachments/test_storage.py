import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.integrations.storage import ObjectStore, StorageUnavailable, StoredObject, open_store

Opened = Callable[[], ObjectStore]


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return open_store(f"file://{tmp_path}/not/yet/there" if request.param == "file" else "memory://")


async def content(stored: StoredObject | None) -> bytes:
    assert stored is not None
    data = b"".join([bytes(chunk) async for chunk in stored.chunks])
    assert stored.size == len(data)
    return data


async def test_what_was_put_is_given_back(store: ObjectStore) -> None:
    await store.put("photos/ab/1/full.jpg", b"x" * 300_000, "image/jpeg")
    await store.put("photos/ab/2/full.jpg", b"bystander", "image/jpeg")
    assert await content(await store.get("photos/ab/1/full.jpg")) == b"x" * 300_000


async def test_what_is_not_there_is_none(store: ObjectStore) -> None:
    assert await store.get("photos/ab/1/full.jpg") is None


async def test_a_key_is_written_once(store: ObjectStore) -> None:
    await store.put("photos/1", b"first", "image/jpeg")
    with pytest.raises(StorageUnavailable):
        await store.put("photos/1", b"second", "image/jpeg")
    assert await content(await store.get("photos/1")) == b"first"


async def test_deleting_twice_is_harmless(store: ObjectStore) -> None:
    await store.put("photos/1", b"gone", "image/jpeg")
    await store.put("photos/2", b"stays", "image/jpeg")
    await store.delete("photos/1")
    await store.delete("photos/1")
    assert await store.get("photos/1") is None
    assert await content(await store.get("photos/2")) == b"stays"


@pytest.mark.parametrize("key", ["../outside", "photos/../../outside", "/../outside"])
async def test_no_key_leads_outside(store: ObjectStore, tmp_path: Path, key: str) -> None:
    (tmp_path / "not/yet/outside").parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "not/yet/outside").write_bytes(b"secret")
    with pytest.raises(ValueError, match="path"):
        await store.get(key)


async def test_only_old_objects_below_the_prefix_are_listed(store: ObjectStore) -> None:
    await store.put("photos/1", b"x", "image/jpeg")
    await store.put("exports/1", b"x", "text/csv")
    now = datetime.now(UTC)
    assert await listed(store, now + timedelta(minutes=1)) == ["photos/1"]
    assert await listed(store, now - timedelta(minutes=1)) == []


async def listed(store: ObjectStore, moment: datetime) -> list[str]:
    return [key async for keys in store.older_than(moment, prefix="photos") for key in keys]


async def test_a_full_or_broken_disk_is_told_as_temporary(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "photos").write_bytes(b"a file where a folder must be")
    store = open_store(f"file://{tmp_path}/objects")
    with pytest.raises(StorageUnavailable) as refused:
        await store.put("photos/1", b"x", "image/jpeg")
    assert refused.value.status == 503
    assert "Retry-After" in refused.value.headers


async def test_a_reader_never_sees_half_an_object(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}")
    whole = b"y" * 5_000_000
    writing = asyncio.create_task(store.put("photos/1", whole, "image/jpeg"))
    seen = None
    while seen is None:
        seen = await store.get("photos/1")
    assert await content(seen) == whole
    await writing


@pytest.mark.parametrize("url", ["", "ftp://host/path", "file://", "s3://", "/var/photos"])
def test_an_unknown_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="HUIXIANG_STORAGE_URL"):
        open_store(url)


def test_a_bucket_is_opened_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    assert "service-photos" in repr(vars(open_store("s3://service-photos/huixiang/"))["_store"])
