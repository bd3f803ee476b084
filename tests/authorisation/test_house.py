"""What holds for every service point is not changed by whoever answers for one of them."""

import re
from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.people import StaffRole
from tests.authorisation.table import ANSWERS
from tests.authorisation.world import World
from tests.harness.callers import CallerFor
from tests.make import make_service_point, make_staff

# Decided for everybody at once: for administrators, and managers of the whole house.
HOUSE = (
    r"(POST|PATCH) /api/v1/contractors.*",
    r"POST /api/v1/warranty-policies",
    r"POST /api/v1/service-policies",
    r"(POST|PUT|DELETE) /api/v1/price-lists.*",
    r"PUT /api/v1/spend-limits",
    r"PUT /api/v1/holidays/\{year\}",
    r"(POST|PUT) /api/v1/teams.*",
    r"POST /api/v1/(routing|membership)/rules",
    r"POST /console/(prices|rosters/holidays|settings/(policies|routing|membership)).*",
    # Of the house, as the body of the world says; of a point: tests/service_levels.
    r"POST (/api/v1/service-calendars|/console/settings/calendars)",
)
# Of something that is his point's or not: what is not, does not exist.
OF_A_POINT = (
    r"\w+ /\w+(/v1)?/(tickets|incidents|complaints|dispatch|rosters|engineers|calls|follow-ups)\b.*",
    r"\w+ /api/v1/engineers/\{engineer_id\}.*",
    r"\w+ /console/kpi/appeals/.*",
    r"\w+ /api/v1/kpi/appeals.*",
    r"POST /api/v1/stock/movements",
    r"PATCH /api/v1/part-orders/\{order_id\}",
    r"POST /console/(incidents|deliveries/replay)",
)
# Nobody's point: of himself, of a customer, of an appliance, of what WeChat or a text is about.
OF_NO_POINT = (
    r"\w+ /api/v1/(me|assets|labels|customers|customer-merges|attachments|hotline|content-checks|alarms|qr-scenes)\b.*",
    r"\w+ /(api/v1/template-trials|console/templates/trials)",
    r"\w+ /api/v1/(sessions/current|routing/(try|presence))",
    r"\w+ /console/account/.*",
    # The link or its code is the permission, whoever holds it.
    r"POST /(api/v1|h5)/(visit-answers|complaint-answers|visits/\{token\}|complaints/\{token\})",
    r"\w+ /(console/(sign-out|queue/presence|hotline)|h5/inbox/read).*",
)


TOLD_ON_THE_PAGE = ("POST /console/incidents", "POST /console/engineers")
TAKEN_ALIKE = {
    "POST /console/deliveries/replay": 303,
    "POST /api/v1/incidents": 422,
    "POST /api/v1/engineers": 422,
}


def matches(operation: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(each, operation) for each in patterns)


def changing() -> Iterator[str]:
    """What a manager gets into, whatever it then answers."""
    for operation, answers in ANSWERS.items():
        if not operation.startswith("GET ") and answers["manager"] not in (401, 403):
            yield operation


def test_each_change_is_of_the_house_of_a_point_or_of_no_point() -> None:
    for operation in changing():
        kinds = [matches(operation, each) for each in (HOUSE, OF_A_POINT, OF_NO_POINT)]
        assert any(kinds), operation
        assert not (kinds[0] and kinds[2]), operation


@pytest.mark.timeout(120)
async def test_who_leads_one_point_changes_nothing_of_the_house_or_of_another(
    world: World, session: AsyncSession, caller_for: CallerFor
) -> None:
    there = await make_service_point(session, name="彼网点", districts=["崇明区"])
    manager = await make_staff(session, role=StaffRole.MANAGER, name="彼主管", points=[there.id])
    world.callers["branch"] = await caller_for(manager)
    wrong = {}
    for operation in changing():
        if matches(operation, OF_NO_POINT):
            continue
        async with world.undone():
            answer = await world.ask("branch", operation)
        if not right(operation, answer):
            wrong[operation] = (answer.status_code, answer.text[-300:])
    assert wrong == {}


def right(operation: str, answer: Response) -> bool:
    if matches(operation, HOUSE):
        return answer.status_code == 403 and "全公司" in answer.text
    if operation in TOLD_ON_THE_PAGE:
        return answer.status_code == 200 and 'role="alert"' in answer.text
    return answer.status_code == TAKEN_ALIKE.get(operation, 404)
