"""What a choice costs, in minutes of one kind, so that a dispatcher can add it up by hand."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Weights:
    """Cost minutes per minute (or per case). Lateness of urgent visits has its own weight."""

    travel: float = 1.0
    late: float = 5.0
    urgent_late: float = 12.0
    late_visit: float = 10.0
    overtime: float = 3.0
    same_engineer: float = 5.0
    change: float = 10.0
    day_of_waiting: float = 4.0
    window_of_waiting: float = 0.5
    # What the customer said of his time moves a window up or down among those he is offered.
    wished: float = 15.0
    away: float = 15.0
    # A rating only tips the scale: as a filter it would feed itself, since who is sent is who gets rated.
    rating_cap: float = 3.0
    # Less than a late minute costs, and given only where nobody is late by it: it fills gaps, and breaks nothing.
    fairness_cap: float = 4.0


WEIGHTS = Weights()


class Effects(NamedTuple):
    """What an insertion changes in a day: seconds, and the number of visits that begin late."""

    travel: int
    late: int
    urgent_late: int
    late_visits: int
    overtime: int

    @property
    def punctual(self) -> bool:
        """Nobody begins later by it than he would have, beyond his window."""
        return self.late <= 0 and self.urgent_late <= 0 and self.late_visits <= 0

    def price(self, weights: Weights) -> float:
        return (
            weights.travel * self.travel
            + weights.late * self.late
            + weights.urgent_late * self.urgent_late
            + weights.overtime * self.overtime
        ) / 60 + weights.late_visit * self.late_visits


@dataclass(frozen=True)
class CostTerms:
    """Natural quantities (minutes, cases) with the weights that price them; kept with every assignment."""

    weights: Weights
    added_travel: float
    late: float = 0.0
    urgent_late: float = 0.0
    late_visits: int = 0
    overtime: float = 0.0
    same_engineer: bool = False
    changed: bool = False
    rating: float = 0.0
    fairness: float = 0.0
    waiting: float = 0.0
    wish: float = 0.0

    def _priced(self) -> tuple[tuple[str, float], ...]:
        w = self.weights
        return (
            (f"路上多走 {self.added_travel:.1f} 分钟", w.travel * self.added_travel),
            (f"晚到合计 {self.late:.1f} 分钟", w.late * self.late),
            (f"紧急单晚到合计 {self.urgent_late:.1f} 分钟", w.urgent_late * self.urgent_late),
            (f"新增晚到 {self.late_visits} 单", w.late_visit * self.late_visits),
            (f"加班 {self.overtime:.1f} 分钟", w.overtime * self.overtime),
            ("上次由他服务且得到好评", -w.same_engineer * self.same_engineer),
            ("评分略有优势", -self.rating),
            ("公平：近几天派单偏少", -self.fairness),
            ("已通知客户后换人", w.change * self.changed),
            ("客户等待", self.waiting),
            ("客户希望的时段" if self.wish < 0 else "客户不方便的时段", self.wish),
        )

    @property
    def total(self) -> float:
        return sum(cost for _, cost in self._priced())

    def explain(self) -> list[str]:
        """One line for each term that counts, and the sum; in Chinese, for the dispatcher."""
        lines = [f"{label}：{cost:+.1f}" for label, cost in self._priced() if cost]
        return [*lines, f"合计：{self.total:.1f} 分钟"]
