"""The platform keeps to what we believe of it.

By default the sandbox answers. Pointed at the real platform, only what is harmless is asked:

    CONTRACT_OFFICIAL_APPID=wx… CONTRACT_OFFICIAL_SECRET=… CONTRACT_MINI_APPID=wx… CONTRACT_MINI_SECRET=… \
        CONTRACT_API_BASE=https://api.weixin.qq.com make test ARGS="tests/wechat/contract"
"""

import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest

from app.wechat.accounts import Account, Endpoints
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import Refused
from app.wechat.http import Http
from app.wechat.tokens import InMemoryTokenStore, TokenKeeper, fetch_token
from sandbox import defaults
from tests.harness.sandbox import Sandbox, running_sandbox
from tests.wechat.contract.endpoints import ROWS, Row

REAL = os.environ.get("CONTRACT_API_BASE", "")
ASKED = [row for row in ROWS if row.harmless or not REAL]
RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")


def _account(kind: str, appid: str, secret: str) -> Account:
    prefix = f"CONTRACT_{kind.upper()}"
    given = os.environ.get(f"{prefix}_APPID", ""), os.environ.get(f"{prefix}_SECRET", "")
    appid, secret = given if REAL else (appid, secret)
    return Account(appid, "official" if kind == "official" else "mini", secret, "")


ACCOUNTS = (
    _account("official", defaults.OFFICIAL_APPID, defaults.OFFICIAL_SECRET),
    _account("mini", defaults.MINI_APPID, defaults.MINI_SECRET),
)


@dataclass(frozen=True)
class Counterpart:
    """Whoever answers, and a client for each of our accounts there."""

    endpoints: Endpoints
    http: Http
    clients: Mapping[str, AsyncWeChatClient]


@pytest.fixture(scope="module")
async def base() -> AsyncIterator[str]:
    if REAL:
        yield REAL
        return
    async with running_sandbox() as sandbox:
        await _empty(sandbox)
        yield sandbox.base


async def _empty(sandbox: Sandbox) -> None:
    await sandbox.reset()


@pytest.fixture(scope="module")
async def counterpart(base: str) -> AsyncIterator[Counterpart]:
    endpoints, store = Endpoints(api=base), InMemoryTokenStore()
    async with Http() as http:
        clients: dict[str, AsyncWeChatClient] = {
            account.kind: AsyncWeChatClient(
                account, endpoints, TokenKeeper(account, endpoints, store, http), http
            )
            for account in ACCOUNTS
            if account.appid
        }
        yield Counterpart(endpoints, http, clients)


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.name)
async def test_an_endpoint_answers_as_we_believe(counterpart: Counterpart, row: Row) -> None:
    client = counterpart.clients[row.kind]
    if not row.refused:
        await row.ask(client)
        return
    with pytest.raises(Refused) as caught:
        await row.ask(client)
    assert caught.value.errcode in row.refused, caught.value
    assert caught.value.known
    assert caught.value.rid is None or RID.fullmatch(caught.value.rid)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.kind)
async def test_a_stable_token_stays_the_same(counterpart: Counterpart, account: Account) -> None:
    first = await fetch_token(account, counterpart.endpoints, counterpart.http)
    second = await fetch_token(account, counterpart.endpoints, counterpart.http)
    assert first.value == second.value
    assert 300 <= second.lifetime <= first.lifetime <= 7200


async def test_a_wrong_secret_is_told_from_a_wrong_appid(counterpart: Counterpart) -> None:
    right = ACCOUNTS[0]
    wrong = {
        40125: Account(right.appid, "official", "0" * 32, ""),
        40013: Account("wx0000000000000000", "official", right.secret, ""),
    }
    for errcode, account in wrong.items():
        with pytest.raises(Refused) as caught:
            await fetch_token(account, counterpart.endpoints, counterpart.http)
        assert caught.value.errcode == errcode


async def test_a_token_that_nobody_gave_is_refused(counterpart: Counterpart) -> None:
    client = counterpart.clients["official"]
    with pytest.raises(Refused) as caught:
        await client.get("menu/get", params={"access_token": "96_" + "x" * 133})
    assert caught.value.errcode == 40001
    assert caught.value.rid
