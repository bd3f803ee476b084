"""Triage: from what a customer writes to category, fault, urgency, spare parts and safety advice."""

from app.domain.triage.assess import Reason, Triage, advice, triage
from app.domain.triage.labels import Category, Fault, Urgency

__all__ = ["Category", "Fault", "Reason", "Triage", "Urgency", "advice", "triage"]
