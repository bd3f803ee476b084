"""Warranties on paper: how long, of what, and what doing it over changes (nothing)."""

from datetime import date, datetime, timedelta

import pytest

from app.domain.situation import Covers, ServiceType, Warranty
from app.domain.warranty import add_months, decide, remaining_days
from app.domain.warranty.cover import Birth, Cover, Done, Fitted, Kind, Source, of_purchase, of_work
from app.domain.warranty.decision import Case, decide_case
from app.domain.warranty.policy import Policy, Product, Replaced, Rule, Term, policy_on, same_part, standing
from app.domain.zone import ZONE

D = date.fromisoformat
AIR = Product("洱澜", "空调", "KFR-35GW", catalogue_months=72)
COMPRESSOR = Term(("压缩机", "压机"), 120)


def policy(version: str = "2026", valid_from: str = "2026-01-01", **over: object) -> Policy:
    rules = (
        Rule(brand="洱澜", unit_months=12),
        Rule(
            brand="洱澜",
            category="空调",
            unit_months=36,
            components=(COMPRESSOR, Term(("机身",), None)),
            exclusions=("滤网/过滤网",),
        ),
    )
    values = {
        "version": version, "valid_from": D(valid_from), "rules": rules, "grace_months": 3, "repair_days": 90,
        "part_days": 180, "minimum_days": 30, "replaced": Replaced.LONGER,
    }  # fmt: skip
    return Policy(**values | over)  # type: ignore[arg-type]


LAST_DAYS = [
    ("a year", "2025-03-01", 12, "2026-03-01"),
    ("bought on a leap day", "2024-02-29", 12, "2025-02-28"),
    ("leap day to leap day", "2024-02-29", 48, "2028-02-29"),
    ("the end of a longer month", "2025-01-31", 1, "2025-02-28"),
    ("the end of a longer month in a leap year", "2024-01-31", 1, "2024-02-29"),
    ("the end of a shorter month stays", "2025-02-28", 1, "2025-03-28"),
    ("over the end of the year", "2025-12-31", 2, "2026-02-28"),
    ("no time at all", "2025-05-05", 0, "2025-05-05"),
]


@pytest.mark.parametrize(
    ("bought", "months", "last"), [row[1:] for row in LAST_DAYS], ids=[r[0] for r in LAST_DAYS]
)
def test_the_last_day(bought: str, months: int, last: str) -> None:
    assert add_months(D(bought), months) == D(last)


def test_it_is_over_at_midnight_in_china() -> None:
    last = datetime(2026, 3, 1, 23, 59, 59, tzinfo=ZONE)
    days = [moment.astimezone(ZONE).date() for moment in (last, last + timedelta(seconds=1))]
    assert [decide(D("2025-03-01"), 12, day) for day in days] == [Warranty.IN, Warranty.OUT]
    assert [remaining_days(D("2026-03-01"), day) for day in days] == [0, -1]
    assert remaining_days(None, days[0]) is None


BEGINNINGS = [
    ("proof", Birth(D("2026-02-10"), verified=True), "2026-02-10", Source.PROOF),
    ("the customer's word", Birth(D("2026-02-10")), "2026-02-10", Source.CLAIMED),
    ("proof before manufacture", Birth(D("2026-02-10"), True, D("2025-11-30")), "2026-02-10", Source.PROOF),
    ("manufacture and grace", Birth(manufactured_on=D("2025-11-30")), "2026-02-28", Source.MANUFACTURE),
]


@pytest.mark.parametrize(
    ("birth", "begins", "source"), [r[1:] for r in BEGINNINGS], ids=[r[0] for r in BEGINNINGS]
)
def test_when_it_begins(birth: Birth, begins: str, source: Source) -> None:
    unit, *parts = of_purchase(birth, AIR, [policy()])
    assert (unit.kind, unit.begins_on, unit.source) == (Kind.UNIT, D(begins), source)
    assert unit.ends_on == add_months(D(begins), 36)
    assert [(part.component, part.ends_on) for part in parts] == [
        ("压缩机/压机", add_months(D(begins), 120)),
        ("机身", None),
    ]


def test_nobody_knows_when_it_began() -> None:
    assert of_purchase(Birth(), AIR, [policy()]) == ()


