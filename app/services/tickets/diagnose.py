"""What triage makes of a report, in the terms that a ticket is kept in."""

from dataclasses import dataclass

from app.domain.situation import PRIORITY_BY_LABEL, Diagnosis, Priority, ServiceType, Warranty
from app.domain.triage import (
    advice,
    on_site,
    required_licences,
    required_skill,
    standard_minutes,
    triage,
)
from app.schemas.tickets import NewTicket


@dataclass(frozen=True)
class Diagnosed:
    diagnosis: Diagnosis
    priority: Priority
    warranty: Warranty
    on_site: bool
    required_skill: str
    required_licences: tuple[str, ...]
    standard_minutes: int


def diagnose(body: NewTicket) -> Diagnosed:
    found = triage(body.fault, category=body.category or None, service_type=body.service_type.value)
    category, fault = str(found.category), str(found.fault)
    diagnosis = Diagnosis(
        category=category,
        fault=fault,
        urgency=str(found.urgency),
        parts=tuple(found.parts),
        prepare=tuple(found.prepare),
        advice=tuple(sentence for hazard in found.hazards if (sentence := advice(hazard))),
        reasons=tuple(reason.sentence for reason in found.reasons),
        rules=found.rules_version,
    )
    kind = body.service_type
    # An installation or a cleaning is covered by what was paid for it, not by the appliance's warranty.
    covered = body.service_type in (ServiceType.INSTALLATION,)
    return Diagnosed(
        diagnosis=diagnosis,
        priority=PRIORITY_BY_LABEL[diagnosis.urgency],
        warranty=Warranty.IN if covered else Warranty.UNKNOWN,
        on_site=on_site(kind, category, fault),
        required_skill=required_skill(category, kind),
        required_licences=tuple(sorted(required_licences(category, fault, kind))),
        standard_minutes=standard_minutes(category, fault, kind),
    )
