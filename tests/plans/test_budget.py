"""How long the planner thinks: as long as a day is large."""

import pytest

from app.workers.planner import FIRST_SECONDS, SECONDS, WHOLE_DAY, budget


@pytest.mark.parametrize(("first", "whole"), [(True, FIRST_SECONDS), (False, SECONDS)])
def test_a_day_is_worth_as_much_time_as_it_has_visits(first: bool, whole: float) -> None:
    assert budget(WHOLE_DAY * 5, first=first) == budget(WHOLE_DAY, first=first) == whole
    assert budget(WHOLE_DAY // 10, first=first) == pytest.approx(whole / 10)
    # An engine that somebody else wrote may not be ready for no time at all.
    assert 0 < budget(0, first=first) == budget(1, first=first)
