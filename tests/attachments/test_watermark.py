"""The mark in a picture of the job: what it says, that it can be read, and that it touches nothing else."""

from datetime import UTC, datetime

import pytest
from PIL import Image, ImageChops

from app.domain.situation import Purpose
from app.services.attachments.images import reencode
from app.services.attachments.upload import OF_THE_JOB
from app.services.attachments.watermark import Mark, box_of, stamped
from tests.attachments.photos import opened, photo

AT = datetime(2026, 6, 15, 16, 30, 5, tzinfo=UTC)
MARK = Mark(AT, "HX261122B8Y24KFYMT", 31.2304, 121.4737)


def test_it_says_local_time_ticket_and_place() -> None:
    assert MARK.lines == ("2026-06-16 00:30:05 +08:00", "HX261122B8Y24KFYMT", "31.23040N 121.47370E")
    assert Mark(AT).lines == ("2026-06-16 00:30:05 +08:00", "NO GPS")
    assert Mark(AT, "", -33.9, -70.6).lines[-1] == "33.90000S 70.60000W"


@pytest.mark.parametrize("size", [(2560, 1920), (640, 480), (480, 640), (64, 48), (1, 1), (1600, 20)])
def test_what_lies_outside_stays_as_it_was(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 60).convert("RGB")
    marked = stamped(image, MARK)
    changed = ImageChops.difference(image, marked).getbbox()
    left, top, right, bottom = box_of(size, MARK)
    assert marked.size == size
    assert changed is None or (
        changed[0] >= left and changed[1] >= top and changed[2] <= right and changed[3] <= bottom
    )


@pytest.mark.parametrize("colour", ["white", "black", "#808080", "#ffe000"])
def test_it_can_be_read_on_every_ground(colour: str) -> None:
    image = Image.new("RGB", (1280, 960), colour)
    marked = stamped(image, MARK).crop(box_of(image.size, MARK)).convert("L")
    ground, ink = min(marked.tobytes()), max(marked.tobytes())
    assert ink == 255
    # The contrast of WCAG for small text, on plain luminance.
    assert (1.05) / ((ground / 255) ** 2.2 + 0.05) > 4.5


def test_it_takes_little_of_the_picture() -> None:
    left, top, right, bottom = box_of((2560, 1920), MARK)
    assert (right - left) * (bottom - top) < 0.06 * 2560 * 1920


def test_an_upload_of_the_job_is_marked_and_no_other() -> None:
    plain, marked = opened(reencode(photo()).content), opened(reencode(photo(), MARK).content)
    assert ImageChops.difference(plain, marked).getbbox() is not None
    assert {Purpose.BEFORE, Purpose.AFTER, Purpose.NO_ACCESS, Purpose.CHECKLIST} == OF_THE_JOB
