"""Which items a job asks for, as a table."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from app.domain.evidence.items import Due, Item, catalogue, required
from app.domain.evidence.standing import missing
from app.domain.lifecycle import State
from app.domain.situation import (
    Check,
    Diagnosis,
    Photo,
    Priority,
    Purpose,
    ServiceType,
    Situation,
    Visit,
    VisitState,
    Warranty,
    Window,
)

AT = datetime(2026, 6, 15, 10, tzinfo=UTC)
VISIT = Visit(7, "e", VisitState.WORKING, Window(AT, AT), "")


def job(service: str = "repair", category: str = "空调", fault: str = "", *licences: str) -> Situation:
    return Situation(
        id=1,
        number="HX1",
        version=1,
        seq=1,
        state=State.IN_REPAIR,
        service_type=ServiceType(service),
        category=category,
        fault="",
        on_site=True,
        priority=Priority.NORMAL,
        warranty=Warranty.IN,
        customer_id="c",
        contact_name="",
        contact_phone="",
        address=None,
        created_at=AT,
        entered_at=AT,
        promised_at=AT,
        promise="",
        diagnosis=Diagnosis(fault=fault),
        required_licences=licences,
        visit=VISIT,
    )


@pytest.mark.parametrize(
    ("s", "codes"),
    [
        (job(), "before after"),
        (job("maintenance"), "before after"),
        (job("cleaning"), "dirty waste_water clean"),
        (job("installation"), "position running tidy earth vacuum"),
        (job("installation", "净水器"), "position running tidy water_pressure"),
        (job("installation", "电视"), "position running tidy"),
        (
            job("installation", "热水器", "", "燃气"),
            "position running tidy earth water_pressure leak_test gas_pressure gas_pressure_held",
        ),
        (
            job("repair", "燃气灶", "点火燃气", "燃气"),
            "before after leak_test gas_pressure gas_pressure_held",
        ),
        (job("cleaning", "燃气灶", "", "燃气"), "dirty waste_water clean"),
        (job("repair", "洗衣机", "漏电跳闸"), "before after power_off insulation"),
        (job("repair", "冰箱", "异味冒烟起火", "电工"), "before after power_off insulation"),
        (job("consultation"), ""),
    ],
)
def test_what_a_job_asks_for(s: Situation, codes: str) -> None:
    assert {item.code for item in required(s)} == set(codes.split())


def test_every_item_is_asked_for_by_something_and_says_what_to_do() -> None:
    known = catalogue()
    assert {code for demand in known.sets for code in demand.items} == set(known.items)
    assert all(item.next_step.endswith("。") for item in known.items.values())


@pytest.mark.parametrize(
    ("photo", "counts"),
    [
        (Photo("1", Purpose.BEFORE, "e", visit_id=7), True),
        (Photo("1", Purpose.CHECKLIST, "e", "before", 7), True),
        (Photo("1", Purpose.BEFORE, "e", visit_id=6), False),
        (Photo("1", Purpose.BEFORE, "e"), False),
        (Photo("1", Purpose.BEFORE, "e", "leak_test", 7), False),
        (Photo("1", Purpose.REPORT, "c", visit_id=7), False),
    ],
    ids=["as before", "by name", "of an earlier visit", "of none", "of another item", "the customer's"],
)
def test_what_counts_as_a_photo_from_before(photo: Photo, counts: bool) -> None:
    codes = {item.code for item in missing(job()._replace(photos=(photo,)), Due.FINISH)}
    assert ("before" not in codes) is counts


def test_a_reading_needs_a_value_and_a_tick_needs_none() -> None:
    noted = (Check("tidy"), Check("earth"), Check("vacuum", -0.1))
    codes = {item.code for item in missing(job("installation")._replace(checks=noted), Due.FINISH)}
    assert codes == {"running", "earth"}
    assert [i.code for i in missing(job("installation")._replace(checks=noted), Due.START)] == ["position"]


@pytest.mark.parametrize("over", [{"unit": ""}, {"low": None}, {"kind": "tick"}])
def test_a_reading_and_nothing_else_has_bounds(over: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Item.model_validate(catalogue().items["earth"].model_dump() | over)
