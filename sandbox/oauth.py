"""Web authorisation: the consent page in the user's hand."""

from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox import codes, people
from sandbox.answers import world_of
from sandbox.records import Account
from sandbox.world import World

USER_COOKIE = "sandbox_user"
_SCOPES = ("snsapi_base", "snsapi_userinfo")
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>微信</title>
<style>body{{font:16px/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif;margin:0;
background:#ededed;color:#191919}}
main{{max-width:420px;margin:12vh auto 0;background:#fff;border-radius:12px;padding:28px 24px}}
h1{{font-size:19px;margin:0 0 6px}}p{{color:#737373;margin:0 0 18px}}
a{{display:block;text-align:center;padding:11px;margin:10px 0;border-radius:8px;background:#07c160;color:#fff;
text-decoration:none}}</style><main>{body}</main></html>"""


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
    return RedirectResponse(_with_code(query["redirect_uri"], code, query.get("state")), 302)


def _registered(account: Account, redirect_uri: str) -> bool:
    target = urlsplit(redirect_uri)
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


def _with_code(redirect_uri: str, code: str, state: str | None) -> str:
    target = urlsplit(redirect_uri)
    added = urlencode({"code": code, "state": state or ""})
    return urlunsplit(target._replace(query=f"{target.query}&{added}" if target.query else added))


def _consent(world: World, request: Request, account: Account) -> Response:
    holder = people.user(world.store, request.cookies.get(USER_COOKIE, ""))
    users = [holder] if holder else people.users(world.store)
    links = [
        f'<a href="{escape(str(request.url.include_query_params(_sandbox_user=user.id)))}">'
        f"{'允许' if holder else escape(user.nickname)}</a>"
        for user in users
    ]
    wish = "获取你的昵称、头像" if request.query_params["scope"] == "snsapi_userinfo" else "确认你的身份"
    who = escape(holder.nickname) if holder else "请选择是谁在使用这部手机"
    body = f"<h1>{escape(account.name)} 申请{wish}</h1><p>{who}</p>{''.join(links)}"
    return HTMLResponse(_PAGE.format(body=body))


def _refused(reason: str, code: int) -> Response:
    return HTMLResponse(_PAGE.format(body=f"<h1>{reason}</h1><p>错误码:{code}</p>"))
