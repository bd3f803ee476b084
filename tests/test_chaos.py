"""The promises of the house while it is being wrecked, and that a broken promise would be noticed."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.presets import PRESETS
from tests.chaos import presets
from tests.chaos.checker import check
from tests.chaos.evidence import Evidence, Follower, Push, Seen
from tests.chaos.ledger import Ledger, Step
from tests.chaos.report import first_success
from tests.chaos.run import run

log = logging.getLogger(__name__)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_chaos_breaks_no_promise(seed: int) -> None:
    report = await run(seed, seconds=30)
    log.info("%s", report.line())
    assert list(report.broken) == []


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_preset_of_faults_breaks_no_promise() -> None:
    """Some seconds of each; `make presets` gives each a minute."""
    names = [preset.name for preset in PRESETS if preset.rules]
    rows = await presets.run(2, names)
    log.info("%s", presets.table(rows, 2))
    assert [row.preset for row in rows] == names
    assert [f"{row.preset}: {promise}" for row in rows for promise in row.broken] == []


def ledger() -> Ledger:
    return Ledger(
        reports={"key": ["HX1", "HX1"]},
        steps=[Step("HX1", "triage", 2)],
        urgings={"urge": "HX1"},
        ratings={"HX1"},
        photos={"photo"},
        followers={"o1"},
    )


def evidence() -> Evidence:
    """One ticket, as it should be after a run."""
    return Evidence(
        tickets={"HX1": 1},
        steps=frozenset({("HX1", "submit", 1), ("HX1", "triage", 2)}),
        events=frozenset({("HX1", 1), ("HX1", 2)}),
        pushes=(
            Push(1, "HX1", 1, "customer", "ticket_progress", "a", "delivered"),
            Push(2, "HX1", 2, "customer", "ticket_progress", "b", "accepted"),
        ),
        seen=(Seen("a", "HX1"), Seen("b", "HX1")),
        accepted_calls=3,
        token_fetches=1,
        urgings={"HX1": 1},
        ratings=frozenset({"HX1"}),
        photos=frozenset({"photo"}),
        followers={"o1": Follower(told=1, customers=1, follows=True)},
        overlaps=0,
        findings=(),
    )


def test_a_clean_run_is_clean() -> None:
    verdict = check(ledger(), evidence())
    assert verdict.broken == ()
    assert (verdict.acked, verdict.pushes, verdict.dup_calls) == (6, 2, 1)


def with_pushes(change: Callable[[Push], Push]) -> Evidence:
    found = evidence()
    return replace(found, pushes=(*found.pushes[:1], change(found.pushes[1])))


TAMPERED: dict[str, tuple[str, Evidence]] = {
    "ticket": ("acked_lost", replace(evidence(), tickets={})),
    "step": ("acked_lost", replace(evidence(), steps=frozenset({("HX1", "submit", 1)}))),
    "urging": ("acked_lost", replace(evidence(), urgings={})),
    "rating": ("acked_lost", replace(evidence(), ratings=frozenset())),
    "photo": ("acked_lost", replace(evidence(), photos=frozenset())),
    "follower": ("acked_lost", replace(evidence(), followers={})),
    "never accepted": ("push_lost", replace(evidence(), seen=(Seen("a", "HX1"),))),
    "still waiting": ("push_lost", with_pushes(lambda push: replace(push, state="queued"))),
    "dead without a word": ("push_lost", with_pushes(lambda push: replace(push, state="dead"))),
    "from nowhere": ("phantom", replace(evidence(), seen=(*evidence().seen, Seen("c", "HX9")))),
    "without an event": ("phantom", replace(evidence(), events=frozenset({("HX1", 1)}))),
    "seen twice": ("dup_visible", replace(evidence(), seen=(*evidence().seen, Seen("b", "HX1")))),
    "out of order": ("inversions", replace(evidence(), seen=evidence().seen[::-1])),
    "two places": ("double_booked", replace(evidence(), overlaps=1)),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_broken_promise_is_noticed_and_counted(name: str) -> None:
    figure, tampered = TAMPERED[name]
    verdict = check(ledger(), tampered)
    assert verdict.broken
    assert getattr(verdict, figure) == 1


@pytest.mark.parametrize(
    "tampered",
    [
        replace(evidence(), followers={"o1": Follower(told=1, customers=2, follows=True)}),
        replace(evidence(), urgings={"HX1": 3}),
        replace(evidence(), tickets={"HX1": 2}),
        replace(evidence(), findings=("events_gap_free: HX1",)),
    ],
)
def test_a_second_effect_is_noticed(tampered: Evidence) -> None:
    assert check(ledger(), tampered).broken


def test_two_tickets_for_one_key_are_noticed() -> None:
    said = ledger()
    said.reports["key"].append("HX2")
    found = replace(evidence(), tickets={"HX1": 1, "HX2": 1})
    assert check(said, found).broken


def test_an_answer_that_nothing_excuses_is_noticed() -> None:
    said = ledger()
    said.strange["POST /api/v1/tickets: 500"] += 1
    assert check(said, evidence()).broken


def test_the_wait_after_a_kill_is_counted_from_the_kill() -> None:
    said = ledger()
    said.answered = [(9.0, 0.1), (9.9, 3.0), (12.0, 0.5), (31.0, 0.1)]
    assert first_success(said, [("kill_api", 10.0), ("kill_worker", 30.0)]) == (2.5, "kill_api")
    assert first_success(said, [("kill_postgres", 9.5), ("kill_api", 10.0)]) == (2.5, "kill_api")
    assert first_success(said, [("kill_api", 10.0), ("kill_valkey", 11.0)]) == (2.5, "kill_api")
    assert first_success(said, [("kill_api", 40.0)])[0] == float("inf")
