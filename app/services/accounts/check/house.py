"""Checks of what all accounts share: the defaults, the public address, the clock."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from app.services.accounts.check.grade import Finding, House, HouseCheck, fail, ok, warn

# WeChat's pushes are refused when they are older than five minutes by our clock.
_SKEW_WARN, _SKEW_FAIL = 30, 240
_KINDS = {"official": "服务号", "mini": "小程序"}


async def default_accounts(house: House) -> Finding:
    have = {record.account.kind for record in house.records if record.is_default}
    missing = [name for kind, name in _KINDS.items() if kind not in have]
    if not missing:
        return ok("服务号和小程序都有默认账号")
    said = f"没有默认的{'、'.join(missing)}"
    mend = "用 huixiang wechat add 录入，或用 huixiang wechat set-default 指定。"
    # Without a service account nobody is told anything; without a mini-program people use the pages.
    return fail(said, mend) if "服务号" in missing else warn(said, mend)


async def public_address(house: House) -> Finding:
    parts = urlsplit(house.public_base_url)
    mend = "把 HUIXIANG_PUBLIC_BASE_URL 设为 https:// 加已备案的域名，不带路径。"
    host = parts.hostname or ""
    if parts.path not in ("", "/") or parts.query:
        return fail(f"公开地址 {house.public_base_url} 带了路径", mend)
    if parts.scheme == "https" and "." in host and not _is_ip(host):
        return ok(f"公开地址 {house.public_base_url}")
    if house.settings.environment == "production":
        return fail(f"公开地址 {house.public_base_url} 不是 https 域名，微信打不开", mend)
    return warn(f"公开地址 {house.public_base_url} 不是 https 域名（演示可以，正式不行）", mend)


async def address_is_ours(house: House) -> Finding:
    """Somebody else may answer under that name: an old server, a proxy's welcome page."""
    url = f"{house.public_base_url}/healthz"
    mend = "检查域名解析、反向代理和证书；从外网执行 curl " + url
    try:
        answer = await house.web.get(url)
    except httpx.HTTPError as error:
        return fail(f"从本机访问不了自己的公开地址（{type(error).__name__}）", mend)
    if answer.status_code != 200 or "x-trace-id" not in answer.headers:
        return fail(f"公开地址后面不是本服务（{url} 返回 {answer.status_code}）", mend)
    return ok("公开地址后面是本服务")


async def clock_skew(house: House) -> Finding:
    """Against WeChat's own Date header: signatures and pushes carry times."""
    try:
        answer = await house.web.get(f"{house.endpoints.api}/cgi-bin/getcallbackip")
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        return warn(f"问不到微信的时间（{type(error).__name__}）", "先解决到微信的网络连接。")
    skew = abs((datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds())
    mend = "打开时间同步：timedatectl set-ntp true"
    if skew > _SKEW_FAIL:
        return fail(f"本机时间与微信相差 {skew:.0f} 秒，回调会被当作过期拒绝", mend)
    if skew > _SKEW_WARN:
        return warn(f"本机时间与微信相差 {skew:.0f} 秒", mend)
    return ok(f"本机时间与微信相差 {skew:.0f} 秒")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


HOUSE_CHECKS: tuple[HouseCheck, ...] = (
    HouseCheck("default_accounts", "默认账号", default_accounts),
    HouseCheck("public_address", "公开地址", public_address),
    HouseCheck("address_is_ours", "地址归属", address_is_ours),
    HouseCheck("clock_skew", "时钟", clock_skew),
)
