"""A receipt as it crosses the API."""

from datetime import date, datetime
from typing import Literal

from app.schemas.common import Output


class ReceiptLineOut(Output):
    code: str
    name: str
    kind: str
    unit: str
    quantity: int
    unit_price_fen: int
    discount_fen: int
    discount_reason: str
    not_covered: str
    amount_fen: int


class FittedPartOut(Output):
    name: str
    quantity: int
    code: str
    serial_number: str


class WorkWarrantyOut(Output):
    name: str
    days: int
    until: date | None


class ReceiptOut(Output):
    """``issue`` of ``issues``: a rework has a receipt of its own. ``sha256`` is that of the document as it was kept.

    A fee for coming in vain may be waived later: the document stays, and ``due_fen`` is what is still to be paid.
    """

    number: str
    issue: int
    issues: int
    kind: Literal["service", "inspection", "empty_trip"]
    service: str
    appliance: str
    fault_code: str
    done: str
    lines: list[ReceiptLineOut]
    discount_fen: int
    charge_reason: str
    total_fen: int
    call_out_fen: int
    engineer: str
    employee_no: str
    parts: list[FittedPartOut]
    old_parts: str
    warranties: list[WorkWarrantyOut]
    complaint_phone: str
    invoice: str
    finished_at: datetime
    due_fen: int
    waived_at: datetime | None
    waived_reason: str
    sha256: str
    issued_at: datetime