def test_the_policy_of_the_day_of_purchase_binds() -> None:
    old, new = policy("2024", "2024-01-01"), policy("2026", "2026-01-01")
    bought = {"2023-05-01": "2024", "2025-12-31": "2024", "2026-01-01": "2026", "2027-01-01": "2026"}
    for day, version in bought.items():
        assert policy_on([new, old], D(day)).version == version
    assert policy_on([], D("2026-01-01")) == standing()


def test_the_closest_rule_counts_and_the_catalogue_where_there_is_none() -> None:
    assert policy().unit_months(AIR) == 36
    assert policy().unit_months(Product("洱澜", "冰箱", "BCD")) == 12
    assert policy().unit_months(Product("别家", "空调", "X", catalogue_months=6)) == 6
    assert policy().unit_months(Product("别家", "空调", "X")) is None


def test_parts_are_the_same_by_whole_names() -> None:
    assert same_part("压机", "压缩机/压机")
    assert not same_part("压缩机电容", "压缩机/压机")


def unit(ends: str, source: Source = Source.PROOF) -> Cover:
    return Cover(Kind.UNIT, "", D("2023-03-01"), D(ends), "2026", source)


def fitted(part: str, ends: str | None) -> Cover:
    last = D(ends) if ends else None
    return Cover(Kind.PART, part, D("2025-01-01"), last, "2026", Source.FITTED, "漏水", "HX1")


def repaired(ends: str, fault: str = "漏水") -> Cover:
    return Cover(Kind.REPAIR, "本次维修", D("2026-09-01"), D(ends), "2026", Source.REPAIRED, fault, "HX1")


PARTS = [
    # held, sold, replaced by policy -> last day of the new part
    ("paid for, nothing held", [], True, Replaced.LONGER, "2027-05-25"),
    ("free, nothing held", [], False, Replaced.LONGER, "2027-05-25"),
    ("in the unit's warranty: the remainder", [unit("2027-03-01")], False, Replaced.LONGER, "2027-03-01"),
    ("on its last day: the minimum", [unit("2026-11-26")], False, Replaced.LONGER, "2026-12-26"),
    ("on its last day, remainder only", [unit("2026-11-26")], False, Replaced.REMAINDER, "2026-11-26"),
    ("its own period is the longer", [unit("2026-12-30"), fitted("水泵", "2027-01-30")], False,
     Replaced.REMAINDER, "2027-01-30"),
    ("another part's period is nothing to it", [fitted("水管", "2030-01-30")], False, Replaced.LONGER, "2027-05-25"),
    ("a period that is over is none", [fitted("水泵", "2026-11-25")], False, Replaced.REMAINDER, "2027-05-25"),
    ("for a lifetime", [fitted("水泵", None)], False, Replaced.LONGER, None),
    ("sold although in warranty: its own promise", [unit("2026-12-30")], True, Replaced.REMAINDER, "2027-05-25"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "sold", "replaced", "last"), [r[1:] for r in PARTS], ids=[r[0] for r in PARTS]
)
def test_how_long_a_part_is_covered(
    held: list[Cover], sold: bool, replaced: Replaced, last: str | None
) -> None:
    done = Done("漏水", (), (Fitted("水泵", sold=sold),))
    today = D("2026-11-26")
    made = of_work(done, held, policy(replaced=replaced), today, "HX2")
    (part,) = [cover for cover in made if cover.kind is Kind.PART]
    assert part.ends_on == (D(last) if last else None)


def test_a_redo_resets_nothing_however_often() -> None:
    first = of_work(Done("漏水", (Fitted("检修工时", 90, sold=True),), (Fitted("水泵", 180, sold=True),)), (),
                    policy(), D("2026-01-01"), "HX1")  # fmt: skip
    held = list(first)
    for day in ("2026-01-20", "2026-02-20", "2026-03-20"):
        again = of_work(Done("漏水", (), (Fitted("水泵"),)), held, policy(), D(day), "HX1")
        assert [cover.kind for cover in again] == [Kind.PART]
        assert again[0].ends_on == first[1].ends_on == D("2026-06-30")
        held += again
    assert [c.ends_on for c in held if c.kind is Kind.REPAIR] == [D("2026-04-01")]


def test_a_second_claim_is_possible_until_the_repair_warranty_is_over() -> None:
    held = [repaired("2026-11-30")]
    done = Done("漏水", (), ())
    assert of_work(done, held, policy(), D("2026-11-30"), "HX2") == ()
    (fresh,) = of_work(done, held, policy(), D("2026-12-01"), "HX3")
    assert (fresh.begins_on, fresh.ends_on) == (D("2026-12-01"), D("2027-03-01"))


