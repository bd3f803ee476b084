import pytest

from sandbox import defaults
from tests.sandbox.bench import MINI, OFFICIAL, Bench

ASK = {"grant_type": "client_credential"}


async def _legacy(bench: Bench) -> str:
    return str((await bench.get("/cgi-bin/token", **ASK, **OFFICIAL))["access_token"])


async def _works(bench: Bench, token: str) -> int:
    answer = await bench.get("/cgi-bin/menu/get", access_token=token)
    return int(answer["errcode"])


# An account without a menu answers 46003 once the token is accepted.
ACCEPTED = 46003


async def test_stable_token_stays_the_same(bench: Bench) -> None:
    assert await bench.token() == await bench.token()


async def test_stable_token_changes_five_minutes_before_its_end_and_both_live_on(bench: Bench) -> None:
    first = await bench.token()
    await bench.control("POST", "clock", {"advance": 7200 - 301})
    assert await bench.token() == first
    await bench.control("POST", "clock", {"advance": 2})
    second = await bench.token()
    assert second != first
    assert await _works(bench, first) == ACCEPTED
    assert await _works(bench, second) == ACCEPTED
    await bench.control("POST", "clock", {"advance": 300})
    assert await _works(bench, first) == 42001
    assert await _works(bench, second) == ACCEPTED


async def test_stable_token_never_promises_less_than_five_minutes(bench: Bench) -> None:
    await bench.token()
    await bench.control("POST", "clock", {"advance": 7200 - 301})
    answer = await bench.client.post("/cgi-bin/stable_token", json={**ASK, **OFFICIAL})
    assert answer.json()["expires_in"] in (300, 301)


async def test_force_ends_the_old_token_at_once(bench: Bench) -> None:
    old = await bench.token()
    new = await bench.token(force=True)
    assert new != old
    assert await _works(bench, old) == 40001
    assert await _works(bench, new) == ACCEPTED


async def test_force_within_thirty_seconds_refreshes_nothing(bench: Bench) -> None:
    forced = await bench.token(force=True)
    assert await bench.token(force=True) == forced
    await bench.control("POST", "clock", {"advance": 31})
    assert await bench.token(force=True) != forced


async def test_force_has_twenty_tries_a_day(bench: Bench) -> None:
    # From just after a midnight, so that no day boundary falls between the tries.
    to_midnight = bench.world.clock.day_start() + 86_400 - bench.world.clock.now()
    await bench.control("POST", "clock", {"advance": to_midnight + 60})
    for _ in range(20):
        await bench.token(force=True)
        await bench.control("POST", "clock", {"advance": 31})
    refused = await bench.client.post(
        "/cgi-bin/stable_token", json={**ASK, **OFFICIAL, "force_refresh": True}
    )
    assert refused.json()["errcode"] == 45009


async def test_each_legacy_token_leaves_the_one_before_five_minutes(bench: Bench) -> None:
    first, second = await _legacy(bench), await _legacy(bench)
    assert await _works(bench, first) == ACCEPTED
    await bench.control("POST", "clock", {"advance": 301})
    assert await _works(bench, first) == 42001
    assert await _works(bench, second) == ACCEPTED


async def test_the_two_kinds_do_not_touch_each_other(bench: Bench) -> None:
    stable, legacy = await bench.token(), await _legacy(bench)
    await bench.token(force=True)
    assert await _works(bench, legacy) == ACCEPTED
    assert await _works(bench, stable) == 40001


async def test_an_operator_can_revoke(bench: Bench) -> None:
    token = await bench.token()
    assert await bench.control("POST", "tokens/revoke", {"appid": defaults.OFFICIAL_APPID}) == {"revoked": 1}
    assert await _works(bench, token) == 40001


@pytest.mark.parametrize(
    ("token", "code"),
    [("", 41001), ("short", 40014), ("has blanks in it, surely malformed", 40014), ("96_" + "x" * 60, 40001)],
)
async def test_refuses_a_token_it_never_gave(bench: Bench, token: str, code: int) -> None:
    assert await _works(bench, token) == code


async def test_a_token_opens_only_its_own_account(bench: Bench) -> None:
    assert await _works(bench, await bench.token(MINI)) == 48001


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "wrong"}, 40125),
    ],
)
async def test_refuses_wrong_credentials(bench: Bench, over: dict[str, str], code: int) -> None:
    asked = {**ASK, **OFFICIAL, **over}
    assert (await bench.client.post("/cgi-bin/stable_token", json=asked)).json()["errcode"] == code
    assert (await bench.get("/cgi-bin/token", **asked))["errcode"] == code
