import httpx
import pytest

from sandbox import defaults
from sandbox.people import openid_of
from tests.sandbox.bench import SEND, Bench, card

FIRST = openid_of(defaults.OFFICIAL_APPID, "mass-0001")
SECOND = openid_of(defaults.OFFICIAL_APPID, "mass-0002")


async def test_everybody_follows_and_is_counted(bench: Bench) -> None:
    made = await bench.control("POST", "mass", {"users": 3, "consents": ["sub-ticket-progress"], "each": 2})
    assert made["users"] == 3
    assert await bench.pushed("subscribe") == []
    await bench.fault({"refuse_user": 43019}, path=SEND, openid=SECOND)
    await bench.fault("review", path=SEND, openid=FIRST, nth=2)
    await bench.fault("job_failed", path=SEND, openid=FIRST, nth=3)
    for openid in (FIRST, FIRST, FIRST, SECOND):
        await bench.send(card(openid))
    await bench.send()
    await bench.quiet_but_for(1)
    crowd = await bench.control("GET", "mass")
    rows = [(row["user"], row["delivered"], row["failed"], row["pending"]) for row in crowd["items"]]
    # In review, and the event that is owed for it.
    assert rows == [("mass-0001", 1, 1, 2), ("mass-0002", 0, 1, 0), ("mass-0003", 0, 0, 0)]
    assert (crowd["delivered"], crowd["failed"], crowd["pending"]) == (1, 2, 2)
    agreed = await bench.items("consents?user=mass-0003")
    assert [(c["template_id"], c["count"]) for c in agreed] == [("sub-ticket-progress", 2)]


async def test_they_can_be_told_one_by_one_and_sent_away(bench: Bench) -> None:
    await bench.control("POST", "mass", {"users": 2, "events": True})
    assert {event["FromUserName"] for event in await bench.pushed("subscribe")} == {FIRST, SECOND}
    assert (await bench.control("POST", "mass", {"users": 4}))["users"] == 4
    assert await bench.control("DELETE", "mass") == {"removed": 4}
    assert (await bench.control("GET", "mass"))["items"] == []
    assert (await bench.send(card(FIRST)))["errcode"] == 40003
    assert (await bench.send())["errcode"] == 0


async def test_five_hundred_at_most(bench: Bench) -> None:
    assert (await bench.control("POST", "mass", {"users": 500}))["users"] == 500
    with pytest.raises(httpx.HTTPStatusError):
        await bench.control("POST", "mass", {"users": 501})
