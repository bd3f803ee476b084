from datetime import datetime

import pytest

from app.domain.travel import RoadEstimate, great_circle_km, in_peak, minutes
from app.domain.zone import ZONE
from tests.domain.days import CENTRE, at, east


def test_the_great_circle_agrees_with_known_distances() -> None:
    from_beijing = great_circle_km(type(CENTRE)(39.9042, 116.4074), type(CENTRE)(31.2304, 121.4737))
    assert from_beijing == pytest.approx(1067.3, abs=0.5)
    assert great_circle_km(CENTRE, east(1)) == pytest.approx(1.0, abs=0.01)
    assert great_circle_km(CENTRE, CENTRE) == 0


def test_the_same_place_takes_no_time_and_any_other_at_least_the_parking() -> None:
    assert minutes(CENTRE, CENTRE, at("10:00")) == 0
    assert minutes(CENTRE, east(0.001), at("10:00")) == pytest.approx(3.0, abs=0.01)


def test_ten_kilometres_at_town_speed() -> None:
    km = great_circle_km(CENTRE, east(10))
    assert minutes(CENTRE, east(10), at("10:00")) == pytest.approx(km * 1.33 / 25 * 60 + 3)
    assert minutes(CENTRE, east(10), at("08:00")) == pytest.approx(km * 1.33 / 25 * 60 * 1.25 + 3)
    assert RoadEstimate(km_per_hour=50).minutes(CENTRE, east(10), at("10:00")) == pytest.approx(
        km * 1.33 / 50 * 60 + 3
    )


@pytest.mark.parametrize(
    ("clock", "slow"),
    [
        ("07:29", False),
        ("07:30", True),
        ("09:29", True),
        ("09:30", False),
        ("16:59", False),
        ("17:00", True),
        ("18:59", True),
        ("19:00", False),
        ("00:00", False),
    ],
)
def test_peaks_are_read_on_the_clock_of_the_city(clock: str, slow: bool) -> None:
    winter, summer = datetime(2026, 1, 5, tzinfo=ZONE), datetime(2026, 7, 6, tzinfo=ZONE)
    assert in_peak(at(clock, winter.date())) is slow
    assert in_peak(at(clock, summer.date())) is slow
