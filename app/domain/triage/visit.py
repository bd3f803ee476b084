"""What a job asks for: the skill, the licences, the time on site, and whether anybody has to go there.

Of few products, faults and services; each answer is found once.
"""

from functools import cache

from app.domain.triage.labels import Category, Fault, Licence, ServiceType
from app.domain.triage.rulebook import standing_rules


@cache
def required_skill(category: str, service_type: str) -> str:
    """The skill an engineer must hold; the desk's own skill where no visit is due."""
    product = standing_rules().products[Category(category)]
    return product.skill if on_site(service_type, category) else f"{category}客服"


@cache
def required_licences(category: str, fault: str, service_type: str) -> frozenset[Licence]:
    """The licences without which nobody may be sent; none for what is solved from the desk."""
    if not on_site(service_type, category, fault):
        return frozenset()
    book, product = standing_rules(), standing_rules().products[Category(category)]
    held = {*product.licences.get(ServiceType(service_type), ())}
    if Fault(fault) in product.fault and service_type in (ServiceType.REPAIR, ServiceType.INSTALLATION):
        held.update(product.fault[Fault(fault)].licences)
    if service_type == ServiceType.REPAIR:
        held.update(book.service.fault_licences.get(Fault(fault), ()))
    return frozenset(held)


@cache
def standard_minutes(category: str, fault: str, service_type: str) -> int:
    """Typical minutes of service, travel not counted."""
    book, product = standing_rules(), standing_rules().products[Category(category)]
    service = ServiceType(service_type)
    if not on_site(service, category, fault):
        return product.minutes.get(service, book.service.desk_minutes)
    usual = product.minutes.get(service, book.service.default_minutes)
    if service is not ServiceType.REPAIR:
        return usual
    own = product.fault[Fault(fault)].minutes if Fault(fault) in product.fault else None
    return own or max(book.service.shortest_visit, usual + book.service.extra_minutes.get(Fault(fault), 0))


@cache
def on_site(service_type: str, category: str, fault: str | None = None) -> bool:
    """Whether an engineer has to go there. Questions, complaints, payments and coupons need no visit."""
    service = standing_rules().service
    if ServiceType(service_type) in service.remote_services:
        return False
    if Category(category) not in service.remote_categories:
        return True
    return fault is not None and Fault(fault) in service.on_site_faults
