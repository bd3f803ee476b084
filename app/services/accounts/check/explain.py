"""What WeChat's refusals mean for an operator, and where to click to mend them."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.services.accounts.check.grade import Finding, Grade, fail
from app.wechat.errors import BreakerOpen, Refused, ServerFailed, WeChatError

_IP = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3})(?![\w.])")

_CONSOLE = {
    "official": "微信公众平台（mp.weixin.qq.com）→ 设置与开发 → 开发接口管理（旧版：基本配置）",
    "mini": "小程序后台（mp.weixin.qq.com）→ 管理 → 开发管理 → 开发设置",
}

# What to do; {console} is the page of that kind of account, {appid} and {ip} speak for themselves.
MEND: Mapping[int, str] = MappingProxyType(
    {
        40001: "令牌刚换过：过半分钟再查；仍如此，执行 huixiang wechat force-refresh {appid}（一天最多 20 次）。",
        40013: "AppID 写错了：到 {console} 核对 AppID，改正环境变量或用 huixiang wechat add 重新录入。",
        40125: "AppSecret 不对：到 {console} 重置 AppSecret，再执行 huixiang wechat add {appid} 录入新的。",
        40164: "把 {ip} 加进白名单：{console} → IP白名单 → 修改。",
        40243: "AppSecret 被冻结：到 {console} 解冻 AppSecret。",
        45009: "今天的额度用完了，零点恢复；确有急用可在后台“接口权限”里清零（每月 10 次）。",
        48001: "这个账号没有此接口权限：到后台 → 设置与开发 → 接口权限 查看，服务号需先完成微信认证。",
        48004: "接口被封禁：到后台的通知中心看处罚原因并申诉。",
        50004: "获取令牌的接口被停用：到后台的通知中心看原因并申诉。",
        50007: "账号被冻结：到后台的通知中心看处罚原因并申诉。",
        61004: "把 {ip} 加进白名单：{console} → IP白名单 → 修改。",
        89501: "管理员要在微信里确认这台服务器的调用：请管理员查看“公众平台安全助手”的消息。",
        89503: "管理员要在微信里确认这台服务器的调用：请管理员查看“公众平台安全助手”的消息。",
        89506: "管理员 24 小时内拒绝了这台服务器，到期后再试，并先与管理员说好。",
        89507: "管理员 1 小时内拒绝了这台服务器，到期后再试，并先与管理员说好。",
    }
)


def explain(error: WeChatError, *, appid: str, kind: str) -> Finding:
    """Why the call failed, in words, with WeChat's own code and rid."""
    if isinstance(error, Refused):
        ip = _IP.search(error.errmsg)
        pattern = MEND.get(error.errcode or 0, "按错误码在微信开放文档查原因，必要时带着 rid 提问。")
        mend = pattern.format(console=_CONSOLE[kind], appid=appid, ip=ip[0] if ip else "本机出口 IP")
        rid = f"，rid {error.rid}" if error.rid else ""
        where = f"（{ip[0]}）" if ip and error.errcode in (40164, 61004) else ""
        return fail(f"{error.meaning_zh}{where}（{error.errcode}{rid}）", mend)
    if isinstance(error, BreakerOpen):
        return fail("刚刚连续多次取令牌失败，已暂停半分钟", "先处理上面的问题，半分钟后再查。")
    if isinstance(error, ServerFailed):
        return Finding(Grade.FAIL, f"微信返回 {error}", "稍后再查；一直如此，看服务器出口是否被代理改写。")
    return fail(
        f"连不上微信（{error.errmsg}）",
        "检查服务器能否访问 api.weixin.qq.com:443，以及 HUIXIANG_WECHAT_API_BASE。",
    )
