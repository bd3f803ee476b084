"""A label on a photo: its code read beside the loop, by whoever took the picture."""

import io
from typing import Any

import pytest
import zxingcpp
from httpx import Response
from PIL import Image

from app.services.barcodes.call import read_codes
from app.services.barcodes.program import read
from tests.harness.callers import Caller
from tests.tickets.photos import photo
from tests.tickets.story import Story

LABEL = "品牌：回声\n型号：KFR-35GW\n机号：A12345678"
LABELS = "/api/v1/labels"


def code_of(text: str, kind: Any = zxingcpp.BarcodeFormat.QRCode, scale: int = 6) -> Image.Image:
    code = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale)
    return Image.fromarray(code)


def picture(*codes: Image.Image, size: tuple[int, int] = (1200, 900), turned: float = 0) -> bytes:
    """The codes beside each other on grey, as a camera sees them."""
    scene = Image.new("L", size, 180)
    left = 60
    for code in codes:
        scene.paste(code, (left, 80))
        left += code.width + 40
    out = io.BytesIO()
    scene.rotate(turned, fillcolor=180).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


async def scanned(who: Caller, content: bytes, reader: Caller | None = None) -> Response:
    uploaded = await who.post("/api/v1/attachments", files={"file": ("a.jpg", content, "image/jpeg")})
    assert uploaded.status_code == 201, uploaded.text
    return await (reader or who).post(LABELS, json={"attachment_id": uploaded.json()["id"]})


async def test_a_photo_says_the_same_as_its_text(as_customer: Caller) -> None:
    read = await scanned(as_customer, picture(code_of(LABEL), turned=12))
    assert read.status_code == 200, read.text
    assert read.json() == (await as_customer.post(LABELS, json={"text": LABEL})).json()
    assert (read.json()["model"], read.json()["serial_number"]) == ("KFR-35GW", "A12345678")


async def test_of_several_codes_the_one_that_says_most_counts(as_customer: Caller) -> None:
    other = code_of("6901234567892", zxingcpp.BarcodeFormat.Code128, scale=2)
    read = await scanned(as_customer, picture(other, code_of(LABEL)))
    assert read.json()["model"] == "KFR-35GW"


async def test_a_photo_without_code_says_what_to_do(as_customer: Caller) -> None:
    answer = await scanned(as_customer, photo())
    problem = answer.json()
    assert (answer.status_code, problem["errors"][0]["code"]) == (422, "no_code")
    assert problem["errors"][0]["field"] == "body.attachment_id"
    assert "再拍一张" in problem["msg"]


async def test_a_photo_of_others_is_none(story: Story, stranger: Caller) -> None:
    for reader in (stranger, story.engineer):
        answer = await scanned(story.customer, picture(code_of(LABEL)), reader)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_attachment")


@pytest.mark.parametrize("body", [{}, {"text": "SN1", "attachment_id": "0" * 32}])
async def test_it_is_either_text_or_a_photo(as_customer: Caller, body: dict[str, str]) -> None:
    assert (await as_customer.post(LABELS, json=body)).status_code == 422


def test_nothing_larger_than_what_we_keep_is_decoded() -> None:
    assert read(picture(code_of(LABEL), size=(2000, 2000))) == [LABEL]
    assert read(picture(code_of(LABEL), size=(2561, 2560))) == []


async def test_what_the_library_falls_over_is_a_photo_without_code() -> None:
    assert await read_codes(b"no picture at all") == []
