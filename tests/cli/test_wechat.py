"""``huixiang wechat``: accounts and keys, cards and menu, and the check that says what to mend."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from typer.testing import Result

from app.db import open_database
from app.services.credentials.keyring import KeyRing
from app.services.doors.menu import wanted_menu
from app.settings import Settings
from app.wechat.api.templates import Field
from app.wechat.templates import CARDS, TEMPLATES
from sandbox import defaults
from tests.cli.conftest import SECRET_KEY, CommandLine
from tests.harness.callbacks import served
from tests.harness.sandbox import ACCOUNTS, Sandbox
from tests.wechat.platform import Answer, Platform

APPID = "wxd400000000000004"
SECRETS = "canary-secret\ncanary-token\n" + "C" * 43 + "\n"
ADD = ("wechat", "add", APPID, "--kind", "official", "--name", "第二个服务号")
ENVIRONMENT = {f"HUIXIANG_{name.upper()}": value for name, value in ACCOUNTS.items()}
TOKEN = "/cgi-bin/stable_token"
OFFICIAL = defaults.OFFICIAL_APPID


async def test_an_account_is_entered_listed_made_default_and_removed(
    command_line: CommandLine, rows: asyncpg.Connection
) -> None:
    added = await command_line.run(*ADD, "--secrets-stdin", typed=SECRETS)
    assert added.exit_code == 0, added.output
    again = await command_line.run(*ADD, "--secrets-stdin", typed="\n\n\n")
    assert "没有变化" in again.output
    listed = await command_line.run("wechat", "list")
    assert APPID in listed.output
    for output in (added.output, again.output, listed.output):
        assert "canary" not in output
        assert "CCC" not in output
    sealed = await rows.fetchval("SELECT secret FROM wechat_accounts WHERE appid = $1", APPID)
    assert KeyRing([SECRET_KEY.encode()]).open(sealed) == "canary-secret"
    chosen = await command_line.run("wechat", "set-default", APPID)
    assert chosen.exit_code == 0
    kept = await command_line.run("wechat", "remove", APPID, typed="n\n")
    assert kept.exit_code == 1
    removed = await command_line.run("wechat", "remove", APPID, "--yes")
    assert removed.exit_code == 0
    for command in (("remove", APPID, "--yes"), ("set-default", APPID), ("forget-key", APPID)):
        unknown = await command_line.run("wechat", *command)
        assert (unknown.exit_code, "没有这个账号" in unknown.output) == (1, True)


async def test_secrets_come_from_the_prompt_or_the_environment_and_never_from_words(
    command_line: CommandLine, rows: asyncpg.Connection
) -> None:
    typed = await command_line.run(*ADD, typed="typed-secret\n\n\n")
    assert typed.exit_code == 0, typed.output
    assert "typed-secret" not in typed.output
    named = await command_line.run(*ADD, typed="\n\n", HUIXIANG_ADD_SECRET="canary-of-the-environment")
    assert named.exit_code == 0
    sealed = await rows.fetchval("SELECT secret FROM wechat_accounts WHERE appid = $1", APPID)
    assert KeyRing([SECRET_KEY.encode()]).open(sealed) == "canary-of-the-environment"
    refused = await command_line.run(*ADD, "--secret", "x")
    assert refused.exit_code == 2
    wrong = await command_line.run(*ADD, "--secrets-stdin", typed="a\nb\nshort\n")
    assert (wrong.exit_code, "43" in wrong.output) == (1, True)
    await command_line.run("wechat", "remove", APPID, "--yes")


async def test_keys_are_rotated_by_command(command_line: CommandLine, rows: asyncpg.Connection) -> None:
    await command_line.run(*ADD, "--secrets-stdin", typed=SECRETS)
    new = "n" * 40
    done = await command_line.run("wechat", "rotate-keys", HUIXIANG_SEALING_KEYS=new)
    assert (done.exit_code, "改用新密钥 3 项" in done.output) == (0, True), done.output
    sealed = await rows.fetchval("SELECT token FROM wechat_accounts WHERE appid = $1", APPID)
    assert KeyRing([new.encode()]).open(sealed) == "canary-token"
    lost = await command_line.run("wechat", "rotate-keys")
    assert (lost.exit_code, "wechat_accounts.secret" in lost.output) == (1, True)
    weak = await command_line.run("wechat", "rotate-keys", HUIXIANG_SEALING_KEYS="weak")
    assert (weak.exit_code, "SEALING_KEYS" in weak.output) == (1, True)
    await command_line.run("wechat", "remove", APPID, "--yes", HUIXIANG_SEALING_KEYS=new)


def _content(kind: str, fields: Mapping[str, str]) -> str:
    return "\n".join(f"{label}：{{{{{key}.DATA}}}}" for key, label in fields.items())


def _listed(account_kind: str, id_key: str) -> list[dict[str, object]]:
    """The account has exactly the templates that we ask for."""
    found: list[dict[str, object]] = []
    for channel, kind in CARDS[account_kind]:
        prefix = "tpl" if channel.value == "template" else "sub"
        fields = {slot.key: Field(slot.key, word).label for word, slot in TEMPLATES[kind].slots.items()}
        found.append(
            {
                id_key: f"{prefix}-{kind.replace('_', '-')}",
                "title": TEMPLATES[kind].title_zh,
                "content": _content(kind, fields),
                "example": "",
            }
        )
    return found


@dataclass
class Bench:
    """A command line beside a running service and a platform, all well to begin with."""

    command_line: CommandLine
    platform: Platform
    base: str

    async def run(self, *words: str, typed: str | None = None, **over: str) -> Result:
        values = ENVIRONMENT | {
            "HUIXIANG_WECHAT_API_BASE": self.platform.base,
            "HUIXIANG_PUBLIC_BASE_URL": self.base,
        }
        return await self.command_line.run("wechat", *words, typed=typed, **values | over)

    async def check(self, *words: str, **over: str) -> tuple[Result, dict[tuple[str, str], dict[str, str]]]:
        """The result, and each finding by its check and account."""
        result = await self.run("check", "--json", *words, **over)
        findings: list[dict[str, str]] = json.loads(result.output)
        return result, {(each["check"], each["appid"]): each for each in findings}

    def always(self, path: str, answer: Answer) -> None:
        self.platform.handlers[path] = lambda _request: answer


@pytest.fixture
async def bench(command_line: CommandLine, settings: Settings) -> AsyncIterator[Bench]:
    values: dict[str, Any] = settings.model_dump() | {"database_url": command_line.url} | ACCOUNTS
    mine = Settings(_env_file=None, **values)
    async with Platform() as platform, open_database(mine) as database, served(mine, database) as base:
        ready = Bench(command_line, platform, base)
        buttons = wanted_menu(mine.model_copy(update={"public_base_url": base}), defaults.MINI_APPID)
        ready.always("/cgi-bin/menu/get", {"menu": {"button": [dict(each) for each in buttons]}})
        ready.always("/cgi-bin/getcallbackip", {"ip_list": ["101.226.0.1"]})
        ready.always("/cgi-bin/ticket/getticket", {"errcode": 0, "ticket": "t", "expires_in": 7200})
        templates: dict[str, object] = {"template_list": _listed("official", "template_id")}
        ready.always("/cgi-bin/template/get_all_private_template", templates)
        ready.always("/wxaapi/newtmpl/gettemplate", {"errcode": 0, "data": _listed("mini", "priTmplId")})
        ready.always("/cgi-bin/openapi/quota/get", _quota(900))
        yield ready
        connection = await command_line.connect()
        await connection.execute("DELETE FROM wechat_accounts")
        await connection.execute("DELETE FROM wechat_credentials")
        await connection.execute("DELETE FROM message_templates")
        await connection.close()


def _quota(remain: int) -> dict[str, object]:
    return {"errcode": 0, "quota": {"daily_limit": 1000, "used": 1000 - remain, "remain": remain}}


async def test_when_all_is_well_nothing_fails(bench: Bench) -> None:
    result, found = await bench.check()
    failing = {key: each for key, each in found.items() if each["grade"] == "fail"}
    assert (result.exit_code, failing) == (0, {})
    # An address without https is good enough for a demo, and nobody follows yet.
    warned = {key for key, each in found.items() if each["grade"] == "warn"}
    assert warned == {("public_address", ""), ("linked", OFFICIAL)}
    names = {name for name, appid in found if appid == OFFICIAL}
    assert names == {
        "stored_secrets", "secret", "token", "callback", "templates", "menu", "jsapi", "quotas", "linked"
    }  # fmt: skip
    only = await bench.run("check", "--appid", defaults.MINI_APPID)
    assert (only.exit_code, OFFICIAL in only.output, "没有发现问题" in only.output) == (0, False, True)
    for secret in (defaults.OFFICIAL_SECRET, defaults.OFFICIAL_TOKEN, defaults.OFFICIAL_AES_KEY):
        assert secret not in only.output + result.output


REFUSALS = {
    40125: ("invalid appsecret rid: 6385c6c1-0fcadca1-22c1fc91", ("AppSecret 不正确", "重置", "6385c6c1")),
    40013: ("invalid appid", ("AppID 写错了",)),
    40164: ("invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist", ("203.0.113.7", "白名单")),
    40243: ("appsecret frozen", ("冻结", "解冻")),
    50007: ("account frozen", ("账号被冻结", "申诉")),
    89503: ("need admin confirm", ("管理员",)),
}


@pytest.mark.parametrize("errcode", REFUSALS)
async def test_why_there_is_no_token_and_where_to_click(bench: Bench, errcode: int) -> None:
    errmsg, words = REFUSALS[errcode]
    bench.platform.script(TOKEN, *[{"errcode": errcode, "errmsg": errmsg}] * 4)
    result = await bench.run("check", "--appid", OFFICIAL)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    troubles = [line + after for line, after in pairwise(lines) if line.startswith("✗")]
    assert any(all(word in trouble for word in words) for trouble in troubles), result.output
    # What needs a token is not asked, and nobody hammers the platform.
    assert len(bench.platform.requests) <= 3


async def test_what_else_can_be_wrong(bench: Bench, rows: asyncpg.Connection) -> None:
    await bench.check()
    bench.always("/cgi-bin/menu/get", {"menu": {"button": [{"type": "click", "name": "旧", "key": "k"}]}})
    bench.always("/cgi-bin/openapi/quota/get", _quota(99))
    fewer = _listed("official", "template_id")[1:]
    changed = [dict(fewer[0]) | {"content": "服务内容：{{thing9.DATA}}"}, *fewer[1:]]
    bench.always("/cgi-bin/template/get_all_private_template", {"template_list": changed})
    bench.always("/cgi-bin/ticket/getticket", {"errcode": 48001, "errmsg": "api unauthorized"})
    bench.platform.refuse_all_tokens = False
    await rows.execute(
        "UPDATE message_templates SET state = 'banned', reason = '40249' WHERE kind = 'staff_notice' AND appid = $1",
        OFFICIAL,
    )
    result, found = await bench.check()
    assert result.exit_code == 1
    grades = {name: each["grade"] for (name, appid), each in found.items() if appid == OFFICIAL}
    assert grades["menu"] == grades["quotas"] == "warn"
    assert grades["templates"] == grades["jsapi"] == "fail"
    said = found["templates", OFFICIAL]["said"]
    for words in ("服务进度通知的模板 tpl-ticket-progress 已不在", "派单通知的字段对不上", "待办提醒被封禁"):
        assert words in said
    assert "99/1000" in found["quotas", OFFICIAL]["said"]
    assert found["templates", defaults.MINI_APPID]["grade"] == "ok"


async def test_addresses_callbacks_and_defaults(bench: Bench) -> None:
    _, found = await bench.check(HUIXIANG_PUBLIC_BASE_URL=bench.platform.base)
    assert found["address_is_ours", ""]["grade"] == found["callback", OFFICIAL]["grade"] == "fail"
    _, found = await bench.check(HUIXIANG_PUBLIC_BASE_URL="http://127.0.0.1:9")
    assert "访问不了" in found["callback", OFFICIAL]["said"]
    _, found = await bench.check(HUIXIANG_PUBLIC_BASE_URL=f"{bench.base}/path")
    assert found["public_address", ""]["grade"] == "fail"
    # The running service knows another token than the table says now.
    _, found = await bench.check(HUIXIANG_OFFICIAL_TOKEN="anothertoken")
    assert (found["callback", OFFICIAL]["grade"], "403" in found["callback", OFFICIAL]["said"]) == (
        "fail",
        True,
    )
    _, found = await bench.check(HUIXIANG_WECHAT_API_BASE="http://127.0.0.1:9")
    assert "连不上微信" in found["secret", OFFICIAL]["said"]
    assert found["clock_skew", ""]["grade"] == "warn"
    unknown = await bench.run("check", "--appid", "wxnobody")
    assert (unknown.exit_code, "没有这个账号" in unknown.output) == (1, True)


@pytest.mark.parametrize(("ahead", "grade"), [(5, "ok"), (-60, "warn"), (300, "fail")])
async def test_a_clock_that_goes_wrong_is_noticed(bench: Bench, ahead: float, grade: str) -> None:
    bench.platform.ahead = ahead
    _, found = await bench.check("--appid", defaults.MINI_APPID)
    assert found["clock_skew", ""]["grade"] == grade


async def test_a_deployment_without_accounts_is_told_so(command_line: CommandLine) -> None:
    result = await command_line.run(
        "wechat", "check", "--json", HUIXIANG_WECHAT_API_BASE="http://127.0.0.1:9"
    )
    assert result.exit_code == 1
    assert "没有默认的服务号、小程序" in result.output
    assert "还没有账号" in (await command_line.run("wechat", "list")).output


async def test_cards_are_synced_listed_and_shown(bench: Bench, rows: asyncpg.Connection) -> None:
    listed = _listed("official", "template_id")
    listed[0] = dict(listed[0]) | {"template_id": "real", "content": "服务项目：{{thing7.DATA}}"}
    bench.always("/cgi-bin/template/get_all_private_template", {"template_list": listed})
    said = await bench.run("templates", "sync", "--dry-run", "--appid", OFFICIAL)
    assert (said.exit_code, "real" in said.output) == (0, True), said.output
    before = await rows.fetchval("SELECT count(*) FROM message_templates WHERE template_id = 'real'")
    done = await bench.run("templates", "sync")
    assert (done.exit_code, "service → thing7" in done.output) == (0, True), done.output
    after = await rows.fetchval("SELECT count(*) FROM message_templates WHERE template_id = 'real'")
    assert (before, after) == (0, 1)
    shown = await bench.run("templates", "preview", "--appid", OFFICIAL)
    for words in ("服务项目", "空调维修", "服务进度通知", "可用"):
        assert words in shown.output
    assert "✓ 可用" in (await bench.run("templates", "list")).output
    bench.always("/cgi-bin/template/get_all_private_template", {"template_list": []})
    gone = await bench.run("templates", "sync", "--appid", OFFICIAL)
    assert (gone.exit_code, "✗" in gone.output, "real" in gone.output) == (1, True, True)
    refused = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}
    bench.always("/cgi-bin/template/get_all_private_template", refused)
    failed = await bench.run("templates", "sync", "--appid", OFFICIAL)
    assert (failed.exit_code, "额度" in failed.output) == (1, True)


async def test_the_menu_is_brought_to_wechat(command_line: CommandLine, sandbox: Sandbox) -> None:
    over = ENVIRONMENT | {
        "HUIXIANG_WECHAT_API_BASE": sandbox.base,
        "HUIXIANG_PUBLIC_BASE_URL": "https://hx.example",
    }

    async def menu(*words: str, **more: str) -> Result:
        return await command_line.run("wechat", "menu", *words, **over | more)

    shown = await menu("show")
    assert "我要报修 → view https://hx.example/h5/report" in shown.output
    stale = await menu("diff")
    assert (stale.exit_code, "+ 我要报修" in stale.output) == (1, True)
    done = await menu("sync")
    assert (done.exit_code, "已更新" in done.output) == (0, True), done.output
    assert (await menu("diff")).exit_code == 0
    assert "无需更新" in (await menu("sync")).output
    creates = await sandbox.calls("/cgi-bin/menu/create")
    assert len(creates) == 1
    lost = await menu("show", HUIXIANG_MENU_FILE="/nowhere/menu.toml")
    assert (lost.exit_code, "/nowhere/menu.toml" in lost.output) == (1, True)
    await command_line.run("wechat", "remove", OFFICIAL, "--yes")
    await command_line.run("wechat", "remove", defaults.MINI_APPID, "--yes")


async def test_a_new_token_is_forced_only_by_a_yes(command_line: CommandLine, sandbox: Sandbox) -> None:
    over = ENVIRONMENT | {"HUIXIANG_WECHAT_API_BASE": sandbox.base}
    asked = await command_line.run("wechat", "force-refresh", OFFICIAL, typed="n\n", **over)
    assert (asked.exit_code, "20 次" in asked.output, "30 秒" in asked.output) == (1, True, True)
    assert await sandbox.calls(TOKEN) == []
    done = await command_line.run("wechat", "force-refresh", OFFICIAL, typed="y\n", **over)
    assert done.exit_code == 0, done.output
    assert len(await sandbox.calls(TOKEN)) == 1
    await command_line.run("wechat", "remove", OFFICIAL, "--yes")
    await command_line.run("wechat", "remove", defaults.MINI_APPID, "--yes")
