"""One run in one line of JSON."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from tests.chaos.checker import Verdict
from tests.chaos.ledger import Ledger

# A client whose request failed must be served again within so many seconds of the kill; where a start of the API
# takes longer than that by itself, because the machine is busy with something else, within one and a half of it.
BACK_WITHIN = 5.0
STARTS = 1.5
DRAIN_WITHIN = 60.0
# Without these no request can succeed.
NEEDED = frozenset({"kill_api", "kill_postgres"})


@dataclass(frozen=True)
class Report:
    seed: int
    seconds: float
    faults: Mapping[str, int]
    errors_percent: float
    p50_ms: float
    p99_ms: float
    time_to_first_success: float
    slowest_after: str
    api_start_s: float
    drain_s: float
    token_fetches: int
    verdict: Verdict

    @property
    def broken(self) -> tuple[str, ...]:
        late = self.time_to_first_success > back_within(self.api_start_s)
        more = (f"{self.slowest_after}: no success for {self.time_to_first_success} s",) if late else ()
        return self.verdict.broken + more

    def line(self) -> str:
        facts = asdict(self)
        verdict = facts.pop("verdict")
        verdict.pop("broken")
        return orjson.dumps(facts | verdict | {"broken": len(self.broken)}).decode()


def back_within(start_seconds: float) -> float:
    """Seconds after a kill, when the slowest start of the API took so many."""
    return max(BACK_WITHIN, STARTS * start_seconds)


def quantile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    if len(seconds) < 2:
        return 0.0
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return round(cuts[min(int(share * 100), 99) - 1] * 1000, 1)


def first_success(ledger: Ledger, kills: Sequence[tuple[str, float]]) -> tuple[float, str]:
    """The longest that clients waited after a kill for the first request begun after it, and after which.

    Of kills that came one upon the other, before anybody was served again, the last one counts; a kill of what
    requests do not need is not blamed for an outage that it found.
    """
    waits = [(kind, moment, _wait(ledger, moment)) for kind, moment in kills]
    outages = [(moment, moment + wait) for kind, moment, wait in waits if kind in NEEDED]
    worst, name = 0.0, ""
    for kind, moment, wait in waits:
        followed = any(moment < began < moment + wait for began, _ in outages)
        found = kind not in NEEDED and any(began <= moment < ended for began, ended in outages)
        if wait > worst and not followed and not found:
            worst, name = wait, kind
    return round(worst, 2), name


def served_since(ledger: Ledger, moment: float) -> bool:
    return _wait(ledger, moment) < float("inf")


def _wait(ledger: Ledger, moment: float) -> float:
    after = [began + took for began, took in ledger.answered if began >= moment]
    return min(after) - moment if after else float("inf")


def errors_percent(ledger: Ledger) -> float:
    tries = len(ledger.answered) + ledger.failed
    return round(100 * ledger.failed / tries, 2) if tries else 0.0
