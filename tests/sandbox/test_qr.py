import pytest

from sandbox import qr
from sandbox.pictures import qr_jpeg
from tests.sandbox.reading import read, read_picture


@pytest.mark.parametrize("length", [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 181, 213])
def test_every_version_can_be_read(length: int) -> None:
    text = ("http://127.0.0.1:8790/a/" + "abcXYZ-_09" * 30)[:length]
    assert read(qr.matrix(text)) == text


def test_chinese_and_pictures() -> None:
    assert read_picture(qr_jpeg("回响：http://127.0.0.1:8790/a/x", 280)) == "回响：http://127.0.0.1:8790/a/x"


def test_too_much() -> None:
    with pytest.raises(qr.TooLong):
        qr.matrix("x" * 214)


def test_corrections_are_those_of_the_standard() -> None:
    """The worked example of the standard's annex: 01234567, version 1-M."""
    data = bytes.fromhex("10200c5661 80ec11ec11ec11ec11ec11".replace(" ", ""))
    assert qr._correction(data, 10) == bytes.fromhex("a524d4c1ed36c7872c55")
