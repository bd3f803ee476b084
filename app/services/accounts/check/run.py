"""Ask all questions, one after the other, of one account or of all."""

from collections.abc import AsyncIterator, Mapping, Sequence

import asyncpg

from app.services.accounts.check.account import ACCOUNT_CHECKS
from app.services.accounts.check.explain import explain
from app.services.accounts.check.grade import AccountCheck, Finding, Grade, House, Result, Subject, fail, warn
from app.services.accounts.check.house import HOUSE_CHECKS
from app.services.accounts.records import AccountRecord
from app.services.templates.records import list_cards
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import WeChatError

_PEOPLE = """
SELECT count(*) AS people, count(unionid) AS linked FROM wechat_identities WHERE appid = $1
"""


async def check_all(
    connection: asyncpg.Connection,
    house: House,
    clients: Mapping[str, AsyncWeChatClient],
    appids: Sequence[str],
) -> AsyncIterator[Result]:
    """Each result as soon as it is known."""
    for each in HOUSE_CHECKS:
        yield Result(each.name, each.title, "", await each.ask(house))
    for record in house.records:
        if record.account.appid in appids:
            subject = await _subject(connection, house, record, clients[record.account.appid])
            async for result in _check_account(subject):
                yield result


async def _check_account(subject: Subject) -> AsyncIterator[Result]:
    has_token = True
    for check in ACCOUNT_CHECKS:
        if subject.record.account.kind not in check.kinds:
            continue
        if check.needs_token and not has_token:
            finding = warn("先解决上面的问题才能查")
        else:
            finding = await _ask(check, subject)
        if check.name in ("secret", "token") and finding.grade is Grade.FAIL:
            has_token = False
        yield Result(check.name, check.title, subject.appid, finding)


async def _ask(check: AccountCheck, subject: Subject) -> Finding:
    try:
        return await check.ask(subject)
    except WeChatError as error:
        return explain(error, appid=subject.appid, kind=subject.record.account.kind)
    except ValueError as error:
        return fail(f"微信的回答看不懂（{type(error).__name__}）", "稍后再查。")


async def _subject(
    connection: asyncpg.Connection, house: House, record: AccountRecord, client: AsyncWeChatClient
) -> Subject:
    counted = await connection.fetchrow(_PEOPLE, record.account.appid)
    minis = [each for each in house.records if each.account.kind == "mini" and each.is_default]
    return Subject(
        house=house,
        record=record,
        client=client,
        cards=tuple(await list_cards(connection, record.account.appid)),
        people=counted["people"],
        linked=counted["linked"],
        mini_appid=minis[0].account.appid if minis else "",
    )
