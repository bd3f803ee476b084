"""What the desk sees when the telephone rings: who that is, what is under way and what he has."""

from datetime import datetime

from app.domain.lifecycle import State
from app.schemas.common import Input, Output, Phone, Story
from app.schemas.customers import CustomerCard


class CallerIn(Input):
    phone: Phone


class CallNote(Input):
    """What the caller said that is for staff alone."""

    note: Story = ""


class CallersTicket(Output):
    number: str
    state: State
    label: str
    category: str
    fault: str
    promise: str
    created_at: datetime


class CallersAsset(Output):
    id: str
    category: str
    brand: str
    model: str
    serial_number: str


class CallerOut(Output):
    """``customer.phone_verified`` false: anybody may have typed that number, so ask who it is first."""

    customer: CustomerCard
    open_tickets: list[CallersTicket]
    # The last ten that are settled.
    history: list[CallersTicket]
    assets: list[CallersAsset]


class CallersOut(Output):
    """Empty for a number that nobody has: to report for him makes him known."""

    items: list[CallerOut]
