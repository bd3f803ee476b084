"""The platform's API, one line an endpoint."""

from sandbox import custom, login, menu, oauth, openapi, qrcodes, templates, tokens, user_info
from sandbox.wire import Endpoint

_TEXT = b"text/plain"

ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/token", tokens.get_token, needs_token=False),
    Endpoint("POST", "/cgi-bin/stable_token", tokens.get_stable_token, needs_token=False),
    Endpoint("GET", "/sns/jscode2session", login.code_to_session, needs_token=False, content_type=_TEXT),
    Endpoint("GET", "/sns/oauth2/access_token", oauth.exchange_code, needs_token=False, content_type=_TEXT),
    Endpoint("GET", "/sns/userinfo", oauth.get_profile, needs_token=False, content_type=_TEXT),
    Endpoint("GET", "/cgi-bin/user/info", user_info.get_user_info, kinds=("service",)),
    Endpoint("POST", "/wxa/business/getuserphonenumber", login.get_phone_number, kinds=("mini",)),
    Endpoint("POST", templates.PATH, templates.send, kinds=("service",), one_at_a_time=True),
    Endpoint("POST", "/cgi-bin/message/custom/send", custom.send),
    Endpoint("POST", "/cgi-bin/menu/create", menu.create, kinds=("service",)),
    Endpoint("GET", "/cgi-bin/menu/get", menu.get, kinds=("service",)),
    Endpoint("GET", "/cgi-bin/menu/delete", menu.delete, kinds=("service",)),
    Endpoint("POST", "/cgi-bin/qrcode/create", qrcodes.create, kinds=("service",)),
    Endpoint("POST", "/cgi-bin/openapi/rid/get", openapi.get_rid),
    Endpoint("POST", "/cgi-bin/openapi/quota/get", openapi.get_quota),
    Endpoint("POST", "/cgi-bin/clear_quota", openapi.clear_quota),
)
