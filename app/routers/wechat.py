"""Where WeChat calls us: the check of the URL, and messages and events."""

from typing import Annotated

from fastapi import Path, Request, Response

from app.edge.given import Now
from app.edge.routes import Routes
from app.errors import Forbidden, NotFound
from app.routers.dependencies import SettingsDep
from app.services.inbound.answer import SUCCESS, answer_to
from app.services.inbound.counts import REFUSED, count
from app.services.inbound.store import Inbox
from app.wechat.accounts import Account
from app.wechat.bodies import Rejected
from app.wechat.callbacks import check_url, open_message, single_values

router = Routes(prefix="/wechat", tags=["wechat"])

AppId = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z]+$")]


class CallbackRejected(Forbidden):
    code, msg = "callback_rejected", "回调校验未通过。"


def account_of(appid: AppId, request: Request) -> Account:
    accounts: dict[str, Account] = request.app.state.accounts
    account = accounts.get(appid)
    if account is None:
        raise NotFound
    return account


@router.get("/{appid}/callback", response_class=Response)
async def verify_url(appid: AppId, request: Request) -> Response:
    """The handshake when the URL is entered in WeChat's console: answers ``echostr`` as bare text."""
    account = account_of(appid, request)
    try:
        values = single_values(request.query_params.multi_items())
        names = ("timestamp", "nonce", "signature", "echostr")
        echo = check_url(account.token, *(values.get(name, "") for name in names))
    except Rejected as error:
        raise CallbackRejected(detail=str(error)) from error
    return Response(echo, media_type="text/plain")


@router.post("/{appid}/callback", response_class=Response)
async def receive_callback(appid: AppId, request: Request, settings: SettingsDep, now: Now) -> Response:
    """A message or an event: verified, kept, answered; its effect comes later."""
    account = account_of(appid, request)
    body = await request.body()
    try:
        message = open_message(account, request.query_params.multi_items(), body, now)
    except Rejected as error:
        REFUSED.inc()
        raise CallbackRejected(detail=str(error)) from error
    inbox: Inbox = request.app.state.inbox
    count(message, new=await inbox.keep(message, now))
    answer = answer_to(account, message, now, settings.public_base_url)
    return Response(answer, media_type="text/plain" if answer == SUCCESS else "text/xml")
