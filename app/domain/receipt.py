"""What a receipt says, as one document: written once, when the work is finished or the inspection is paid for.

Documents stay as they were written: whoever adds a field gives it a value for old ones where they are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from app.domain.pricing import PriceKind, why_charged
from app.domain.situation import QuoteLine, Situation
from app.domain.warranty.cover import Cover
from app.domain.warranty.work import shown
from app.domain.zone import ZONE

INVOICE = "如需发票，请凭工单编号向客服申请，可开具电子发票。"
OLD_PARTS = {
    "none": "没有更换下来的旧件",
    "returned_to_customer": "旧件已交还客户",
    "taken_back": "旧件已由工程师带回",
}


@dataclass(frozen=True)
class ReceiptLine:
    code: str
    name: str
    kind: str
    unit: str
    quantity: int
    unit_price_fen: int
    discount_fen: int
    discount_reason: str
    # Why it is charged although the job was in warranty.
    not_covered: str
    amount_fen: int


@dataclass(frozen=True)
class FittedPart:
    name: str
    quantity: int
    code: str
    serial_number: str


@dataclass(frozen=True)
class WorkWarranty:
    """``until`` is the last day, in China. A lifetime has neither days nor a last one."""

    name: str
    days: int
    until: str | None


@dataclass(frozen=True)
class Receipt:
    """``kind`` is "service"; "inspection": the fee for having come, where the repair was declined; or "empty_trip":
    that for having come in vain."""

    number: str
    kind: str
    service: str
    appliance: str
    fault_code: str
    done: str
    lines: tuple[ReceiptLine, ...]
    discount_fen: int
    charge_reason: str
    total_fen: int
    call_out_fen: int
    engineer: str
    employee_no: str
    parts: tuple[FittedPart, ...]
    old_parts: str
    warranties: tuple[WorkWarranty, ...]
    complaint_phone: str
    invoice: str
    finished_at: str

    def document(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Finished:
    """The work as the engineer declared it; ``agreed`` are the lines that the customer approved."""

    at: datetime
    fault_code: str
    done: str
    agreed: Sequence[QuoteLine]
    charge_fen: int
    charge_reason: str = ""
    parts: Sequence[Mapping[str, object]] = ()
    old_parts: str = "none"
    warranties: tuple[WorkWarranty, ...] = ()


def as_told(cover: Cover) -> WorkWarranty:
    name, days, until = shown(cover)
    return WorkWarranty(name, days, until.isoformat() if until else None)


def for_work(s: Situation, work: Finished, complaint_phone: str) -> Receipt:
    approved = sum(line.amount_fen for line in work.agreed)
    call_out = sum(line.amount_fen for line in work.agreed if line.kind == PriceKind.CALL_OUT)
    return Receipt(
        number=s.number,
        kind="service",
        service=s.service,
        appliance=_appliance(s),
        fault_code=work.fault_code,
        done=work.done,
        lines=tuple(map(_line, work.agreed)),
        discount_fen=sum(line.discount_fen for line in work.agreed) + approved - work.charge_fen,
        charge_reason=work.charge_reason,
        total_fen=work.charge_fen,
        # What is charged less comes off the work before it comes off the way.
        call_out_fen=min(call_out, work.charge_fen),
        engineer=s.engineer.name if s.engineer else "",
        employee_no=s.engineer.employee_no if s.engineer else "",
        parts=tuple(map(_part, work.parts)),
        old_parts=OLD_PARTS[work.old_parts],
        warranties=work.warranties,
        complaint_phone=complaint_phone,
        invoice=INVOICE,
        finished_at=work.at.astimezone(ZONE).isoformat(),
    )


def for_inspection(s: Situation, fee_fen: int, at: datetime, complaint_phone: str) -> Receipt:
    """The repair was declined; what was told for coming is all that is charged."""
    line = QuoteLine("CALL-OUT", "上门检测费", 1, fee_fen, kind=PriceKind.CALL_OUT.value, unit="次")
    work = Finished(at, "", "上门检测，客户未同意报价，未维修", (line,), fee_fen)
    return replace(for_work(s, work, complaint_phone), kind="inspection")


def for_empty_trip(s: Situation, fee_fen: int, at: datetime, complaint_phone: str) -> Receipt:
    """Nobody was there at the agreed time; what was told for that is all that is charged."""
    line = QuoteLine("EMPTY-TRIP", "上门空跑费", 1, fee_fen, kind=PriceKind.EMPTY_TRIP.value, unit="次")
    work = Finished(at, "", "按约定时间到访，家中无人且电话未接通", (line,), fee_fen)
    return replace(for_work(s, work, complaint_phone), kind="empty_trip")


def _line(line: QuoteLine) -> ReceiptLine:
    return ReceiptLine(
        line.code,
        line.name,
        line.kind,
        line.unit,
        line.quantity,
        line.unit_price_fen,
        line.discount_fen,
        line.discount_reason,
        why_charged(line),
        line.amount_fen,
    )


def _part(part: Mapping[str, object]) -> FittedPart:
    quantity = part.get("quantity", 1)
    return FittedPart(
        name=str(part["name"]),
        quantity=quantity if isinstance(quantity, int) else 1,
        code=str(part.get("code") or ""),
        serial_number=str(part.get("serial_number") or ""),
    )


def _appliance(s: Situation) -> str:
    words = [s.brand, s.model, s.serial_number and f"序列号 {s.serial_number}"]
    return " ".join(word for word in words if word) or s.category
