"""What a job asks of the field: whether somebody has to come at all, what he must know and hold, how long it takes."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.situation import ServiceType

_FIELD_SERVICES = frozenset(
    {ServiceType.REPAIR, ServiceType.INSTALLATION, ServiceType.CLEANING, ServiceType.MAINTENANCE}
)
# Payment, coupons, invoices, accounts: nobody has to come for them.
_REMOTE_CATEGORIES = frozenset({"加油服务"})

# Licences are the law's, not ours: refrigerant, mains wiring and gas are for those who hold them.
_LICENCES_BY_CATEGORY: Mapping[str, frozenset[str]] = MappingProxyType(
    {"空调": frozenset({"制冷"}), "燃气灶": frozenset({"燃气"})}
)
_LICENCES_BY_FAULT: Mapping[str, frozenset[str]] = MappingProxyType(
    {"漏电跳闸": frozenset({"电工"}), "点火燃气": frozenset({"燃气"})}
)
_REFRIGERATION = frozenset({("冰箱", "制冷制热失效"), ("冰箱", "结霜结冰")})

_MINUTES_BY_SERVICE: Mapping[ServiceType, int] = MappingProxyType(
    {ServiceType.INSTALLATION: 90, ServiceType.CLEANING: 60, ServiceType.MAINTENANCE: 45}
)
_MINUTES_BY_FAULT: Mapping[str, int] = MappingProxyType(
    {
        "制冷制热失效": 75,
        "漏水": 50,
        "异响震动": 50,
        "异味冒烟起火": 60,
        "漏电跳闸": 60,
        "部件破损": 45,
        "遥控联网控制": 30,
        "显示画面": 60,
        "进排水脱水": 50,
        "安装移机": 90,
        "清洗保养": 60,
    }
)
USUAL_MINUTES = 60


def on_site(service_type: ServiceType, category: str) -> bool:
    return service_type in _FIELD_SERVICES and category not in _REMOTE_CATEGORIES


def required_skill(category: str) -> str:
    """A skill is named after the kind of thing that its holder can work on."""
    return category


def required_licences(category: str, fault: str, service_type: ServiceType) -> frozenset[str]:
    """Cleaning opens neither a circuit nor a pipe, so it needs none."""
    if service_type is ServiceType.CLEANING:
        return frozenset()
    found = _LICENCES_BY_CATEGORY.get(category, frozenset()) | _LICENCES_BY_FAULT.get(fault, frozenset())
    return found | {"制冷"} if (category, fault) in _REFRIGERATION else found


def standard_minutes(fault: str, service_type: ServiceType) -> int:
    return _MINUTES_BY_SERVICE.get(service_type) or _MINUTES_BY_FAULT.get(fault, USUAL_MINUTES)
