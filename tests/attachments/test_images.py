import contextlib
import random
import warnings
from io import BytesIO

import pytest
from PIL import Image

from app.errors import InvalidInput, PayloadTooLarge, UnsupportedMedia
from app.services.attachments.images import MAX_BYTES, reencode
from tests.attachments.photos import exif, opened, photo, pixel_bomb

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_every_format_becomes_a_jpeg_and_a_thumbnail(format: str) -> None:
    encoded = reencode(photo(format, size=(1000, 500)))
    full, thumbnail = opened(encoded.content), opened(encoded.thumbnail)
    assert (full.format, full.size) == ("JPEG", (1000, 500))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (320, 160))
    assert (encoded.width, encoded.height, encoded.media_type) == (1000, 500, "image/jpeg")
    assert near(full.getpixel((10, 10)), RED)
    assert near(full.getpixel((990, 10)), BLUE)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((5200, 2600), (2560, 1280)),
        ((2600, 5200), (1280, 2560)),
        ((4000, 3000), (2560, 1920)),
        ((12_000, 3), (2560, 1)),
        ((1, 1), (1, 1)),
        ((2560, 2560), (2560, 2560)),
    ],
)
def test_the_longest_side_is_bounded(size: tuple[int, int], expected: tuple[int, int]) -> None:
    encoded = reencode(photo(size=size))
    assert (encoded.width, encoded.height) == expected == opened(encoded.content).size
    assert max(opened(encoded.thumbnail).size) <= 320


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_place_camera_profile_and_comment_are_dropped(format: str) -> None:
    original = photo(format, exif=exif(), icc_profile=b"secret-profile" * 20, comment=b"secret-comment")
    assert b"SecretMaker" in original
    encoded = reencode(original)
    for data in (encoded.content, encoded.thumbnail):
        image = opened(data)
        assert dict(image.getexif()) == {}
        assert image.getexif().get_ifd(0x8825) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"secret" not in data.lower()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (64, 32), (2, 16)),
        (2, (64, 32), (61, 16)),
        (3, (64, 32), (61, 16)),
        (4, (64, 32), (2, 16)),
        (5, (32, 64), (16, 2)),
        (6, (32, 64), (16, 2)),
        (7, (32, 64), (16, 61)),
        (8, (32, 64), (16, 61)),
        (9, (64, 32), (2, 16)),
    ],
)
def test_the_picture_stands_upright(
    format: str, orientation: int, size: tuple[int, int], red_at: tuple[int, int]
) -> None:
    encoded = reencode(photo(format, size=(64, 32), exif=exif(orientation)))
    image = opened(encoded.content)
    assert image.size == size
    assert near(image.getpixel(red_at), RED)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_unreadable_exif_block_does_not_lose_the_photo() -> None:
    broken = exif().tobytes()[:20] + b"\xff" * 40
    assert reencode(photo(exif=broken)).width == 640


def test_transparency_becomes_white_paper() -> None:
    encoded = reencode(photo("PNG", mode="RGBA", size=(50, 50)))
    assert near(opened(encoded.content).getpixel((25, 25)), WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    assert reencode(photo("PNG", mode=mode, size=(3000, 20))).width == 2560


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    buffer = BytesIO()
    Image.new("I;16", (20, 20), 0x8000).save(buffer, "PNG")
    assert near(opened(reencode(buffer.getvalue()).content).getpixel((10, 10)), (128, 128, 128))


def test_a_print_shop_jpeg_is_read() -> None:
    buffer = BytesIO()
    Image.new("CMYK", (20, 20), (0, 255, 255, 0)).save(buffer, "JPEG")
    assert near(opened(reencode(buffer.getvalue()).content).getpixel((10, 10)), RED)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "MPO"])
def test_of_several_pictures_the_first_is_kept(format: str) -> None:
    buffer = BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, format, save_all=True, append_images=frames[1:])
    assert near(opened(reencode(buffer.getvalue()).content).getpixel((20, 20)), RED)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_photo_is_refused(format: str, kept: float) -> None:
    whole = noisy(format)
    with pytest.raises(InvalidInput) as refused:
        reencode(whole[: int(len(whole) * kept)])
    assert [error.code for error in refused.value.errors] == ["damaged_image"]
    assert "重新" in refused.value.errors[0].msg


@pytest.mark.parametrize(
    "hostile",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<?php system($_GET['c']); ?>",
        b"%PDF-1.7 not a photo",
        b"AddType application/x-httpd-php .jpg",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\xff\xd8\xff",
        b"not a picture",
    ],
    ids=["svg", "html", "gif-php", "pdf", "htaccess", "heic", "three-bytes", "text"],
)
def test_what_is_not_a_photo_is_refused(hostile: bytes) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        reencode(hostile)
    assert "JPEG" in refused.value.msg


@pytest.mark.parametrize("format", ["GIF", "TIFF", "BMP", "ICO"])
def test_other_picture_formats_are_refused(format: str) -> None:
    with pytest.raises(UnsupportedMedia):
        reencode(photo(format, size=(64, 64)))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_polyglot_loses_its_second_face(format: str) -> None:
    encoded = reencode(photo(format) + b"<script>alert(1)</script><?php evil(); ?>")
    assert b"script" not in encoded.content + encoded.thumbnail
    assert b"php" not in encoded.content + encoded.thumbnail


def test_a_comment_in_the_jpeg_cannot_smuggle_html() -> None:
    assert b"script" not in reencode(photo(comment=b"<script>alert(1)</script>")).content


@pytest.mark.parametrize(
    ("size", "refused"),
    [
        ((12_000, 12_000), True),
        ((5001, 5000), True),
        ((12_001, 8), True),
        ((8, 12_001), True),
        ((12_000, 8), False),
    ],
)
def test_the_number_of_pixels_is_bounded(size: tuple[int, int], refused: bool) -> None:
    bomb = pixel_bomb(*size)
    assert len(bomb) < 40_000
    if not refused:
        assert reencode(bomb).width == 2560
        return
    with pytest.raises(InvalidInput) as problem:
        reencode(bomb)
    assert [error.code for error in problem.value.errors] == ["too_many_pixels"]


def test_a_bomb_is_refused_even_where_warnings_are_ignored() -> None:
    bomb = pixel_bomb(6000, 6000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(InvalidInput):
            reencode(bomb)


def test_thousands_of_scans_are_refused() -> None:
    progressive = photo(progressive=True)
    start = progressive.rindex(b"\xff\xda")
    scan = progressive[start:-2]
    with pytest.raises(InvalidInput):
        reencode(progressive[:-2] + scan * 1000 + b"\xff\xd9")
    assert reencode(progressive).width == 640


def test_eleven_megabytes_are_refused_unread() -> None:
    with pytest.raises(PayloadTooLarge):
        reencode(photo() + bytes(MAX_BYTES))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidInput):
        reencode(b"")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_damage_anywhere_is_a_clean_refusal_or_a_photo(format: str) -> None:
    whole, dice = noisy(format), random.Random(20)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            damaged[dice.randrange(min(len(damaged), dice.choice([40, 200, 10_000])))] = dice.randrange(256)
        with contextlib.suppress(UnsupportedMedia, InvalidInput):
            assert reencode(bytes(damaged)).media_type == "image/jpeg"


def noisy(format: str) -> bytes:
    dice = random.Random(7)
    buffer = BytesIO()
    image = Image.frombytes("RGB", (90, 90), dice.randbytes(90 * 90 * 3))
    image.save(buffer, format, exif=exif(6))
    return buffer.getvalue()
