"""Measure triage on described faults, beside a plain keyword baseline: `python -m bench.triage [batch …]`."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.domain.triage import Category, Fault, Urgency, triage

_Label = TypeVar("_Label", Fault, Urgency)
DESCRIPTIONS = Path(__file__).parents[1] / "tests" / "triage" / "descriptions.json"


@dataclass(frozen=True, slots=True)
class Described:
    batch: str
    text: str
    category: str
    fault: str
    urgency: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    category: str
    fault: str
    urgency: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    count: int
    category: float
    fault: float
    urgency_macro_f1: float
    accident_recall: float
    accident_precision: float
    parts: float

    def line(self) -> str:
        return (
            f"{self.count:5d}  {self.category:8.3f}  {self.fault:5.3f}  {self.urgency_macro_f1:10.3f}"
            f"  {self.accident_recall:8.3f}  {self.accident_precision:9.3f}  {self.parts:5.3f}"
        )


def described(batches: Iterable[str] = ()) -> list[Described]:
    wanted = set(batches)
    rows = json.loads(DESCRIPTIONS.read_text(encoding="utf-8"))
    cases = [Described(**{**row, "parts": tuple(row["parts"])}) for row in rows]
    return [case for case in cases if not wanted or case.batch in wanted]


def by_rules(text: str) -> Prediction:
    found = triage(text)
    return Prediction(found.category, found.fault, found.urgency, found.parts)


def measure(cases: list[Described], predict: Callable[[str], Prediction]) -> Figures:
    pairs = [(case, predict(case.text)) for case in cases]
    with_parts = [(case, guess) for case, guess in pairs if case.parts]
    levels = [(case.urgency, guess.urgency) for case, guess in pairs]
    recall, precision = _recall_precision(levels, Urgency.ACCIDENT)
    return Figures(
        count=len(pairs),
        category=_share(case.category == guess.category for case, guess in pairs),
        fault=_share(case.fault == guess.fault for case, guess in pairs),
        urgency_macro_f1=sum(_f1(levels, level) for level in Urgency) / len(Urgency),
        accident_recall=recall,
        accident_precision=precision,
        parts=_share(_names(case.parts) & _names(guess.parts[:3]) for case, guess in with_parts),
    )


def _names(parts: Iterable[str]) -> set[str]:
    return {name.lower() for part in parts for name in part.split("/")}


def _share(hits: Iterable[object]) -> float:
    counted = [bool(hit) for hit in hits]
    return sum(counted) / len(counted) if counted else 1.0


def _recall_precision(levels: list[tuple[str, str]], level: str) -> tuple[float, float]:
    both = sum(gold == guess == level for gold, guess in levels)
    gold_count = sum(gold == level for gold, _ in levels)
    guess_count = sum(guess == level for _, guess in levels)
    return (both / gold_count if gold_count else 1.0), (both / guess_count if guess_count else 1.0)


def _f1(levels: list[tuple[str, str]], level: str) -> float:
    recall, precision = _recall_precision(levels, level)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


_FAULT_WORDS = {
    "不制冷 不制热 不热 不冷": Fault.NO_HEAT_OR_COLD,
    "不启动 没反应 断电 不开机": Fault.DEAD,
    "漏水 滴水": Fault.LEAK,
    "异响 噪音 震动": Fault.NOISE,
    "异味 冒烟 起火": Fault.SMELL_OR_FIRE,
    "故障代码 代码": Fault.ERROR_CODE,
    "漏电 跳闸": Fault.SHOCK_OR_TRIP,
    "打不着火 点火 燃气": Fault.IGNITION,
    "不排水 不进水 不脱水": Fault.WATER_FLOW,
    "结霜 结冰": Fault.FROST,
    "遥控 联网": Fault.CONTROL,
    "花屏 黑屏 屏幕": Fault.DISPLAY,
    "效果差 吸力": Fault.WEAK,
    "破损 断裂 坏了": Fault.BROKEN_PART,
    "安装 移机": Fault.INSTALLATION,
    "清洗 保养": Fault.CLEANING,
    "支付 扣款 充值": Fault.PAYMENT,
    "优惠券 券": Fault.COUPON,
    "发票": Fault.INVOICE,
    "登录 账号": Fault.ACCOUNT,
    "油品": Fault.FUEL_QUALITY,
    "油枪 加油机": Fault.FUEL_EQUIPMENT,
    "积分 会员": Fault.POINTS,
    "小程序": Fault.MINI_PROGRAM,
    "态度": Fault.ATTITUDE,
    "收费": Fault.CHARGES,
}
_URGENCY_WORDS = {
    "大家都 所有人 全部用户": Urgency.SYSTEMIC,
    "漏电 冒烟 起火 爆炸 燃气味 煤气味 触电 烫伤": Urgency.ACCIDENT,
    "紧急 马上 立刻 老人 宝宝 孕妇": Urgency.URGENT,
}


def by_keywords(text: str) -> Prediction:
    """What a page of keywords reaches: the name of the product, the name of the fault."""
    return Prediction(
        next((c for c in Category if c in text), Category.FUEL if "油" in text else Category.OTHER),
        _first(_FAULT_WORDS, text, Fault.QUESTION),
        _first(_URGENCY_WORDS, text, Urgency.NORMAL),
        (),
    )


def _first(words: dict[str, _Label], text: str, otherwise: _Label) -> _Label:
    return next((label for said, label in words.items() if any(w in text for w in said.split())), otherwise)


def microseconds_per_text(cases: list[Described]) -> float:
    started = time.process_time()
    for case in cases:
        triage(case.text)
    return (time.process_time() - started) / len(cases) * 1e6


def main() -> None:
    cases = described(sys.argv[1:])
    print("who       batch  count  category  fault  urgency F1  accident  precision  parts")
    for batch in sorted({case.batch for case in cases}):
        chosen = [case for case in cases if case.batch == batch]
        print(f"rules     {batch:5}", measure(chosen, by_rules).line())
    print("rules     all  ", measure(cases, by_rules).line())
    print("keywords  all  ", measure(cases, by_keywords).line())
    print(f"{microseconds_per_text(cases):.0f} µs of CPU a description")


if __name__ == "__main__":
    main()
