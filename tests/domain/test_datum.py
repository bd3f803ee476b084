"""Places that were measured in one system, kept in the other; and the province of a city."""

import pytest

from app.domain.datum import Datum, as_kept
from app.domain.divisions import province_of
from app.domain.travel import Point, great_circle_km


@pytest.mark.parametrize(
    ("measured", "kept"),
    [
        # Published pairs: Beijing, and Kunming by an implementation of others.
        ((39.915, 116.404), (39.916404, 116.410244)),
        # London and New York are drawn as they are measured.
        ((51.5, -0.12), (51.5, -0.12)),
        ((40.7, -74.0), (40.7, -74.0)),
    ],
)
def test_what_a_browser_measures(measured: tuple[float, float], kept: tuple[float, float]) -> None:
    assert great_circle_km(as_kept(*measured, Datum.WGS84), Point(*kept)) < 0.0005
    assert as_kept(*measured, Datum.GCJ02) == Point(*measured)


def test_a_city_says_its_province() -> None:
    assert [province_of(city) for city in ("昆明市", "重庆市", "海西")] == ["云南省", "重庆市", ""]


@pytest.mark.parametrize("place", [(25.04, 102.71), (31.23, 121.54), (45.8, 126.53), (22.54, 114.06)])
def test_the_two_are_some_hundred_metres_apart_all_over_the_country(place: tuple[float, float]) -> None:
    assert 0.2 < great_circle_km(as_kept(*place, Datum.WGS84), Point(*place)) < 0.8
