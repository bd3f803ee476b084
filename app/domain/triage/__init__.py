"""Triage: from what a customer writes to category, fault, urgency, spare parts and safety advice."""

from app.domain.triage.assess import Reason, Triage, advice, triage
from app.domain.triage.labels import Category, Fault, Licence, ServiceType, Urgency
from app.domain.triage.rulebook import standing_rules
from app.domain.triage.visit import on_site, required_licences, required_skill, standard_minutes

__all__ = [
    "Category",
    "Fault",
    "Licence",
    "Reason",
    "ServiceType",
    "Triage",
    "Urgency",
    "advice",
    "on_site",
    "required_licences",
    "required_skill",
    "standard_minutes",
    "standing_rules",
    "triage",
]
