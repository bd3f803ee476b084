"""Demos keep their state: a file of the first sandbox opens, and nothing in it is lost."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import orjson

from sandbox import defaults
from tests.sandbox.bench import LIN, MINI_LIN, SEND, Bench, card
from tests.sandbox.conftest import SETTINGS, running
from tests.sandbox.service import Service

SCHEMA = (Path(__file__).parent / "first_state.sql").read_text("utf-8")
NOT_THEN = ("minute_quotas", "ip_whitelist", "token_error", "lacks")
RULE = {
    "id": 1,
    "match": {"path": SEND, "appid": None, "openid": None, "template_id": None, "event": None, "nth": None,
              "probability": None},
    "kind": "errcode",
    "arguments": {"code": 45011},
    "left": 1,
    "seen": 0,
    "fired": 0,
}  # fmt: skip


def _account(index: int) -> str:
    body = orjson.loads(orjson.dumps(defaults.ACCOUNTS[index]))
    body["templates"] = [
        {name: template[name] for name in ("id", "title", "fields")}
        for template in body["templates"]
        if not template["id"].startswith("biz-")
    ]
    return orjson.dumps({name: value for name, value in body.items() if name not in NOT_THEN}).decode()


def _write(path: Path) -> None:
    db = sqlite3.connect(path)
    db.executescript(SCHEMA)
    for index, account in enumerate(defaults.ACCOUNTS):
        db.execute("INSERT INTO accounts VALUES (?, ?)", (account.appid, _account(index)))
    db.execute("INSERT INTO users VALUES ('u-lin', '林晓雨', '13800000001', 'customer')")
    for appid, openid in ((defaults.OFFICIAL_APPID, LIN), (defaults.MINI_APPID, MINI_LIN)):
        db.execute(
            "INSERT INTO identities (appid, openid, user_id, follows) VALUES (?, ?, 'u-lin', 1)",
            (appid, openid),
        )
    db.execute("INSERT INTO faults (body) VALUES (?)", (orjson.dumps(RULE).decode(),))
    db.execute("INSERT INTO meta VALUES ('clock_offset', '3600.0')")
    db.commit()
    db.close()


async def _opened(bench: Bench) -> None:
    assert 3590 < (await bench.control("GET", "clock"))["offset"] <= 3600
    assert [(await bench.send())["errcode"] for _ in range(2)] == [45011, 0]
    await bench.act("u-lin", "consent", templates=["sub-ticket-progress"], decision="accept")
    body = card(MINI_LIN, template_id="sub-ticket-progress")
    assert (await bench.as_mini("/cgi-bin/message/subscribe/send", body))["errcode"] == 0
    for path in ("users", "tokens", "templates", "quotas", "messages", "callbacks", "requests", "mass"):
        await bench.items(path)


async def test_a_file_of_the_first_sandbox_opens_twice(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    _write(path)
    settings = replace(SETTINGS, state=str(path))
    async with running(settings, Service()) as bench:
        await _opened(bench)
    async with running(settings, Service()) as bench:
        assert len(await bench.items("messages?channel=subscribe")) == 1
        assert (await bench.send(card(template_id="sub-ticket-progress")))["errcode"] == 40037
