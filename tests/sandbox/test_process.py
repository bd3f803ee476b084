"""The program itself: over real connections, and killed without warning."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest

from sandbox.__main__ import main
from tests.sandbox.bench import OFFICIAL, SECRET, SEND, Json, card

ROOT = Path(__file__).parents[2]


@dataclass
class Program:
    process: asyncio.subprocess.Process
    client: httpx.AsyncClient

    async def token(self) -> str:
        body = {"grant_type": "client_credential", **OFFICIAL}
        return str((await self.client.post("/cgi-bin/stable_token", json=body)).json()["access_token"])

    async def send(self, body: Json) -> Json:
        query = {"access_token": await self.token()}
        answer: Json = (await self.client.post(SEND, params=query, json=body)).json()
        return answer

    async def control(self, method: str, path: str, body: object = None) -> Json:
        headers = {"Authorization": f"Bearer {SECRET}"}
        response = await self.client.request(method, f"/_sandbox/{path}", json=body, headers=headers)
        answer: Json = response.raise_for_status().json()
        return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def started(state: Path) -> AsyncIterator[Program]:
    port = _free_port()
    process = await _spawn("--port", str(port), "--state", str(state))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        try:
            await _answers(client, process)
            yield Program(process, client)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _spawn(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "SANDBOX_SECRET": SECRET, "SANDBOX_EVENT_DELAY": "3600"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(15):
        while process.returncode is None:
            try:
                await client.get("/cgi-bin/token")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return
    raise AssertionError("the sandbox ended before it answered")


CONSENT = {"act": "consent", "templates": ["sub-ticket-progress"], "decision": "accept", "always": True}


@dataclass
class Revived:
    """A program that was killed and started again on its state, and what was true before."""

    program: Program
    token: str
    sent: Json
    new_user: str


@pytest.fixture(scope="module")
async def revived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Revived]:
    state = tmp_path_factory.mktemp("sandbox") / "state.db"
    async with started(state) as program:
        token = await program.token()
        sent = await program.send(card(client_msg_id="k1"))
        user = await program.control("POST", "users", {"nickname": "新客户", "follows": True})
        await program.control("POST", "users/u-lin/act", CONSENT)
        await program.control("POST", "presets", {"name": "额度用尽"})
        await program.control("POST", "clock", {"advance": 60})
        await program.control("POST", "users/u-lin/act", {"act": "send_image"})
        program.process.send_signal(signal.SIGKILL)
        await program.process.wait()
    async with started(state) as program:
        yield Revived(program, token, sent, user["id"])


async def test_a_kill_loses_nothing(revived: Revived) -> None:
    program = revived.program
    assert await program.token() == revived.token
    assert await program.send(card(client_msg_id="k1")) == revived.sent
    messages = (await program.control("GET", "messages"))["items"]
    assert [m["msgid"] for m in messages if m["client_msg_id"] == "k1"] == [str(revived.sent["msgid"])]
    users = (await program.control("GET", "state"))["users"]
    assert revived.new_user in [user["id"] for user in users]
    callbacks = (await program.control("GET", "callbacks"))["items"]
    assert callbacks[0]["body"].find(f"<MsgID>{revived.sent['msgid']}</MsgID>") > 0


async def test_a_kill_loses_neither_consents_nor_weather_nor_time(revived: Revived) -> None:
    program = revived.program
    (consent,) = (await program.control("GET", "consents?user=u-lin"))["items"]
    assert (consent["count"], consent["always"]) == (1, "accept")
    presets = (await program.control("GET", "presets"))["items"]
    assert [preset["name"] for preset in presets if preset["active"]] == ["额度用尽"]
    assert (await program.control("GET", "clock"))["offset"] == pytest.approx(60)
    kept = (await program.control("GET", "media"))["items"]
    # Another test of this program may have uploaded something large meanwhile.
    (photo,) = [item for item in kept if item["size"] < 1_000_000]
    shown = await program.client.get(f"/mmbiz/{photo['id']}")
    assert (shown.status_code, len(shown.content)) == (200, photo["size"])


async def test_a_large_file_comes_over_the_wire(revived: Revived) -> None:
    query = {"access_token": await revived.program.token(), "type": "image"}
    for size, code in ((2_000_000, None), (11_000_000, 45001), (17_000_000, 45001)):
        files = {"media": ("p.jpg", b"\xff\xd8\xff" + bytes(size), "image/jpeg")}
        answer = (
            await revived.program.client.post("/cgi-bin/media/upload", params=query, files=files)
        ).json()
        assert answer.get("errcode") == code


@pytest.mark.parametrize("do", ["drop_after_accept", {"hang": 0.05}])
async def test_a_cut_connection_is_a_reset_and_the_next_ones_are_fine(revived: Revived, do: object) -> None:
    program, body = revived.program, card(client_msg_id=f"cut-{do}")
    await program.control("POST", "faults", {"match": {"path": SEND}, "do": do, "times": 1})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await program.send(body)
    assert (await program.send(body))["errcode"] == 0
    messages = (await program.control("GET", "messages"))["items"]
    assert [m["client_msg_id"] for m in messages].count(body["client_msg_id"]) == 1


async def test_the_phone_hears_at_once(revived: Revived) -> None:
    program = revived.program
    newest = (await program.client.get("/phone/directory")).json()["newest"]
    stream = program.client.stream("GET", "/phone/stream", params={"since": newest})
    async with asyncio.timeout(10), stream as response:
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        sent = await program.send(card())
        found = [orjson.loads(line[6:]) async for line in _until_card(lines)]
    assert [(message["user"], message["msgid"]) for message in found] == [("u-lin", str(sent["msgid"]))]


async def _until_card(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        if line.startswith("data: {") and "rows" in line:
            yield line
            return


def test_production_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ENV", "production")
    monkeypatch.setattr(sys, "argv", ["sandbox"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "ENV=production" in capsys.readouterr().err
