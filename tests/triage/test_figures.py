"""Floors under the measured quality, so that a new rule cannot quietly spoil the old ones."""

import pytest

from app.domain.triage import Category, Fault, Urgency
from bench.triage import Figures, by_keywords, by_rules, described, measure


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(described(), by_rules)


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("category", 0.97),
        ("fault", 0.91),
        ("urgency_macro_f1", 0.96),
        ("accident_recall", 0.98),
        ("accident_precision", 0.95),
        ("parts", 0.92),
    ],
)
def test_quality_stays_above_its_floor(figures: Figures, name: str, floor: float) -> None:
    assert getattr(figures, name) >= floor


def test_rules_are_far_better_than_keywords(figures: Figures) -> None:
    plain = measure(described(), by_keywords)
    assert figures.category > plain.category + 0.3
    assert figures.fault > plain.fault + 0.5
    assert figures.accident_recall > plain.accident_recall + 0.5


def test_the_descriptions_are_varied_and_well_labelled() -> None:
    cases = described()
    assert len({case.text for case in cases}) == len(cases) >= 700
    assert {case.category for case in cases} == set(Category)
    assert {case.fault for case in cases} == set(Fault)
    assert {case.urgency for case in cases} == set(Urgency)