def test_another_fault_is_another_repair() -> None:
    (made,) = of_work(Done("异响震动", (), ()), [repaired("2026-12-31")], policy(), D("2026-11-26"), "HX2")
    assert made.fault == "异响震动"


def case(held: list[Cover], parts: tuple[str, ...] = (), kind: ServiceType = ServiceType.REPAIR) -> Case:
    return Case(kind, "漏水", parts, held, policy().rule_for(AIR), policy())


def compressor(ends: str) -> Cover:
    return Cover(Kind.PART, "压缩机/压机", D("2023-03-01"), D(ends), "2026", Source.PROOF)


DECISIONS = [
    ("nothing known", case([]), Warranty.UNKNOWN, Covers.NOTHING, "没有购买日期，暂时无法判定是否在保"),
    ("in", case([unit("2027-03-01")]), Warranty.IN, Covers.UNIT,
     "整机保修至 2027-03-01（剩余 95 天），按 2026 版政策"),
    ("the last day", case([unit("2026-11-26")]), Warranty.IN, Covers.UNIT,
     "整机保修至 2026-11-26（今天到期），按 2026 版政策"),
    ("over", case([unit("2026-11-25")]), Warranty.OUT, Covers.UNIT, "整机保修已于 2026-11-25 到期，按 2026 版政策"),
    ("the named part goes on", case([unit("2026-01-01"), compressor("2033-03-01")], ("压机",)), Warranty.IN,
     Covers.PART, "压缩机保修至 2033-03-01（剩余 2287 天），按 2026 版政策"),
    ("one of several suspects", case([unit("2026-01-01"), compressor("2033-03-01")], ("电容", "压机")),
     Warranty.OUT, Covers.UNIT,
     "整机保修已于 2026-01-01 到期；若查明是压机的故障，则该部件仍在保修期内，按 2026 版政策"),
    ("wears out", case([unit("2027-03-01")], ("过滤网",)), Warranty.OUT, Covers.PART,
     "过滤网属于易损件，不在保修范围内，按 2026 版政策"),
    ("a lifetime", case([unit("2026-01-01"), fitted("水泵", None)], ("水泵",)), Warranty.IN, Covers.PART,
     "水泵终身保修，按 2026 版政策"),
    ("the same fault again", case([unit("2026-01-01"), repaired("2026-11-30")]), Warranty.IN, Covers.REPAIR,
     "同一故障在维修保修期内再次出现，按返修免费处理，维修保修至 2026-11-30（剩余 4 天），按 2026 版政策"),
    ("another fault", case([unit("2026-01-01"), repaired("2026-11-30", "异响震动")]), Warranty.OUT, Covers.UNIT,
     "整机保修已于 2026-01-01 到期，按 2026 版政策"),
    ("a cleaning", case([unit("2027-03-01")], kind=ServiceType.CLEANING), Warranty.OUT, Covers.SERVICE,
     "清洗服务不属于保修范围，按价目表收费"),
    ("an installation", case([], kind=ServiceType.INSTALLATION), Warranty.IN, Covers.SERVICE,
     "安装服务已随购买支付，不另收维修费"),
    ("by the day of manufacture", case([unit("2027-03-01", Source.MANUFACTURE)]), Warranty.IN, Covers.UNIT,
     "整机保修至 2027-03-01（剩余 95 天）（按生产日期推算），按 2026 版政策"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "state", "covers", "reason"), [r[1:] for r in DECISIONS], ids=[r[0] for r in DECISIONS]
)
def test_in_or_out_and_why(of: Case, state: Warranty, covers: Covers, reason: str) -> None:
    made = decide_case(of, D("2026-11-26"))
    assert (made.state, made.covers, made.reason) == (state, covers, reason)
    assert made.policy_version == "2026"
    assert made.rework_of == ("HX1" if covers is Covers.REPAIR else "")


def test_what_to_do_next_is_said_where_there_is_something_to_do() -> None:
    today = D("2026-11-26")
    assert "购买凭证" in decide_case(case([]), today).next_step
    assert "购买凭证" in decide_case(case([unit("2027-03-01", Source.CLAIMED)]), today).next_step
    assert decide_case(case([unit("2027-03-01")]), today).next_step == ""
