"""Web authorisation: the consent page in the user's hand."""

from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import quoteattr

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox import codes, people
from sandbox.answers import world_of
from sandbox.records import Account
from sandbox.world import World

USER_COOKIE = "sandbox_user"
_SCOPES = ("snsapi_base", "snsapi_userinfo")
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>微信授权</title>
<style>:root{{color-scheme:light dark;--ground:#ededed;--card:#fff;--ink:#181818;--quiet:#6b6b6b;--line:#e3e3e3}}
@media(prefers-color-scheme:dark){{:root{{--ground:#111;--card:#232323;--ink:#dedede;--quiet:#9a9a9a;--line:#333}}}}
body{{font:16px/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif;margin:0;min-height:100vh;display:flex;
align-items:flex-end;background:var(--ground);color:var(--ink)}}
main{{width:100%;max-width:460px;box-sizing:border-box;margin:0 auto;background:var(--card);padding:26px 22px 34px;
border-radius:18px 18px 0 0}}
h1{{font-size:19px;line-height:1.45;margin:0 0 6px}}p{{color:var(--quiet);margin:0 0 16px}}
ul{{list-style:none;margin:0 0 4px;padding:0;border-top:1px solid var(--line);max-height:46vh;overflow:auto}}
li{{padding:10px 0;border-bottom:1px solid var(--line)}}
nav{{display:flex;gap:14px;justify-content:center;margin-top:22px}}
a{{color:inherit;text-decoration:none}}
nav a{{min-width:128px;padding:9px 0;border-radius:10px;text-align:center;font-weight:500;background:#8882}}
nav a.yes{{background:#07c160;color:#06381f}}
a:focus-visible{{outline:2px solid #07c160;outline-offset:2px}}</style></head><body><main>{body}</main></body></html>"""


async def authorize(request: Request) -> Response:
    world = world_of(request)
    query = request.query_params
    account = world.accounts.get(query.get("appid", ""))
    if account is None:
        return _refused("AppID 参数错误", 40013)
    if query.get("response_type") != "code" or query.get("scope") not in _SCOPES:
        return _refused("Scope 参数错误或没有 Scope 权限", 10005)
    if not _registered(account, query.get("redirect_uri", "")):
        return _refused("redirect_uri 域名与后台配置不一致", 10003)
    user_id = _user_at_once(world, request, query["scope"])
    if user_id is None:
        return _consent(world, request, account)
    with world.store.writing():
        who = people.by_user(world.store, account.appid, user_id)
        snapshot = who is not None and who.snapshot
        code = codes.issue(world, "oauth", account.appid, user_id, query["scope"], snapshot=snapshot)
    return RedirectResponse(_with(query["redirect_uri"], code=code, state=query.get("state")), 302)


def _registered(account: Account, redirect_uri: str) -> bool:
    try:
        target = urlsplit(redirect_uri)
    except ValueError:
        return False
    if target.scheme not in ("http", "https") or not target.hostname:
        return False
    return not account.oauth_domains or target.hostname in account.oauth_domains


def _user_at_once(world: World, request: Request, scope: str) -> str | None:
    """Who needs no page: one who just said yes, the phone's owner under the silent scope, or a set one."""
    phone = request.cookies.get(USER_COOKIE) if scope == "snsapi_base" else None
    for user_id in (request.query_params.get("_sandbox_user"), phone, world.settings.auto_approve_user):
        if user_id and people.user(world.store, user_id) is not None:
            return user_id
    return None


def _with(redirect_uri: str, *, state: str | None, code: str | None = None) -> str:
    """Who refuses is sent back as well, with the state and no code."""
    target = urlsplit(redirect_uri)
    added = urlencode({**({} if code is None else {"code": code}), "state": state or ""})
    return urlunsplit(target._replace(query=f"{target.query}&{added}" if target.query else added))


def _consent(world: World, request: Request, account: Account) -> Response:
    """In a phone its owner says yes or no; in a bare browser somebody has to say first who is there."""
    asked = request.query_params
    holder = people.user(world.store, request.cookies.get(USER_COOKIE, ""))
    wish = "获取你的昵称、头像" if asked["scope"] == "snsapi_userinfo" else "确认你的身份"
    head = f"<h1>{escape(account.name)} 申请{wish}</h1>"
    if holder is None:
        links = [
            f"<li><a href={_said(request, user)}>{escape(user.nickname)}</a></li>"
            for user in people.users(world.store)
        ]
        return HTMLResponse(
            _PAGE.format(body=f"{head}<p>请选择是谁在使用这部手机</p><ul>{''.join(links)}</ul>")
        )
    no = quoteattr(_with(asked["redirect_uri"], state=asked.get("state")))
    who = f"<ul><li>{escape(holder.nickname)}<br><small>微信个人信息</small></li></ul>"
    answers = f"<nav><a href={no}>拒绝</a><a class=yes href={_said(request, holder)}>允许</a></nav>"
    return HTMLResponse(_PAGE.format(body=head + who + answers))


def _said(request: Request, user: people.User) -> str:
    return quoteattr(str(request.url.include_query_params(_sandbox_user=user.id)))


def _refused(reason: str, code: int) -> Response:
    return HTMLResponse(_PAGE.format(body=f"<h1>{reason}</h1><p>错误码:{code}</p>"))
