"""The platform's API, one line an endpoint."""

from sandbox import (
    content,
    custom,
    grants,
    jssdk,
    links,
    login,
    media,
    menu,
    openapi,
    private_templates,
    qrcodes,
    subscriptions,
    templates,
    tokens,
    user_info,
)
from sandbox.records import Capability, Kind
from sandbox.wire import Endpoint, Handler

_TEXT = b"text/plain"
_SERVICE: tuple[Kind, ...] = ("service",)
_MINI: tuple[Kind, ...] = ("mini",)
_BOTH: tuple[Kind, ...] = ("service", "mini")


def _get(path: str, handler: Handler, kinds: tuple[Kind, ...], needs: Capability | None = None) -> Endpoint:
    return Endpoint("GET", path, handler, kinds=kinds, capability=needs)


def _post(path: str, handler: Handler, kinds: tuple[Kind, ...], needs: Capability | None = None) -> Endpoint:
    return Endpoint("POST", path, handler, kinds=kinds, capability=needs)


def _sns(path: str, handler: Handler) -> Endpoint:
    """With secrets or tokens of their own, and answers that call themselves plain text."""
    return Endpoint("GET", f"/sns/{path}", handler, needs_token=False, content_type=_TEXT)


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/token", tokens.get_token, needs_token=False),
    Endpoint("POST", "/cgi-bin/stable_token", tokens.get_stable_token, needs_token=False),
    _get("/cgi-bin/ticket/getticket", jssdk.get_ticket, _SERVICE),
    _get("/cgi-bin/getcallbackip", openapi.get_callback_ips, _BOTH),
    _sns("jscode2session", login.code_to_session),
    _sns("oauth2/access_token", grants.exchange_code),
    _sns("oauth2/refresh_token", grants.refresh),
    _sns("auth", grants.check_grant),
    _sns("userinfo", grants.get_profile),
    _post("/wxa/business/getuserphonenumber", login.get_phone_number, _MINI, "phone"),
    _get("/cgi-bin/user/info", user_info.get_user_info, _SERVICE, "user"),
    _get("/cgi-bin/user/get", user_info.list_followers, _SERVICE, "user"),
    Endpoint(
        "POST", templates.PATH, templates.send, kinds=_SERVICE, one_at_a_time=True, capability="template"
    ),
    _get("/cgi-bin/template/get_all_private_template", private_templates.list_all, _SERVICE, "template"),
    _post("/cgi-bin/template/api_add_template", private_templates.add, _SERVICE, "template"),
    _post("/cgi-bin/template/del_private_template", private_templates.delete, _SERVICE, "template"),
    _post("/wxa/sec/queryblocktmplmsg", private_templates.list_blocked, _SERVICE, "template"),
    _post(subscriptions.PATH, subscriptions.send, _MINI, "subscribe"),
    _post(subscriptions.NOTICE_PATH, subscriptions.send_notice, _SERVICE, "bizsend"),
    _get("/wxaapi/newtmpl/gettemplate", private_templates.list_subscriptions, _BOTH),
    _post("/cgi-bin/message/custom/send", custom.send, _BOTH, "custom"),
    _post("/cgi-bin/message/custom/typing", custom.set_typing, _BOTH, "custom"),
    _post("/cgi-bin/menu/create", menu.create, _SERVICE, "menu"),
    _get("/cgi-bin/menu/get", menu.get, _SERVICE, "menu"),
    _get("/cgi-bin/menu/delete", menu.delete, _SERVICE, "menu"),
    _post("/cgi-bin/qrcode/create", qrcodes.create, _SERVICE, "qrcode"),
    Endpoint("POST", "/cgi-bin/media/upload", media.upload, upload=True, capability="media"),
    _get("/cgi-bin/media/get", media.get, _BOTH, "media"),
    _post("/wxa/getwxacodeunlimit", links.unlimited_code, _MINI, "code"),
    _post("/wxa/generate_urllink", links.url_link, _MINI, "link"),
    _post("/wxa/generatescheme", links.scheme, _MINI, "link"),
    _post(content.PATH, content.check_text, _MINI, "content"),
    _post(content.MEDIA_PATH, content.check_media, _MINI, "content"),
    _post("/cgi-bin/openapi/rid/get", openapi.get_rid, _BOTH),
    _post("/cgi-bin/openapi/quota/get", openapi.get_quota, _BOTH),
    _post("/cgi-bin/clear_quota", openapi.clear_quota, _BOTH),
)
