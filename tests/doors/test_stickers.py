"""The sticker on an appliance: everything filled in for its people, a model for everybody else."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Asset, Customer
from app.services.doors.stickers import Stickers
from tests.harness.callers import Caller
from tests.households.conftest import Family, family, li
from tests.make import make_asset
from tests.make.doors import make_scene
from tests.tickets import bodies
from tests.tickets.conftest import engineer, rows, story, stranger
from tests.tickets.story import Story

__all__ = ["engineer", "family", "li", "rows", "story", "stranger"]

KEY = b"a key that is long enough for every HMAC"


@pytest.fixture
async def asset(session: AsyncSession, customer: Customer) -> Asset:
    return await make_asset(session, customer, category="空调", serial_number="SN-1")


async def sticker(who: Caller, asset: Asset) -> str:
    """The path that the code leads to."""
    answer = await who.get(f"/api/v1/assets/{asset.id}/sticker")
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["url"]
    return url[url.index("/h5/") :]


def form_for(path: str) -> dict[str, str]:
    return bodies.form() | {"asset": path.rpartition("=")[2], "category": ""}


async def test_its_owner_reports_on_it_without_typing(story: Story, asset: Asset) -> None:
    path = await sticker(story.customer, asset)
    shown = (await story.customer.get(path)).text
    assert "SN-1" in shown
    assert "哪种电器" not in shown
    sent = await story.customer.post("/h5/report", data=form_for(path))
    assert sent.status_code == 303, sent.text
    story.number = sent.headers["location"].split("/")[3]
    ticket = await story.see()
    assert (ticket["asset_id"], ticket["serial_number"]) == (str(asset.id), "SN-1")


async def test_so_does_her_household(family: Family) -> None:
    path = await sticker(family.li, family.asset)
    sent = await family.li.post("/h5/report", data=form_for(path))
    number = sent.headers["location"].split("/")[3]
    assert (await family.li.get(f"/api/v1/tickets/{number}")).json()["asset_id"] == str(family.asset.id)
    assert len((await family.li.get("/api/v1/assets")).json()["items"]) == 1


async def test_a_stranger_is_told_the_model_and_reports_on_his_own(
    story: Story, asset: Asset, stranger: Caller
) -> None:
    path = await sticker(story.customer, asset)
    shown = (await stranger.get(path)).text
    assert "KFR-35GW" in shown
    assert not [word for word in ("SN-1", "王女士", str(asset.id)) if word in shown]
    sent = await stranger.post("/h5/report", data=form_for(path))
    number = sent.headers["location"].split("/")[3]
    ticket = (await stranger.get(f"/api/v1/tickets/{number}")).json()
    assert (ticket["model"], ticket["serial_number"]) == ("KFR-35GW", "")
    assert ticket["asset_id"] != str(asset.id)
    assert (await stranger.get(f"/api/v1/assets/{asset.id}/sticker")).status_code == 404


async def test_a_phone_that_scans_it_is_told_the_same(story: Story, asset: Asset, stranger: Caller) -> None:
    path = await sticker(story.customer, asset)
    # The whole address, and as a code of the mini-program carries it.
    for text in (f"https://service.example{path}", path.partition("?")[2]):
        seen = (await story.customer.post("/api/v1/labels", json={"text": text})).json()
        assert (seen["asset_id"], seen["serial_number"], seen["confidence"]) == (str(asset.id), "SN-1", 1)
    seen = (await stranger.post("/api/v1/labels", json={"text": text})).json()
    assert (seen["asset_id"], seen["model"], seen["serial_number"]) == (None, "KFR-35GW", "")
    assert (await stranger.post("/api/v1/labels", json={"text": text[:-4] + "AAAA"})).status_code == 404


async def test_a_makers_code_is_read_too(story: Story, session: AsyncSession) -> None:
    label = {"category": "空调", "brand": "美的", "model": "KFR-35GW", "serial_number": "SN0001"}
    await make_scene(
        session, "LABEL0001", "appliance_label", label | {"warranty_start": None, "warranty_months": None}
    )
    await session.commit()
    seen = (await story.customer.post("/api/v1/labels", json={"text": "scene=LABEL0001"})).json()
    assert {name: seen[name] for name in label} == label
    assert (await story.customer.post("/api/v1/labels", json={"text": "scene=NOBODYS01"})).status_code == 404


async def test_a_forged_sticker_opens_nothing(story: Story, asset: Asset) -> None:
    path = await sticker(story.customer, asset)
    assert (await story.customer.get(path[:-4] + "AAAA")).status_code == 404
    assert (await story.customer.get(path[:-1])).status_code == 422


async def test_it_is_printed_as_a_code(story: Story, asset: Asset) -> None:
    answer = await story.customer.get(f"/api/v1/assets/{asset.id}/sticker.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<svg" in answer.text


def test_a_signature_is_of_one_appliance_and_one_key() -> None:
    mine, theirs = Stickers(KEY, "https://x"), Stickers(KEY[::-1], "https://x")
    asset_id = uuid4()
    assert mine.read(mine.token(asset_id)) == asset_id
    other = mine.token(UUID(int=asset_id.int ^ 1 << 64))[:20] + mine.token(asset_id)[20:]
    for token in (theirs.token(asset_id), other):
        with pytest.raises(NotFound):
            mine.read(token)
