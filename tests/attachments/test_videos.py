"""Short videos through HTTP: what is taken, what it becomes, how it is played, and what is refused by what name."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import av
import pytest
from fastapi import FastAPI
from httpx import Response

from app.integrations.storage import open_store
from app.services.attachments import videos
from app.services.attachments.remux import MAX_SIDE
from tests.attachments.photos import opened, photo
from tests.attachments.videos import PLACE, sound_only, video
from tests.evidence.jobs import blockers, evidence
from tests.harness.callers import Caller
from tests.tickets.conftest import engineer, story
from tests.tickets.story import Story

__all__ = ["engineer", "story"]


@pytest.fixture(autouse=True)
def kept_in_memory(app: FastAPI) -> None:
    app.state.store = open_store("memory://")


async def send(who: Caller, data: bytes, **form: str) -> Response:
    files = {"file": ("IMG_0001.MOV", data, "video/quicktime")}
    return await who.post("/api/v1/attachments/videos", files=files, data=form)


@pytest.mark.parametrize(("container", "kind"), [("mov", "video/mp4"), ("webm", "video/webm")])
async def test_a_video_is_written_anew_without_its_place(
    as_customer: Caller, client: Caller, container: str, kind: str
) -> None:
    given = video(container=container)
    assert PLACE.encode() in given
    answer = await send(as_customer, given)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["width"], made["height"], made["duration_ms"]) == (320, 240, 2000)
    assert opened((await client.get(made["url"])).content).size == (320, 240)
    played = await client.get(made["video_url"])
    assert (played.headers["content-type"], played.headers["accept-ranges"]) == (kind, "bytes")
    assert PLACE.encode() not in played.content
    assert b"SecretTitle" not in played.content
    with av.open(BytesIO(played.content), "r") as again:
        assert len(list(again.decode(video=0))) == 10


async def test_it_is_played_in_stretches(as_customer: Caller, client: Caller) -> None:
    url = (await send(as_customer, video())).json()["video_url"]
    whole = (await client.get(url)).content
    size = len(whole)
    for header, part in {
        "bytes=0-": whole,
        "bytes=0-99": whole[:100],
        "bytes=100-": whole[100:],
        "bytes=10-999999999": whole[10:],
    }.items():
        answer = await client.get(url, headers={"Range": header})
        assert (answer.status_code, answer.content) == (206, part), header
        first = int(header[6:].partition("-")[0])
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{size}"
    for header in (f"bytes={size}-", "bytes=9-3"):
        beyond = await client.get(url, headers={"Range": header})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for header in ("bytes=-5", "bytes=0-1,4-5", "lines=0-3", "bytes=a-b"):
        assert (await client.get(url, headers={"Range": header})).status_code == 200, header
    assert (await client.get(url.replace("variant=mp4", "variant=webm"))).status_code == 404


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: b"", "empty"),
        (lambda: photo(), "wrong_container"),
        (lambda: b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "wrong_container"),
        (lambda: b"<html><script>alert(1)</script>", "wrong_container"),
        (lambda: sound_only(), "no_picture"),
        (lambda: video(seconds=61, rate=2), "too_long"),
        (lambda: video(size=(MAX_SIDE + 2, 64)), "too_many_pixels"),
        (lambda: video()[: len(video()) // 2], "damaged"),
        (lambda: b"\0\0\0\x18ftypmp42" + b"\0" * 4000, "damaged"),
    ],
    ids=["empty", "photo", "playlist", "html", "sound only", "long", "large", "cut", "header only"],
)
async def test_what_is_refused_has_a_name(as_customer: Caller, data: object, code: str) -> None:
    assert callable(data)
    answer = await send(as_customer, data())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert answer.json()["errors"][0]["msg"] == videos.REFUSALS[code]


async def test_too_many_bytes_are_refused_as_they_come(
    as_customer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos, "MAX_BYTES", 1000)
    assert (await send(as_customer, video())).status_code == 413


async def test_a_child_that_does_not_come_back_is_ended(
    as_customer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos, "PATIENCE", 0.01)
    answer = await send(as_customer, video())
    assert answer.json()["errors"][0]["code"] == "too_heavy"


async def test_a_video_counts_where_a_photo_does_and_plays_on_the_page(story: Story) -> None:
    await story.in_repair()
    for purpose in ("before", "after"):
        form = {"ticket": story.number, "purpose": purpose, "caption": "试机"}
        assert (await send(story.engineer, video(sound=True), **form)).status_code == 201
    assert await blockers(story, "finish") == []
    (visit,) = (await evidence(story))["visits"]
    assert "variant=mp4" in visit["before"][0]["video_url"]
    page = await story.customer.get(f"/h5/tickets/{story.number}")
    assert page.text.count("<video ") == 2
    assert "media-src 'self' https:" in page.headers["content-security-policy"]
    ticket = await story.see()
    assert [bool(each["video_url"]) for each in ticket["attachments"]] == [True, True]


GROWTH = """
import asyncio, sys
from app.errors import Problem
from app.integrations.storage import open_store
from app.services.attachments.videos import keep_video

def highest_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024

async def main(path, folder):
    store, before = open_store("file://" + folder), highest_mb()
    try:
        with open(path, "rb") as source:
            await keep_video(store, source)
    except Problem as refusal:
        print(highest_mb() - before, refusal.errors[0].code)

asyncio.run(main(*sys.argv[1:]))
"""


def test_fifty_megabytes_are_never_in_memory(tmp_path: Path) -> None:
    given = tmp_path / "large"
    with given.open("wb") as file:
        file.write(video()[:1000])
        file.truncate(videos.MAX_BYTES)
    run = subprocess.run(
        [sys.executable, "-c", GROWTH, str(given), str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        timeout=100,
    )
    megabytes, code = run.stdout.split()
    assert code in ("damaged", "too_heavy")
    assert int(megabytes) < 20
