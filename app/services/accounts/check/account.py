"""Checks of one account: its secrets, its callback, its cards, its menu, its quotas."""

import secrets

import httpx

from app.models.wechat import CardState
from app.services.accounts.check.explain import explain
from app.services.accounts.check.grade import AccountCheck, Finding, Subject, fail, ok, warn
from app.services.doors.menu import compare, wanted_menu
from app.services.templates.match import choose, map_fields
from app.services.templates.sync import ask_templates
from app.wechat.api.doors import js_ticket
from app.wechat.api.quotas import callback_ips, quota_get
from app.wechat.errors import Refused, WeChatError
from app.wechat.menu import MenuInvalid
from app.wechat.sealing import sign
from app.wechat.templates import CARDS, TEMPLATES
from app.wechat.tokens import fetch_token

_OFFICIAL = frozenset({"official"})
# Below this share of the day's quota an operator wants to know.
_SCARCE = 0.1
_WATCHED = {
    "official": (
        "/cgi-bin/message/template/send",
        "/cgi-bin/message/custom/send",
        "/cgi-bin/qrcode/create",
        "/cgi-bin/user/info",
    ),
    "mini": ("/cgi-bin/message/subscribe/send", "/wxa/getwxacodeunlimit", "/wxa/msg_sec_check"),
}


async def stored_secrets(subject: Subject) -> Finding:
    account, appid = subject.record.account, subject.appid
    if subject.record.unreadable:
        return fail(
            f"密文打不开：{'、'.join(subject.record.unreadable)}",
            f"HUIXIANG_SEALING_KEYS 里缺了当初的密钥；补上它，或执行 huixiang wechat add {appid} 重新录入。",
        )
    named = (("AppSecret", account.secret), ("Token", account.token), ("EncodingAESKey", account.aes_key))
    missing = [name for name, value in named if not value]
    if missing == ["EncodingAESKey"]:
        return warn(
            "没有 EncodingAESKey，只能用明文模式", f"在后台选安全模式，再执行 huixiang wechat add {appid}。"
        )
    if missing:
        return fail(f"缺少 {'、'.join(missing)}", f"执行 huixiang wechat add {appid} 录入。")
    if account.previous_aes_key:
        return warn(
            "正在更换 EncodingAESKey，新旧都收",
            f"后台已换好一天以上时，执行 huixiang wechat forget-key {appid} 停用旧的。",
        )
    return ok("AppSecret、Token、EncodingAESKey 齐全")


async def secret(subject: Subject) -> Finding:
    """Asks for the stable token in normal mode, which changes nothing for those who hold it."""
    house = subject.house
    try:
        await fetch_token(subject.record.account, house.endpoints, house.http)
    except WeChatError as error:
        return explain(error, appid=subject.appid, kind=subject.record.account.kind)
    except ValueError:
        return fail("微信的回答看不懂", "看看 HUIXIANG_WECHAT_API_BASE 是不是指到了别处。")
    return ok("AppID、AppSecret 正确，服务器 IP 在白名单内")


async def token(subject: Subject) -> Finding:
    """The token that all processes share, on the cheapest call there is."""
    ips = await callback_ips(subject.client)
    return ok(f"令牌可用，微信的回调来自 {len(ips)} 个地址段")


