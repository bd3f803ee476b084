"""The weather is felt by our own calls alone, so it is tested by telling it of calls."""

from datetime import UTC, datetime, timedelta

import pytest

from app.workers.weather import Weather

START = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def stormy(weather: Weather | None = None, *, failures: int = 5) -> Weather:
    """Calls that began at once and failed at once."""
    weather = weather or Weather()
    for _ in range(failures):
        weather.feel("unknown", began=START, now=START)
    return weather


def probe(weather: Weather, outcome: str, seconds: float) -> None:
    """Take a message at that moment and see it end so."""
    assert weather.room(16, at(seconds)) == 1, f"no probe at {seconds}"
    weather.taken(1, at(seconds))
    assert weather.room(16, at(seconds)) == 0
    weather.feel(outcome, began=at(seconds), now=at(seconds))


def test_four_failures_are_bad_luck_and_the_fifth_is_a_storm() -> None:
    assert stormy(failures=4).room(16, START) == 16
    assert stormy().room(16, START) == 0


def test_a_success_between_failures_makes_it_fair() -> None:
    weather = stormy(failures=4)
    weather.feel("accepted", began=START, now=START)
    assert stormy(weather, failures=4).room(16, START) == 16


@pytest.mark.parametrize("outcome", ["user", "payload", "later_day", "review"])
def test_an_answer_about_the_message_says_that_wechat_is_well(outcome: str) -> None:
    weather = stormy()
    probe(weather, outcome, 1)
    assert weather.room(16, at(1)) == 16


def test_probes_come_ever_more_rarely() -> None:
    weather, when = stormy(), 1.0
    for pause in (2, 4, 8, 16, 30, 30):
        probe(weather, "soon", when)
        assert weather.room(16, at(when + pause - 0.1)) == 0
        when += pause


def test_many_that_fail_together_are_one_failure() -> None:
    """Sixteen under way when WeChat went away must not cost half a minute."""
    weather = stormy(failures=16)
    weather.feel("unknown", began=START - timedelta(seconds=5), now=at(0.5))
    assert weather.room(16, at(1)) == 1


def test_a_probe_that_found_nothing_to_send_is_no_probe() -> None:
    weather = stormy()
    assert weather.room(16, at(1)) == 1
    weather.taken(0, at(1))
    assert weather.room(16, at(1.1)) == 1


def test_a_probe_that_was_never_sent_gives_way_to_the_next() -> None:
    weather = stormy()
    probe(weather, "not_sent", 1)
    assert weather.room(16, at(1)) == 1


def test_a_probe_that_was_lost_is_replaced() -> None:
    weather = stormy()
    weather.taken(weather.room(16, at(1)), at(1))
    assert weather.room(16, at(30.9)) == 0
    assert weather.room(16, at(31)) == 1
