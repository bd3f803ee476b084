"""H5 pages of the official account: through WeChat's authorize page to a session cookie."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.edge.given import Now
from app.edge.routes import Routes
from app.errors import Unavailable
from app.routers.dependencies import SESSION_COOKIE, SessionsDep, SettingsDep
from app.routers.sessions import limit_codes
from app.schemas.sessions import Appid
from app.services.sessions import customer
from app.services.sessions.ports import OAuthExchange, UnknownAccount
from app.services.sessions.redirects import (
    HOME,
    OURS,
    ROUND_TRIP,
    StateMismatch,
    arrive,
    authorize_url,
    depart,
    safe_next,
)
from app.settings import Settings

STATE_COOKIE = "hx_oauth"
PATH = "/oauth/official-account"

# Said in the description only: ``safe_next`` checks it, and says what is wrong in words.
Next = Annotated[str, Query(alias="next", max_length=512, json_schema_extra={"pattern": OURS})]

router = Routes(prefix=PATH, tags=["sessions"])


async def oauth_exchange(request: Request) -> OAuthExchange:
    exchange: OAuthExchange | None = request.app.state.oauth_exchange
    if exchange is None:
        raise Unavailable("微信登录尚未配置，请联系管理员。")
    return exchange


@router.get("", status_code=302, response_class=RedirectResponse)
async def go_to_wechat(
    request: Request, settings: SettingsDep, now: Now, target: Next = HOME, appid: Appid | None = None
) -> RedirectResponse:
    """To WeChat's authorize page and back to ``next``; ``appid`` names one of several official accounts."""
    account = await _account(request, settings, appid)
    departure = depart(safe_next(target), appid=account, now=now, key=settings.signing_key())
    address = authorize_url(
        settings.wechat_open_base,
        appid=account,
        callback=f"{settings.public_base_url}{PATH}/callback",
        state=departure.state,
    )
    answer = RedirectResponse(address, status_code=302)
    set_cookie(
        answer, settings, STATE_COOKIE, departure.note, path=PATH, seconds=int(ROUND_TRIP.total_seconds())
    )
    return answer


@router.get(
    "/callback", status_code=302, response_class=RedirectResponse, dependencies=[Depends(limit_codes)]
)
async def come_back(
    request: Request,
    exchange: Annotated[OAuthExchange, Depends(oauth_exchange)],
    sessions: SessionsDep,
    settings: SettingsDep,
    now: Now,
    code: Annotated[str, Query(min_length=1, max_length=128)],
    state: Annotated[str, Query(min_length=1, max_length=128)],
) -> RedirectResponse:
    """Where WeChat's authorize page comes back to: the page's session is set, and on to ``next``."""
    note = request.cookies.get(STATE_COOKIE)
    if note is None:
        raise StateMismatch
    arrival = arrive(note, state, now=now, key=settings.signing_key())
    signed_in = await customer.sign_in_with_oauth(
        sessions,
        exchange,
        code,
        appid=arrival.appid,
        now=now,
        terms=customer.Terms(settings.session_lifetime, settings.signing_key()),
    )
    answer = RedirectResponse(arrival.target, status_code=302)
    answer.delete_cookie(STATE_COOKIE, path=PATH)
    set_cookie(
        answer,
        settings,
        SESSION_COOKIE,
        signed_in.issued.token,
        path="/",
        seconds=signed_in.issued.expires_in,
    )
    return answer


async def _account(request: Request, settings: Settings, appid: str | None) -> str:
    exchange: OAuthExchange | None = request.app.state.oauth_exchange
    default = exchange.default("official") if exchange else settings.official_appid
    if appid is None or appid == default:
        return default
    if not (await oauth_exchange(request)).knows(appid, "official"):
        raise UnknownAccount.at("query.appid", UnknownAccount.msg, UnknownAccount.code)
    return appid


def set_cookie(
    answer: Response, settings: Settings, name: str, value: str, *, path: str, seconds: int
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        httponly=True,
        # WeChat brings the visitor back by a top-level navigation, which "lax" lets through.
        samesite="lax",
        secure=settings.public_base_url.startswith("https://"),
    )
