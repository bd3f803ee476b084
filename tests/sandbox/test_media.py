import pytest

from sandbox.pictures import sample_photo
from tests.sandbox.bench import MINI, Bench, Json

JPEG = sample_photo()


async def _upload(bench: Bench, body: bytes, kind: str = "image", field: str = "media") -> Json:
    answer: Json = (
        await bench.client.post(
            "/cgi-bin/media/upload",
            params={"access_token": await bench.token(), "type": kind},
            files={field: ("photo.jpg", body, "image/jpeg")},
        )
    ).json()
    return answer


async def test_what_was_uploaded_comes_back_for_three_days(bench: Bench) -> None:
    made = await _upload(bench, JPEG)
    assert made["type"] == "image"
    query = {"access_token": await bench.token(), "media_id": made["media_id"]}
    got = await bench.client.get("/cgi-bin/media/get", params=query)
    assert (got.content, got.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "attachment" in got.headers["content-disposition"]
    shown = await bench.client.get(f"/mmbiz/{made['media_id']}")
    assert shown.content == JPEG
    await bench.control("POST", "clock", {"advance": 3 * 86_400 + 1})
    query["access_token"] = await bench.token()
    assert (await bench.client.get("/cgi-bin/media/get", params=query)).json()["errcode"] == 40007
    assert (await bench.client.get(f"/mmbiz/{made['media_id']}")).status_code == 404


async def test_a_file_belongs_to_its_account(bench: Bench) -> None:
    made = await _upload(bench, JPEG)
    answer = await bench.get(
        "/cgi-bin/media/get", access_token=await bench.token(MINI), media_id=made["media_id"]
    )
    assert answer["errcode"] == 40007


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (JPEG, "poster", 40004),
        (b"", "image", 41005),
        (b"no picture at all", "image", 40005),
        (JPEG + bytes(10 * 1024 * 1024), "image", 45001),
        (JPEG + bytes(64 * 1024), "thumb", 45001),
        (b"#!AMR" + bytes(2 * 1024 * 1024), "voice", 45001),
        (JPEG, "video", 40005),
    ],
    ids=["kind", "empty", "not a picture", "large picture", "large thumb", "large voice", "not a film"],
)
async def test_a_file_has_limits(bench: Bench, body: bytes, kind: str, code: int) -> None:
    assert (await _upload(bench, body, kind))["errcode"] == code


async def test_the_file_is_called_media(bench: Bench) -> None:
    assert (await _upload(bench, JPEG, field="file"))["errcode"] == 41005
    path = f"/cgi-bin/media/upload?type=image&access_token={await bench.token()}"
    assert (await bench.client.post(path, content=JPEG)).json()["errcode"] == 41005


async def test_the_other_kinds(bench: Bench) -> None:
    assert (await _upload(bench, JPEG, "thumb"))["thumb_media_id"]
    assert (await _upload(bench, b"#!AMR\n voice", "voice"))["media_id"]
    film = await _upload(bench, bytes(4) + b"ftypmp42", "video")
    got = await bench.get("/cgi-bin/media/get", access_token=await bench.token(), media_id=film["media_id"])
    assert got["video_url"].startswith("http://wechat.test/mmbiz/")


async def test_files_do_not_fill_the_log(bench: Bench) -> None:
    made = await _upload(bench, JPEG)
    await bench.client.get(
        "/cgi-bin/media/get", params={"access_token": await bench.token(), "media_id": made["media_id"]}
    )
    upload, download = [call for call in await bench.items("requests") if "media" in call["path"]]
    assert upload["body"].endswith(" bytes)")
    assert download["answer"] == f"({len(JPEG)} bytes)"
    (medium,) = await bench.items("media")
    assert (medium["kind"], medium["size"]) == ("image", len(JPEG))
