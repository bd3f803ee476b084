"""Points to level, with the arithmetic written out: 普通 from 0, 银卡 from 150, 金卡 from 300, for 365 days."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.membership.rules import read
from app.domain.membership.standing import Earned, standing
from app.services.seed.membership import RULES

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
TOWN = read(1, RULES.model_dump(mode="json"))


def ago(days: float, change: int) -> Earned:
    return Earned(change, NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("entries", "points", "level", "missing", "held_for", "lapsing"),
    [
        ([], 0, "普通会员", 150, None, 0),
        ([ago(1, 149)], 149, "普通会员", 1, None, 0),
        ([ago(1, 150)], 150, "银卡会员", 150, 364, 0),
        ([ago(1, 300)], 300, "金卡会员", None, 364, 0),
        # What was earned 365 days ago counts no longer, a second less and it does.
        ([ago(365, 150)], 0, "普通会员", 150, None, 0),
        ([ago(365 - 1 / 86400, 150)], 150, "银卡会员", 150, 1 / 86400, 150),
        # 170 - 20 is still 150: the level ends with the second row, in 165 days, and 20 lapse before.
        ([ago(340, 20), ago(200, 100), ago(3, 50)], 170, "银卡会员", 130, 165, 20),
        # Taken back: both rows count since the same day, and lapse together without a trace.
        ([ago(364, 200), ago(364, -200), ago(9, 160)], 160, "银卡会员", 140, 356, 0),
        # A deduction of its own outlives what it was for; nobody owes us points.
        ([ago(366, 100), ago(10, -100)], 0, "普通会员", 150, None, 0),
        # When the deduction lapses before the rest, the level rises again rather than falls.
        ([ago(300, -50), ago(10, 200)], 150, "银卡会员", 150, 355, 0),
        # The clock of another machine is ahead of ours.
        ([ago(-0.01, 150)], 150, "银卡会员", 150, 365.01, 0),
    ],
)
def test_where_somebody_stands(
    entries: list[Earned], points: int, level: str, missing: int | None, held_for: float | None, lapsing: int
) -> None:
    has = standing(entries, TOWN, NOW)
    assert (has.points, has.level.name, has.missing, has.lapsing) == (points, level, missing, lapsing)
    assert has.holds_until == (None if held_for is None else NOW + timedelta(days=held_for))
    assert (has.following is None) == (missing is None)
    # The order in which rows were written says nothing.
    assert standing(entries[::-1], TOWN, NOW) == has
