"""Signatures, addresses and times of retries, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.webhooks import body, retry
from app.domain.webhooks.address import fault_of, is_public
from app.domain.webhooks.sign import signature

AT = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
# The vector of docs/webhooks.md.
HAPPENED = body.Happened(
    "HX260615ABCDEFGHJK", "repair", 3, "accept", "offered", "accepted", "engineer", AT, "api", "ERP-1"
)
BODY = (
    b'{"version":1,"id":"HX260615ABCDEFGHJK-3","type":"ticket.accept","at":"2026-06-15T10:00:00.000+08:00",'
    b'"ticket":{"number":"HX260615ABCDEFGHJK","service_type":"repair","seq":3,"from_state":"offered",'
    b'"state":"accepted","channel":"api","external_reference":"ERP-1"},"actor":"engineer"}'
)
SECRET = "whsec_for_the_documentation_only"


def test_the_body_is_what_the_documentation_shows() -> None:
    assert body.of_event(HAPPENED) == BODY


def test_the_signature_is_what_the_documentation_shows() -> None:
    digest = "8426b43da6bd90c9a4c7f2618242ff627ac6dafd5e4b09e4885f44ce7ca053e0"
    assert signature([SECRET], AT, BODY) == f"t=1781488800,v1={digest}"


def test_both_secrets_sign_during_a_change() -> None:
    both = signature(["new", SECRET], AT, BODY)
    assert both.startswith("t=1781488800,v1=")
    assert both.endswith(signature([SECRET], AT, BODY).partition(",")[2])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:c0a8:101::",
        "no address",
        "",
    ],
)
def test_we_never_call_our_own_network(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "223.5.5.5", "172.32.0.1", "2400:3200::1", "::ffff:8.8.8.8", "2002:808:808::"]
)
def test_we_call_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "example.com",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://db.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://10.1.2.3:8443/hook",
        "https://[::1]/",
        "https://[::ffff:192.168.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com\\@127.0.0.1/",
        "https://exa mple.com/",
        "https://[bad/",
        "https://例子.中国/",
    ],
)
def test_an_address_that_is_refused_says_why(url: str) -> None:
    assert fault_of(url, at_home=False)


def test_what_may_be_registered() -> None:
    assert fault_of("https://hooks.example.com:8443/a?b=c", at_home=False) is None
    assert fault_of("https://8.8.8.8/", at_home=False) is None
    assert fault_of("http://127.0.0.1:9000/", at_home=True) is None
    assert fault_of("gopher://127.0.0.1/", at_home=True)


def test_it_is_tried_for_a_day_and_a_last_time_at_its_end() -> None:
    now, end, tries = AT, AT + retry.GIVE_UP, 0
    times = [now]
    while True:
        tries += 1
        following = retry.next_try(tries, now=now, give_up_at=end, dice=0.5)
        if following is None:
            break
        now = following
        times.append(now)
    assert times[:5] == [AT + timedelta(seconds=s) for s in (0, 10, 40, 130, 400)]
    assert (times[-1], len(times)) == (end, 15)


@pytest.mark.parametrize(("dice", "seconds"), [(0, 8), (0.5, 10), (1, 12)])
def test_what_failed_together_does_not_come_back_together(dice: float, seconds: int) -> None:
    assert retry.delay(1, dice) == timedelta(seconds=seconds)


def test_a_receiver_may_ask_for_a_pause_but_not_for_ever() -> None:
    end = AT + retry.GIVE_UP
    assert retry.next_try(1, now=AT, give_up_at=end, dice=0, asked=120) == AT + timedelta(minutes=2)
    assert retry.next_try(1, now=AT, give_up_at=end, dice=0, asked=9_999_999) == AT + timedelta(hours=3)


def test_an_endpoint_rests_after_five_failures_in_a_row_and_never_long() -> None:
    assert [retry.rest(n).total_seconds() for n in (1, 4, 5, 6, 7, 12, 99_999)] == [
        0,
        0,
        10,
        20,
        40,
        600,
        600,
    ]
