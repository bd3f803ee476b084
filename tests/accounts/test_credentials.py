"""Credentials over two processes, one database and the sandbox: one fetch a revocation, nothing lost, nothing twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from app.models.wechat import CredentialKind
from app.services.credentials.force import force_refresh
from app.services.credentials.keyring import key_ring
from app.services.credentials.store import DatabaseTokenStore
from app.wechat.accounts import Account, Endpoints
from app.wechat.api.messages import send_template
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import BreakerOpen, CredentialConflict, WeChatError
from app.wechat.http import Http
from app.wechat.samples import SAMPLES
from app.wechat.templates import TEMPLATES, TemplateKind
from app.wechat.tickets import TicketKeeper
from app.wechat.tokens import TokenKeeper, utc_now
from sandbox import defaults
from tests.harness.sandbox import TOKEN, official_openid
from tests.harness.servers import ROOT
from tests.notifications.conftest import post
from tests.notifications.post import Post
from tests.wechat.platform import Platform, Request

__all__ = ["post"]

SENDS, REVOCATIONS = 1000, 5
CARD = TEMPLATES[TemplateKind.TICKET_PROGRESS]
DATA = CARD.render(SAMPLES[TemplateKind.TICKET_PROGRESS])
ACCOUNT = Account(
    defaults.OFFICIAL_APPID,
    "official",
    defaults.OFFICIAL_SECRET,
    defaults.OFFICIAL_TOKEN,
    defaults.OFFICIAL_AES_KEY,
)


def store(post: Post, kind: CredentialKind = CredentialKind.ACCESS) -> DatabaseTokenStore:
    return DatabaseTokenStore(post.database.sessions, key_ring(post.settings), kind)


@asynccontextmanager
async def process(post: Post, base: str) -> AsyncIterator[AsyncWeChatClient]:
    """A client as a process of its own has it: own connections, own memory; only the database is shared."""
    endpoints = Endpoints(base, base, base)
    async with Http(wait_seconds=90, read_seconds=30) as http:
        yield AsyncWeChatClient(ACCOUNT, endpoints, TokenKeeper(ACCOUNT, endpoints, store(post), http), http)


async def send(client: AsyncWeChatClient, user: str) -> None:
    await send_template(client, official_openid(user), CARD.template_id, DATA, client_msg_id=user)


async def test_a_thousand_sends_and_five_revocations(post: Post) -> None:
    users = [f"u-{number:04d}" for number in range(SENDS)]
    await post.sandbox.users([{"id": user, "nickname": user, "follows": True} for user in users])
    done = revoked = 0
    places, outstanding = asyncio.Semaphore(64), Counter[int]()

    async def counted(client: AsyncWeChatClient, user: str) -> None:
        """Nothing from before one revocation is still on its way at the next: no call meets two of them."""
        nonlocal done, revoked
        async with places:
            outstanding[begun := revoked] += 1
            await send(client, user)
            outstanding[begun] -= 1
            done += 1
            due = revoked < REVOCATIONS and done >= (revoked + 1) * SENDS // (REVOCATIONS + 1)
            if due and not any(outstanding[earlier] for earlier in range(revoked)):
                revoked += 1
                await post.sandbox.revoke_tokens()

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(process(post, post.sandbox.base)) for _ in range(2)]
        await asyncio.gather(*(counted(clients[at % 2], user) for at, user in enumerate(users)))

    accepted = Counter(message.client_msg_id for message in await post.sandbox.messages())
    assert accepted == Counter(dict.fromkeys(users, 1))
    fetches = [call for call in await post.sandbox.calls(TOKEN) if call.errcode in (None, 0)]
    assert len(fetches) == 1 + REVOCATIONS


async def test_a_token_that_stays_refused_costs_two_calls_and_then_the_breaker(post: Post) -> None:
    await post.person()
    await post.sandbox.fault("token_storm")
    async with process(post, post.sandbox.base) as client:
        ends: list[type[WeChatError]] = []
        for _ in range(6):
            before = len(await post.sandbox.calls())
            with pytest.raises(WeChatError) as caught:
                await send(client, "u-lin")
            ends.append(type(caught.value))
            assert len(await post.sandbox.calls()) - before <= 2
    assert ends == [CredentialConflict] * 3 + [BreakerOpen] * 3
    assert len(await post.sandbox.calls()) <= 4
    assert len(await post.sandbox.calls(TOKEN)) <= 4


async def test_losing_the_cache_of_a_process_costs_no_fetch(post: Post) -> None:
    """A process that starts anew finds the token in the database; Redis has no part in it."""
    await post.person()
    for _ in range(3):
        async with process(post, post.sandbox.base) as client:
            await send(client, "u-lin")
    assert len(await post.sandbox.calls(TOKEN)) == 1


async def test_a_person_may_force_a_new_token(post: Post) -> None:
    await post.person()
    async with process(post, post.sandbox.base) as client:
        await send(client, "u-lin")
        async with Http() as http:
            endpoints = Endpoints(post.sandbox.base, post.sandbox.base, post.sandbox.base)
            until = await force_refresh(ACCOUNT, endpoints, http, store(post), now=utc_now())
        assert until > utc_now()
        await send(client, "u-lin")
    # The first one, the forced one; the running process found the new one in the store.
    assert len(await post.sandbox.calls(TOKEN)) == 2


TICKET = "/cgi-bin/ticket/getticket"


async def test_processes_share_one_jsapi_ticket(post: Post) -> None:
    given = 0

    def ticket(_request: Request) -> dict[str, object]:
        nonlocal given
        given += 1
        return {"errcode": 0, "errmsg": "ok", "ticket": f"ticket-{given}", "expires_in": 7200}

    async with Platform() as platform, AsyncExitStack() as stack:
        platform.handlers[TICKET] = ticket
        clients = [await stack.enter_async_context(process(post, platform.base)) for _ in range(2)]
        keepers = [TicketKeeper(client, store(post, CredentialKind.JSAPI)) for client in clients]

        assert set(await asyncio.gather(*(keepers[n % 2].token() for n in range(20)))) == {"ticket-1"}
        fresh = await asyncio.gather(*(keepers[n % 2].token(bad="ticket-1") for n in range(20)))
        assert set(fresh) == {"ticket-2"}
        assert await keepers[0].token(bad="ticket-1") == "ticket-2"
        assert len(platform.to(TICKET)) == 2
        assert len(platform.to(TOKEN)) == 1
    async with post.transaction() as connection:
        kinds = await connection.fetch("SELECT kind, value FROM wechat_credentials ORDER BY kind")
    assert [row["kind"] for row in kinds] == ["access", "jsapi"]
    assert not any(b"ticket-2" in bytes(row["value"]) for row in kinds)


def test_no_program_forces_a_refresh() -> None:
    """Only the command that a person types knows how."""
    users = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if "force_refresh(" in path.read_text(encoding="utf-8")
    ]
    assert sorted(users) == ["app/cli/wechat/keys.py", "app/services/credentials/force.py"]
