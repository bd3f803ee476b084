import asyncio
from datetime import timedelta

import pytest

from app.wechat import tokens
from app.wechat.errors import BreakerOpen, CredentialConflict, ErrorClass, Refused, Unreachable
from app.wechat.tokens import Breaker, InMemoryTokenStore, StoredToken
from tests.wechat.conftest import ACCOUNT, Clock, Rig
from tests.wechat.platform import Fault

TOKEN = "/cgi-bin/stable_token"


def fetches(rig: Rig) -> int:
    return len(rig.platform.to(TOKEN))


async def test_the_token_is_asked_for_once_in_normal_mode(rig: Rig) -> None:
    assert await asyncio.gather(*(rig.keeper.token() for _ in range(20))) == ["T1"] * 20

    (asked,) = rig.platform.to(TOKEN)
    assert asked.json == {
        "grant_type": "client_credential",
        "appid": ACCOUNT.appid,
        "secret": ACCOUNT.secret,
        "force_refresh": False,
    }


@pytest.mark.parametrize(("lifetime", "kept"), [(7200, 6900), (300, 60), (10, 60)])
async def test_a_token_is_kept_five_minutes_less_than_it_lives(rig: Rig, lifetime: int, kept: int) -> None:
    rig.platform.lifetime = lifetime
    await rig.keeper.token()

    rig.clock.advance(kept - 1)
    await rig.keeper.token()
    assert fetches(rig) == 1

    rig.clock.advance(1)
    await rig.keeper.token()
    assert fetches(rig) == 2


async def test_processes_share_a_stored_token(rig: Rig) -> None:
    keepers = [rig.new_keeper() for _ in range(5)]

    assert await asyncio.gather(*(keeper.token() for keeper in keepers)) == ["T1"] * 5
    assert fetches(rig) == 1


async def test_processes_share_one_refresh_of_a_refused_token(rig: Rig) -> None:
    keepers = [rig.new_keeper() for _ in range(5)]
    await asyncio.gather(*(keeper.token() for keeper in keepers))
    rig.platform.revoke()

    assert await asyncio.gather(*(keeper.token(bad="T1") for keeper in keepers)) == ["T2"] * 5
    assert fetches(rig) == 2


async def test_a_late_refusal_of_an_older_token_refreshes_nothing(rig: Rig) -> None:
    await rig.keeper.token()

    assert await rig.keeper.token(bad="T0") == "T1"
    assert fetches(rig) == 1


async def test_a_waiting_process_takes_what_the_leaseholder_stores(rig: Rig) -> None:
    assert await rig.store.lease(ACCOUNT.appid, 8)
    waiting = asyncio.create_task(rig.keeper.token())
    await asyncio.sleep(0)

    await rig.store.put(ACCOUNT.appid, "theirs", rig.clock() + timedelta(hours=1))

    assert await asyncio.wait_for(waiting, 2) == "theirs"
    assert fetches(rig) == 0


class StoredBetweenLookAndLease(InMemoryTokenStore):
    async def lease(self, appid: str, seconds: float) -> bool:
        await self.put(appid, "theirs", self._now() + timedelta(hours=1))
        return await super().lease(appid, seconds)


async def test_the_store_is_looked_at_again_once_the_lease_is_ours(rig: Rig) -> None:
    rig.store = StoredBetweenLookAndLease(rig.clock)

    assert await rig.new_keeper().token() == "theirs"
    assert fetches(rig) == 0


async def test_a_dead_leaseholder_is_survived_when_its_lease_ends(rig: Rig) -> None:
    assert await rig.store.lease(ACCOUNT.appid, 8)
    waiting = asyncio.create_task(rig.keeper.token())
    await asyncio.sleep(0)

    rig.clock.advance(9)

    assert await asyncio.wait_for(waiting, 2) == "T1"


async def test_waiting_for_a_lease_is_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_WAIT_SECONDS", 0.05)
    assert await rig.store.lease(ACCOUNT.appid, 8)

    with pytest.raises(Unreachable):
        await rig.keeper.token()


async def test_the_lease_is_given_back_even_after_a_failure(rig: Rig) -> None:
    rig.platform.script(TOKEN, {"errcode": 40125, "errmsg": "invalid appsecret"})
    with pytest.raises(Refused):
        await rig.keeper.token()

    assert await rig.store.lease(ACCOUNT.appid, 1)


async def test_a_conflict_is_not_asked_about_again_for_thirty_seconds(rig: Rig) -> None:
    await rig.keeper.token()
    with pytest.raises(CredentialConflict):
        await rig.keeper.token(bad="T1")
    assert fetches(rig) == 2

    rig.clock.advance(29)
    with pytest.raises(CredentialConflict) as caught:
        await rig.keeper.token(bad="T1")
    assert caught.value.retry_after == pytest.approx(1)
    assert fetches(rig) == 2

    rig.clock.advance(2)
    rig.platform.revoke()
    assert await rig.keeper.token(bad="T1") == "T2"


async def test_three_token_errors_in_a_minute_open_the_breaker_for_half_a_minute(rig: Rig) -> None:
    rig.platform.script(TOKEN, *[{"errcode": 40164, "errmsg": "invalid ip 10.0.0.1"}] * 3)
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            await rig.keeper.token()
        assert refused.value.cls is ErrorClass.CONFIG

    with pytest.raises(BreakerOpen) as caught:
        await rig.keeper.token()
    assert caught.value.retry_after == pytest.approx(30)
    assert fetches(rig) == 3

    rig.clock.advance(30)
    assert await rig.keeper.token() == "T1"


async def test_those_who_wait_for_a_failing_fetch_share_its_failure(hasty_rig: Rig) -> None:
    hasty_rig.platform.script(TOKEN, Fault.HANG)

    outcomes = await asyncio.gather(*(hasty_rig.keeper.token() for _ in range(20)), return_exceptions=True)

    assert all(isinstance(outcome, Unreachable) for outcome in outcomes)
    assert fetches(hasty_rig) == 1


async def test_a_cancelled_fetch_leaves_the_next_caller_free(rig: Rig) -> None:
    rig.platform.script(TOKEN, {"errcode": 40125, "errmsg": "an earlier failure"}, Fault.HANG)
    with pytest.raises(Refused):
        await rig.keeper.token()
    rig.platform.arrived.clear()
    first = asyncio.create_task(rig.keeper.token())
    await asyncio.wait_for(rig.platform.arrived.wait(), 2)
    second = asyncio.create_task(rig.keeper.token())
    await asyncio.sleep(0)

    first.cancel()

    assert await second == "T1"
    with pytest.raises(asyncio.CancelledError):
        await first


def test_errors_spread_over_more_than_a_minute_do_not_open_the_breaker() -> None:
    clock, breaker = Clock(), Breaker()
    for _ in range(10):
        breaker.record(clock())
        breaker.check(clock())
        clock.advance(31)


def test_a_stored_token_does_not_show_its_value() -> None:
    assert "canary" not in repr(StoredToken("canary", Clock()()))
