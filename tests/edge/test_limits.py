"""How much anybody can make us read."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.edge.limits import CALLBACK_LIMIT, JSON_LIMIT, UPLOAD_LIMIT, UPLOAD_PATH, VIDEO_LIMIT, limit_for
from app.settings import Settings
from tests.harness.callers import Caller
from tests.harness.servers import ROOT

MB = 1024 * 1024
STAFF = "/api/v1/sessions/staff"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "content_type", "limit"),
    [
        (STAFF, "application/json", JSON_LIMIT),
        (STAFF, "multipart/form-data; boundary=x", JSON_LIMIT),
        (UPLOAD_PATH, "Multipart/Form-Data; boundary=x", UPLOAD_LIMIT),
        (UPLOAD_PATH, "application/json", JSON_LIMIT),
        (UPLOAD_PATH + "/videos", "multipart/form-data; boundary=x", VIDEO_LIMIT),
        (UPLOAD_PATH + "/videos", "application/json", JSON_LIMIT),
        (UPLOAD_PATH + "/x", "multipart/form-data", JSON_LIMIT),
        ("/h5/appliances/label", "multipart/form-data", UPLOAD_LIMIT),
        ("/field/tickets/HX1/photos", "multipart/form-data", VIDEO_LIMIT),
        ("/field/tickets/HX1/signature", "multipart/form-data", UPLOAD_LIMIT),
        ("/h5/preferences", "application/x-www-form-urlencoded", JSON_LIMIT),
        ("/wechat/wxa1/callback", "text/xml", CALLBACK_LIMIT),
        ("/wechatty", "text/xml", JSON_LIMIT),
    ],
)
def test_limits_by_path_and_type(path: str, content_type: str, limit: int) -> None:
    assert limit_for(path, content_type) == limit


class Body:
    """Sends pieces without announcing how many, and notes how many were taken."""

    def __init__(self, total: int, piece: int = 64 * 1024) -> None:
        self._left = total
        self._piece = b" " * piece
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self._left > 0:
            self._left -= len(self._piece)
            self.sent += len(self._piece)
            yield self._piece


async def test_a_chunked_body_is_cut_off_early(client: Caller) -> None:
    body = Body(200 * MB)
    answer = await client.post(STAFF, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert answer.headers["connection"] == "close"
    assert body.sent < 2 * MB


async def test_an_announced_body_is_not_read_at_all(client: Caller) -> None:
    body = Body(2 * MB)
    answer = await client.post(STAFF, content=body, headers=JSON | {"Content-Length": str(2 * MB)})
    assert answer.status_code == 413
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"]


async def test_the_last_allowed_byte_is_allowed(client: Caller) -> None:
    content = b'{"username": "a", "password": "b"}'.ljust(JSON_LIMIT)
    assert (await client.post(STAFF, content=content, headers=JSON)).status_code == 401
    assert (await client.post(STAFF, content=content + b" ", headers=JSON)).status_code == 413


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The app in a process of its own, as it runs in production."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "HUIXIANG_DATABASE_URL": settings.database_url,
        "HUIXIANG_REDIS_URL": settings.redis_url,
        "HUIXIANG_SECRET_KEY": settings.secret_key.get_secret_value(),
        "HUIXIANG_ENVIRONMENT": "production",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.web:app", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_until_listening(port, process)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(20)


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not start")


def test_two_hundred_megabytes_cost_a_real_server_next_to_nothing(
    server: tuple[int, int],
) -> None:
    pid, port = server
    send_chunked(port, 4096)
    before = resident_bytes(pid)
    sent, answer = send_chunked(port, 200 * MB)
    grown = resident_bytes(pid) - before
    assert answer.startswith(b"HTTP/1.1 413")
    assert sent < 16 * MB, "the rest must not be read: the operating system buffers some"
    assert grown < 20 * MB


def resident_bytes(pid: int) -> int:
    asked = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True)  # noqa: S607
    return int(asked.stdout) * 1024


def send_chunked(port: int, total: int) -> tuple[int, bytes]:
    """Bytes that went out until the server hung up, and what it answered."""
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"POST {STAFF} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        try:
            while sent < total:
                connection.sendall(piece)
                sent += 0x10000
            connection.sendall(b"0\r\n\r\n")
        except OSError:
            pass
        try:
            return sent, connection.recv(4096)
        except OSError:
            return sent, b""
