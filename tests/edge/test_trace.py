"""One id per request from the header to the log, and logs that give nobody away."""

import json
import logging

import pytest

from app.edge.metrics import DURATION, REQUESTS
from app.logs import JsonLines, configure_logging
from tests.harness.callers import Caller

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_trace_that_began_elsewhere_goes_on(client: Caller) -> None:
    answer = await client.get("/healthz", headers={"traceparent": PARENT})
    assert answer.headers["x-trace-id"] == "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "rubbish",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        PARENT.upper(),
        f"ff{PARENT[2:]}",
        PARENT + "\u00e9",
    ],
)
async def test_otherwise_a_new_one_begins(client: Caller, header: str) -> None:
    answers = [await client.get("/healthz", headers={b"traceparent": header.encode()}) for _ in range(2)]
    ids = {answer.headers["x-trace-id"] for answer in answers}
    assert len(ids) == 2
    assert all(len(each) == 32 and int(each, 16) for each in ids)
    assert "0af7651916cd43dd8448eb211c80319c" not in ids


async def test_the_access_log_has_the_template_and_no_query(
    client: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "huixiang.access"):
        await client.get("/oauth/official-account/callback?code=canary&state=canary")
        await client.get("/nowhere/canary")
    lines = [vars(record) for record in caplog.records if record.name == "huixiang.access"]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/oauth/official-account/callback", 400),
        ("unmatched", 404),
    ]
    assert all(line["ms"] >= 0 for line in lines)
    assert "canary" not in str(lines)


async def test_requests_are_counted_by_template_and_made_up_methods_are_not(client: Caller) -> None:
    before = REQUESTS.labels("GET", "/healthz", "200")._value.get()
    await client.get("/healthz")
    assert REQUESTS.labels("GET", "/healthz", "200")._value.get() == before + 1
    await client.request("MADEUP", "/healthz/nowhere-at-all")
    labels = {sample.labels["method"] for metric in DURATION.collect() for sample in metric.samples}
    assert "MADEUP" not in labels
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/healthz",status="200"}' in text
    assert "nowhere-at-all" not in text


async def test_every_route_knows_its_whole_path(client: Caller) -> None:
    """A prefix given to include_router would be missing in logs and figures."""
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert "/api/v1/me" in paths
    for path in paths:
        await client.get(path)
    counted = {sample.labels["route"] for metric in REQUESTS.collect() for sample in metric.samples}
    assert set(paths) <= counted


def line_of(record: logging.LogRecord) -> dict[str, object]:
    line: dict[str, object] = json.loads(JsonLines().format(record))
    return line


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "huixiang.test", "levelname": "INFO", "msg": message})
    vars(made).update(extra)
    return made


def test_private_members_and_phone_numbers_are_hidden_in_logs() -> None:
    canaries = {
        "phone": "p-canary",
        "openid": "o-canary",
        "access_token": "t-canary",
        "body": {"contact_name": "n-canary", "items": [{"password": "w-canary"}], "ok": "visible"},
    }
    line = line_of(record("call 13800138000 or order 2026061513800138000123", **canaries))
    written = json.dumps(line, ensure_ascii=False)
    assert "canary" not in written
    assert "visible" in written
    assert line["message"] == "call 138****8000 or order 2026061513800138000123"


def test_a_log_line_cannot_be_broken_in_two() -> None:
    assert "\n" not in JsonLines().format(record('evil\n{"level": "CRITICAL"}', note="a\nb"))


def test_what_raised_is_told_with_numbers_masked() -> None:
    try:
        raise ValueError("13800138000 access_token=abc-canary&x=1")
    except ValueError as error:
        made = record("failed")
        made.exc_info = (type(error), error, error.__traceback__)
    written = JsonLines().format(made)
    assert "138****8000" in written
    assert "canary" not in written


def test_configuring_sends_everything_through_one_formatter() -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure_logging("info")
        assert [type(handler.formatter) for handler in root.handlers] == [JsonLines]
        assert logging.getLogger("uvicorn.access").disabled
    finally:
        root.handlers[:] = before
        root.setLevel(level)