async def callback(subject: Subject) -> Finding:
    """As WeChat does when the address is entered in its console."""
    account, house = subject.record.account, subject.house
    url = f"{house.public_base_url}/wechat/{subject.appid}/callback"
    mend = f"让 {url} 能从外网访问；改过 Token 后，后台和这里要一致。"
    echo, timestamp, nonce = secrets.token_hex(8), str(int(house.now.timestamp())), secrets.token_hex(5)
    query = {
        "signature": sign(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": echo,
    }
    try:
        answer = await house.web.get(url, params=query)
    except httpx.HTTPError as error:
        return fail(f"回调地址访问不了（{type(error).__name__}）", mend)
    if answer.status_code == 200 and answer.text == echo:
        return ok(f"回调地址验证通过：{url}")
    if answer.status_code == 404:
        return fail("运行中的服务还不认识这个账号", "确认服务连的是同一个数据库；新账号几秒内生效。")
    return fail(f"回调地址没有通过验证（返回 {answer.status_code}）", mend)


async def templates(subject: Subject) -> Finding:
    """Each of our cards, as the account has it right now."""
    listed = await ask_templates(subject.client)
    known = {card.place: card for card in subject.cards}
    trouble = []
    for channel, kind in CARDS[subject.record.account.kind]:
        card, title = known.get((subject.appid, channel, kind)), TEMPLATES[kind].title_zh
        if card is None or card.template_id is None:
            trouble.append(f"{title}未设置")
        elif card.state is CardState.BANNED:
            trouble.append(f"{title}被封禁（{card.reason or '原因见后台通知'}）")
        elif card.template_id not in {each.template_id for each in listed}:
            trouble.append(f"{title}的模板 {card.template_id} 已不在账号里")
        elif card.state is not CardState.ACTIVE:
            trouble.append(f"{title}不可用（{card.reason or card.state}）")
        elif (found := choose(kind, card.template_id, listed)) is not None:
            mapped = map_fields(kind, found)
            keys = {field.key for field in found.fields}
            if mapped.problem or set(card.slots.values()) != keys:
                trouble.append(f"{title}的字段对不上")
    if not trouble:
        return ok(f"{len(CARDS[subject.record.account.kind])} 种消息的模板都在，字段相符")
    return fail(
        "；".join(trouble), f"补齐模板后执行 huixiang wechat templates sync --appid {subject.appid}。"
    )


async def menu(subject: Subject) -> Finding:
    if not subject.record.is_default:
        return ok("不是默认服务号，菜单不归这里管")
    try:
        wanted = wanted_menu(subject.house.settings, subject.mini_appid)
    except MenuInvalid as error:
        return fail(f"菜单文件有误：{error}", "改好菜单文件再查。")
    different = await compare(subject.client, wanted)
    if not different:
        return ok("菜单与文件一致")
    return warn(
        f"菜单与文件有 {len(different)} 处不同",
        "huixiang wechat menu diff 看区别，huixiang wechat menu sync 更新。",
    )


async def jsapi(subject: Subject) -> Finding:
    await js_ticket(subject.client)
    host = subject.house.public_base_url.partition("://")[2]
    return ok(f"jsapi_ticket 可用；后台“JS接口安全域名”和“网页授权域名”都应填 {host}")


async def quotas(subject: Subject) -> Finding:
    scarce = []
    own = subject.record.daily_quotas
    for path in dict.fromkeys((*_WATCHED[subject.record.account.kind], *own)):
        try:
            quota = await quota_get(subject.client, path)
        except Refused:
            # Not every account has every call, and not every call is counted.
            continue
        used, limit = quota.daily_limit - quota.remain, own.get(path, quota.daily_limit)
        if limit > 0 and limit - used < limit * _SCARCE:
            scarce.append(f"{path} 只剩 {max(0, limit - used)}/{limit}")
    if not scarce:
        return ok("各接口今天的额度充足")
    return warn("；".join(scarce), "零点恢复；经常不够，在后台“接口权限”申请提额。")


async def linked(subject: Subject) -> Finding:
    """No call of the platform tells it; that one person is known on both sides proves it."""
    mend = (
        "在微信开放平台（open.weixin.qq.com）→ 管理中心 绑定服务号和小程序；"
        "再到公众平台 → 小程序管理 关联小程序。"
    )
    if not subject.people:
        return warn("还没有人关注，看不出服务号与小程序是否关联", mend)
    if not subject.linked:
        return warn(f"{subject.people} 位用户都没有 unionid，服务号与小程序可能没有绑到同一开放平台", mend)
    return ok(f"{subject.linked}/{subject.people} 位用户有 unionid，可以跨账号认出同一个人")


# In this order; the first that fails is usually the cause of those below it.
ACCOUNT_CHECKS: tuple[AccountCheck, ...] = (
    AccountCheck("stored_secrets", "密钥录入", stored_secrets, needs_token=False),
    AccountCheck("secret", "AppID 与 AppSecret", secret, needs_token=False),
    AccountCheck("token", "访问令牌", token),
    AccountCheck("callback", "消息回调", callback, needs_token=False),
    AccountCheck("templates", "消息模板", templates),
    AccountCheck("menu", "自定义菜单", menu, kinds=_OFFICIAL),
    AccountCheck("jsapi", "网页接口", jsapi, kinds=_OFFICIAL),
    AccountCheck("quotas", "接口额度", quotas),
    AccountCheck("linked", "开放平台绑定", linked, kinds=_OFFICIAL, needs_token=False),
)
