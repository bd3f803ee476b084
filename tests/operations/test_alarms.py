"""What people have to mend: told once, read by the desk, closed by those who answer for it, counted for operators."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.alarms.raise_alarm import raise_alarm
from app.services.operations.gauges import ALARMS, measure
from tests.harness.callers import Caller

ALARMS_URL = "/api/v1/alarms"


async def test_the_desk_reads_and_the_manager_closes(
    as_agent: Caller, as_manager: Caller, session: AsyncSession, now: datetime
) -> None:
    connection = await driver(session)
    for subject in ("99999", "99999", "12345"):
        await raise_alarm(connection, "unknown_code", subject, "微信返回了未知错误码", now=now, rid="1-2-3")
    await measure(connection, now)
    assert ALARMS._value.get() == 2
    first, second = (await as_agent.get(ALARMS_URL)).json()["items"]
    assert (first["subject"], first["times"], second["subject"], second["times"]) == ("12345", 1, "99999", 2)
    assert (await as_agent.post(f"{ALARMS_URL}/{second['id']}/close")).status_code == 403
    done = await as_manager.post(f"{ALARMS_URL}/{second['id']}/close")
    assert (done.status_code, done.json()["closed_by"]) == (200, "周主管")
    assert (await as_manager.post(f"{ALARMS_URL}/{second['id']}/close")).json() == done.json()
    assert [item["id"] for item in (await as_agent.get(ALARMS_URL)).json()["items"]] == [first["id"]]
    both = (await as_agent.get(ALARMS_URL, params={"closed": True})).json()["items"]
    assert [item["id"] for item in both] == [first["id"], second["id"]]
    # The same thing again is a new alarm.
    await raise_alarm(connection, "unknown_code", "99999", "又来了", now=now)
    again = (await as_agent.get(ALARMS_URL)).json()["items"]
    assert [(item["subject"], item["times"]) for item in again] == [("99999", 1), ("12345", 1)]


async def test_pages_of_alarms(as_agent: Caller, session: AsyncSession, now: datetime) -> None:
    connection = await driver(session)
    for n in range(3):
        await raise_alarm(connection, "template", str(n), "模板不可用", now=now)
    first = (await as_agent.get(ALARMS_URL, params={"limit": 2})).json()
    rest = (await as_agent.get(ALARMS_URL, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["subject"] for item in first["items"] + rest["items"]] == ["2", "1", "0"]
    assert rest["next_cursor"] is None
    assert (await as_agent.get(ALARMS_URL, params={"cursor": "x"})).status_code == 422
