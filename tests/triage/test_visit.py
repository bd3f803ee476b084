"""What a job asks for."""

import pytest

from app.domain.triage import (
    Category,
    Fault,
    Licence,
    ServiceType,
    on_site,
    required_licences,
    required_skill,
    standard_minutes,
)


@pytest.mark.parametrize(
    ("category", "fault", "service_type", "licences"),
    [
        ("空调", "安装移机", "installation", {Licence.ELECTRICIAN, Licence.REFRIGERATION}),
        ("空调", "制冷制热失效", "repair", {Licence.ELECTRICIAN, Licence.REFRIGERATION}),
        ("空调", "清洗保养", "cleaning", set()),
        ("燃气灶", "点火燃气", "repair", {Licence.GAS}),
        ("热水器", "点火燃气", "repair", {Licence.ELECTRICIAN, Licence.GAS}),
        ("扫地机吸尘器", "效果下降", "repair", set()),
        ("小家电", "漏电跳闸", "repair", {Licence.ELECTRICIAN}),
        ("空调", "咨询", "consultation", set()),
        ("加油服务", "支付扣款", "repair", set()),
    ],
)
def test_licences(category: str, fault: str, service_type: str, licences: set[Licence]) -> None:
    assert required_licences(category, fault, service_type) == licences


@pytest.mark.parametrize(
    ("service_type", "category", "fault", "goes"),
    [
        ("repair", "空调", None, True),
        ("installation", "电视", None, True),
        ("consultation", "空调", None, False),
        ("complaint", "冰箱", "服务态度", False),
        ("repair", "加油服务", None, False),
        ("repair", "加油服务", "优惠券", False),
        ("repair", "加油服务", "加油设备", True),
        ("complaint", "加油服务", "加油设备", False),
    ],
)
def test_who_has_to_go(service_type: str, category: str, fault: str | None, *, goes: bool) -> None:
    assert on_site(service_type, category, fault) is goes


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("service_type", list(ServiceType))
def test_every_job_has_a_skill_and_a_plausible_time(category: Category, service_type: ServiceType) -> None:
    assert required_skill(category, service_type)
    for fault in Fault:
        assert 10 <= standard_minutes(category, fault, service_type) <= 180


def test_a_refrigerant_job_takes_longer_than_a_remote_control() -> None:
    cold = standard_minutes("空调", "制冷制热失效", "repair")
    assert cold > standard_minutes("空调", "遥控联网控制", "repair")


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(ValueError, match="飞机"):
        required_skill("飞机", "repair")
