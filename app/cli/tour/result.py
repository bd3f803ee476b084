"""What a tour found out: every message with its delay, and whether all came, once and in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from app.cli.tour.expected import Expected, Sign, sign_of
from app.integrations.sandbox import Card


@dataclass(frozen=True)
class Push:
    """A message that was expected and arrived."""

    seq: int
    event: str
    who: str
    phone: str
    title: str
    rows: dict[str, str]
    event_at: str
    delay_ms: float


@dataclass(frozen=True)
class Verdict:
    pushes: tuple[Push, ...]
    missing: tuple[Sign, ...]
    surplus: tuple[Sign, ...]
    in_order: bool

    @property
    def ok(self) -> bool:
        return self.in_order and not self.missing and not self.surplus


@dataclass(frozen=True)
class Step:
    title: str
    detail: str
    took_ms: float


@dataclass
class Result:
    """Grows as the story goes on; ``error`` is what ended it early."""

    ticket: str = ""
    engineer: str = ""
    steps: list[Step] = field(default_factory=list)
    verdict: Verdict | None = None
    kpi_before: dict[str, Any] | None = None
    kpi_after: dict[str, Any] | None = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None and self.verdict is not None and self.verdict.ok

    def as_document(self) -> dict[str, Any]:
        verdict = self.verdict
        delays = [push.delay_ms for push in verdict.pushes] if verdict else []
        return {
            "ok": self.ok,
            "error": self.error,
            "ticket": self.ticket,
            "engineer": self.engineer,
            "steps": [asdict(step) for step in self.steps],
            "pushes": [asdict(push) for push in verdict.pushes] if verdict else [],
            "missing": [asdict(sign) for sign in verdict.missing] if verdict else [],
            "surplus": [asdict(sign) for sign in verdict.surplus] if verdict else [],
            "in_order": verdict.in_order if verdict else False,
            "median_delay_ms": round(median(delays), 1) if delays else None,
            "max_delay_ms": max(delays) if delays else None,
            "kpi_before": self.kpi_before,
            "kpi_after": self.kpi_after,
        }


def judge(wanted: Sequence[Expected], cards: Sequence[Card], customer: str) -> Verdict:
    """Compare what had to come with what came."""
    must = [each.sign for each in wanted]
    came = [sign_of(card, customer) for card in cards]
    missing, surplus = Counter(must) - Counter(came), Counter(came) - Counter(must)
    complete = not missing and not surplus
    pushes = map(_push, wanted, cards) if complete else ()
    return Verdict(
        tuple(pushes), tuple(missing.elements()), tuple(surplus.elements()), complete and must == came
    )


def _push(wanted: Expected, card: Card) -> Push:
    delay = round((card.accepted_at - wanted.at.timestamp()) * 1000, 1)
    return Push(
        wanted.seq,
        wanted.event,
        wanted.sign.who,
        card.nickname,
        card.title,
        dict(card.rows),
        wanted.at.isoformat(),
        delay,
    )
