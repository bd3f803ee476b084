"""Codes by time, against the vectors of RFC 6238, and what is let pass around now."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.services.second_factor.totp import code_at, new_secret, step_of, step_shown, uri

# Appendix B, of whose eight digits an app shows the last six.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = (
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
)
NOW = datetime(2026, 6, 15, 1, tzinfo=UTC)


@pytest.mark.parametrize(("second", "code"), VECTORS)
def test_a_code_is_that_of_the_standard(second: int, code: str) -> None:
    assert code_at(SECRET, second // 30) == code[-6:]


def test_the_codes_just_before_and_just_after_pass_and_no_others() -> None:
    step = step_of(NOW)
    passed = [
        each for each in range(-4, 5) if step_shown(SECRET, code_at(SECRET, step + each), now=NOW, after=0)
    ]
    assert passed == [-1, 0, 1]
    assert step_shown(SECRET, "", now=NOW, after=0) is None


def test_what_was_used_counts_no_more_nor_what_came_before_it() -> None:
    step = step_of(NOW)
    for used, code, found in (
        (step, step, None),
        (step, step - 1, None),
        (step - 1, step, step),
        (step, step + 1, step + 1),
    ):
        assert step_shown(SECRET, code_at(SECRET, code), now=NOW, after=used) == found
    later = NOW + timedelta(seconds=30)
    assert step_shown(SECRET, code_at(SECRET, step + 1), now=later, after=step) == step + 1


def test_an_app_learns_whose_it_is_and_the_secret() -> None:
    secret = new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert secret != new_secret()
    said = urlsplit(uri(secret, "lin@pudong"))
    assert (said.scheme, said.netloc, unquote(said.path)) == ("otpauth", "totp", "/回响:lin@pudong")
    assert parse_qs(said.query)["secret"] == [secret]
