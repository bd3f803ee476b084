"""What the clients were promised: every acknowledged write, and how long each answer took."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """An acknowledged event of the life cycle; ``version`` is the ticket's after it."""

    number: str
    event: str
    version: int


@dataclass
class Ledger:
    """Filled by the load while it runs; read by the checker when all is quiet."""

    # Idempotency-Key of a report -> every number that was answered for it.
    reports: dict[str, list[str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    # Idempotency-Key of an urging -> the ticket's number.
    urgings: dict[str, str] = field(default_factory=dict)
    ratings: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)
    # Openids whose "subscribe" callback was answered with success.
    followers: set[str] = field(default_factory=set)
    # (began, seconds) of each request that succeeded; moments are monotonic.
    answered: list[tuple[float, float]] = field(default_factory=list)
    failed: int = 0
    # Answers that nothing excuses: a 5xx other than 503, or a refusal that no rule explains.
    strange: Counter[str] = field(default_factory=Counter)

    @property
    def acked(self) -> int:
        kept = len(self.reports) + len(self.steps) + len(self.urgings)
        return kept + len(self.ratings) + len(self.photos) + len(self.followers)
