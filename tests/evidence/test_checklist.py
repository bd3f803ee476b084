"""The checklist through HTTP: what blocks, what is noted, and who sees it."""

import pytest

from tests.evidence.jobs import SIGNED, becomes, blockers, finish, url
from tests.harness.callers import Caller
from tests.tickets.story import Story


async def test_an_installation_is_blocked_until_all_of_it_is_there(story: Story) -> None:
    await story.on_site()
    await becomes(story, "installation", warranty="in")
    assert await blockers(story, "start") == ["photo_position_missing"]
    refused = await story.ask(story.engineer, "start")
    assert (refused.status_code, refused.json()["msg"]) == (409, "开工前，请先拍一张安装位置的照片。")
    await story.photo(story.engineer, "checklist", item="position")
    await story.step(story.engineer, "start")
    for code, value in (("tidy", None), ("earth", 1.5), ("vacuum", -0.1)):
        assert f"{'tick' if value is None else 'reading'}_{code}_missing" in await blockers(story, "finish")
        noted = await story.engineer.put(url(story, f"checklist/{code}"), json={"value": value})
        assert noted.status_code == 200, noted.text
    assert await blockers(story, "finish") == ["photo_running_missing", "proof_missing"]
    await story.photo(story.engineer, "after")
    await story.engineer.post(url(story, "signature"), json={"strokes": SIGNED, "total_fen": 0})
    shown = (await story.engineer.get(url(story, "checklist"))).json()
    assert shown["complete"] is True
    assert {item["code"]: item["value"] for item in shown["items"] if item["value"]} == {
        "earth": 1.5,
        "vacuum": -0.1,
    }
    assert (await story.customer.get(url(story, "checklist"))).json()["code"] == "not_finished_yet"
    await finish(story)
    told = (await story.customer.get(url(story, "checklist"))).json()
    assert [item["done"] for item in told["items"]] == [True] * 5


async def test_gas_work_wants_a_leak_test_and_two_readings(story: Story) -> None:
    await story.in_repair()
    await becomes(story, licences=["燃气"])
    await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    found = await blockers(story, "finish")
    assert found == [
        "photo_leak_test_missing",
        "reading_gas_pressure_missing",
        "reading_gas_pressure_held_missing",
    ]


@pytest.mark.parametrize(
    ("code", "body", "status", "word"),
    [
        ("earth", {"value": 4.01}, 422, "out_of_bounds"),
        ("earth", {"value": -1}, 422, "out_of_bounds"),
        ("earth", {}, 422, "missing"),
        ("tidy", {"value": 1}, 422, "no_value"),
        ("position", {}, 404, "not_found"),
        ("gas_pressure", {"value": 2000}, 404, "not_found"),
        ("nonsense", {}, 404, "not_found"),
        ("earth", {"value": "4", "more": 1}, 422, "extra_forbidden"),
    ],
)
async def test_what_cannot_be_noted(
    story: Story, code: str, body: dict[str, object], status: int, word: str
) -> None:
    await story.on_site()
    await becomes(story, "installation")
    answer = await story.engineer.put(url(story, f"checklist/{code}"), json=body)
    assert answer.status_code == status
    assert word in (answer.json()["code"], *(error["code"] for error in answer.json()["errors"]))


async def test_what_was_noted_can_be_taken_back(story: Story) -> None:
    await story.on_site()
    await becomes(story, "installation")
    for body, done in (({}, True), ({"done": False}, False)):
        answer = await story.engineer.put(url(story, "checklist/tidy"), json=body)
        assert {i["code"]: i["done"] for i in answer.json()["items"]}["tidy"] is done


async def test_nobody_else_notes_anything(story: Story, colleague: Caller) -> None:
    await story.on_site()
    await becomes(story, "installation")
    for who, status in ((story.customer, 403), (story.agent, 403), (colleague, 404)):
        assert (await who.put(url(story, "checklist/tidy"), json={})).status_code == status


async def test_a_photo_names_an_item_that_there_is(story: Story) -> None:
    await story.on_site()
    photos = {"file": ("a.jpg", b"", "image/jpeg")}
    for purpose, item in (
        ("checklist", ""),
        ("checklist", "nonsense"),
        ("before", "tidy"),
        ("report", "position"),
    ):
        form = {"ticket": story.number, "purpose": purpose, "item": item}
        answer = await story.engineer.post("/api/v1/attachments", files=photos, data=form)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.item"
