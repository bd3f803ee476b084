"""In or out, before anybody is sent: the answer, and the reason in words that the customer reads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.situation import Covers, ServiceType, Warranty, WarrantyDecision
from app.domain.warranty.cover import Cover, Kind, Source, repair_of
from app.domain.warranty.periods import remaining_days
from app.domain.warranty.policy import Policy, Rule, names_of, same_part

UPLOAD_PROOF = "上传购买凭证（发票、订单截图或保修卡），核实后重新判定。"
_PAID = {ServiceType.CLEANING: "清洗", ServiceType.MAINTENANCE: "保养"}


@dataclass(frozen=True)
class Case:
    """``parts`` are those that the diagnosis names, the likeliest first."""

    service_type: ServiceType
    fault: str
    parts: tuple[str, ...]
    held: Sequence[Cover]
    rule: Rule
    policy: Policy


def decide_case(case: Case, today: date) -> WarrantyDecision:
    """A repair that comes back is free whatever else holds; then the part that the diagnosis names; then the unit."""
    version = case.policy.version
    if case.service_type is ServiceType.INSTALLATION:
        return WarrantyDecision(Warranty.IN, "安装服务已随购买支付，不另收维修费", version, Covers.SERVICE)
    if what := _PAID.get(case.service_type):
        return WarrantyDecision(
            Warranty.OUT, f"{what}服务不属于保修范围，按价目表收费", version, Covers.SERVICE
        )
    holding = [cover for cover in case.held if cover.holds(today)]
    if again := repair_of(case.fault, holding):
        return _rework(again, today)
    return _by_part(case, holding, today) or _by_unit(case, holding, today)


def _rework(repair: Cover, today: date) -> WarrantyDecision:
    reason = f"同一故障在维修保修期内再次出现，按返修免费处理，维修{_until(repair, today)}"
    found = _told(Warranty.IN, reason, Covers.REPAIR, repair, today)
    return replace(found, rework_of=repair.ticket)


def _by_part(case: Case, holding: Sequence[Cover], today: date) -> WarrantyDecision | None:
    """Only where the diagnosis names one part: among several suspects, none can decide."""
    if len(case.parts) != 1:
        return None
    (named,) = case.parts
    shown = names_of(named)[0]
    if any(same_part(named, word) for word in case.rule.exclusions):
        reason = f"{shown}属于易损件，不在保修范围内"
        return WarrantyDecision(
            Warranty.OUT, _by_policy(reason, case.policy.version), case.policy.version, Covers.PART, shown
        )
    own = [cover for cover in holding if cover.kind is Kind.PART and same_part(named, cover.component)]
    unit = [cover for cover in holding if cover.kind is Kind.UNIT]
    if unit or not own:
        return None
    best = max(own, key=lambda cover: (cover.ends_on is None, cover.ends_on or date.min))
    reason = f"{names_of(best.component)[0]}{_until(best, today)}"
    return _told(Warranty.IN, reason, Covers.PART, best, today)


def _by_unit(case: Case, holding: Sequence[Cover], today: date) -> WarrantyDecision:
    unit = next((cover for cover in case.held if cover.kind is Kind.UNIT), None)
    if unit is None:
        version = case.policy.version
        return WarrantyDecision(
            Warranty.UNKNOWN, "没有购买日期，暂时无法判定是否在保", version, next_step=UPLOAD_PROOF
        )
    if unit.holds(today):
        return _told(Warranty.IN, f"整机{_until(unit, today)}", Covers.UNIT, unit, today)
    reason = f"整机保修已于 {unit.ends_on} 到期"
    return _told(Warranty.OUT, reason + _still_covered(case, holding), Covers.UNIT, unit, today)


def _still_covered(case: Case, holding: Sequence[Cover]) -> str:
    """Among several suspects, those for which the customer would not have to pay."""
    names = [
        names_of(part)[0]
        for part in case.parts
        for cover in holding
        if cover.kind is Kind.PART and same_part(part, cover.component)
    ]
    return f"；若查明是{'、'.join(dict.fromkeys(names))}的故障，则该部件仍在保修期内" if names else ""


def _told(state: Warranty, reason: str, covers: Covers, cover: Cover, today: date) -> WarrantyDecision:
    if cover.source is Source.MANUFACTURE:
        reason += "（按生产日期推算）"
    return WarrantyDecision(
        state=state,
        reason=_by_policy(reason, cover.policy_version),
        policy_version=cover.policy_version,
        covers=covers,
        component=names_of(cover.component)[0] if cover.component else "",
        ends_on=cover.ends_on,
        remaining_days=remaining_days(cover.ends_on, today),
        next_step=_next_step(cover.source, state),
    )


def _next_step(source: Source, state: Warranty) -> str:
    if source is Source.MANUFACTURE:
        return UPLOAD_PROOF
    if source is Source.CLAIMED and state is Warranty.IN:
        return "购买日期由您填写，请备好购买凭证供工程师核对。"
    return ""


def _until(cover: Cover, today: date) -> str:
    left = remaining_days(cover.ends_on, today)
    if left is None:
        return "终身保修"
    return f"保修至 {cover.ends_on}（{f'剩余 {left} 天' if left else '今天到期'}）"


def _by_policy(reason: str, version: str) -> str:
    return f"{reason}，按 {version} 版政策"
