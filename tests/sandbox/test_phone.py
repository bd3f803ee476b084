import re
from dataclasses import replace

import httpx
import pytest

from tests.sandbox.bench import SECRET, Bench, card
from tests.sandbox.conftest import SETTINGS, running
from tests.sandbox.service import Service


async def _key(bench: Bench) -> dict[str, str]:
    found = re.search(r'name="phone-key" content="([^"]+)"', (await bench.client.get("/")).text)
    assert found
    return {"X-Phone-Key": found.group(1)}


async def test_the_page_needs_nothing_from_elsewhere(bench: Bench) -> None:
    for path in ("/", "/sandbox"):
        page = await bench.client.get(path)
        assert page.status_code == 200
        assert "{{" not in page.text
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page.text)


async def test_chats_show_only_what_reached_the_phone(bench: Bench) -> None:
    await bench.send(card())
    await bench.act("u-lin", "block_push")
    await bench.send(card())
    chat = (await bench.client.get("/phone/u-lin/chat")).json()["items"]
    assert [message["status"] for message in chat] == ["delivered"]
    assert (await bench.client.get("/phone/u-zhao/chat")).json()["items"] == []


async def test_the_owner_acts_by_hand_from_the_page_only(bench: Bench) -> None:
    body = {"act": "send_text", "text": "在吗"}
    assert (await bench.client.post("/phone/u-lin/act", json=body)).status_code == 403
    assert (
        await bench.client.post("/phone/u-lin/act", json=body, headers=await _key(bench))
    ).status_code == 200
    assert len(await bench.pushed("text")) == 1


@pytest.mark.parametrize("act", ["oauth_code", "blacklist", "unblacklist"])
async def test_the_page_hands_out_no_codes(bench: Bench, act: str) -> None:
    answer = await bench.client.post("/phone/u-lin/act", json={"act": act}, headers=await _key(bench))
    assert answer.status_code == 403


async def test_a_closed_phone_asks_for_the_secret() -> None:
    async with running(replace(SETTINGS, open_phone=False), Service()) as bench:
        for path in ("/", "/phone/directory", "/phone/u-lin/chat", "/phone/stream"):
            assert (await bench.client.get(path)).status_code == 401
        assert (await bench.client.get("/", params={"secret": "wrong"})).status_code == 401
        opened = await bench.client.get("/", params={"secret": SECRET})
        assert opened.status_code == 303
        assert SECRET not in opened.headers["location"]
        cookie = httpx.Cookies(opened.cookies)
        page = await bench.client.get("/", headers={"Cookie": f"sandbox_secret={cookie['sandbox_secret']}"})
        assert page.status_code == 200
