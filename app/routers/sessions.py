from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from app.clock import Now
from app.db import SessionDep
from app.edge.rates import RateLimit
from app.errors import Unavailable
from app.routers.dependencies import SESSION_COOKIE, ActorDep, NetworkDep, SessionsDep, SettingsDep
from app.schemas.common import mask_phone
from app.schemas.sessions import (
    CustomerOut,
    CustomerSession,
    MiniProgramSignIn,
    StaffOut,
    StaffSession,
    StaffSignIn,
)
from app.services.sessions import customer, staff
from app.services.sessions.ports import CodeExchange
from app.services.sessions.revoke import revoke

BEARER: Literal["Bearer"] = "Bearer"

router = APIRouter(prefix="/api/v1", tags=["sessions"])


async def code_exchange(request: Request) -> CodeExchange:
    exchange: CodeExchange | None = request.app.state.code_exchange
    if exchange is None:
        raise Unavailable("微信登录尚未配置，请联系管理员。")
    return exchange


async def limit_codes(request: Request, network: NetworkDep, now: Now) -> None:
    limit: RateLimit = request.app.state.code_limit
    limit.spend(network, now)


async def limit_passwords(request: Request, network: NetworkDep, now: Now) -> None:
    limit: RateLimit = request.app.state.password_limit
    limit.spend(network, now)


@router.post("/sessions/mini-program", dependencies=[Depends(limit_codes)])
async def sign_in_mini_program(
    body: MiniProgramSignIn,
    exchange: Annotated[CodeExchange, Depends(code_exchange)],
    sessions: SessionsDep,
    settings: SettingsDep,
    now: Now,
) -> CustomerSession:
    """A customer signs in with the ``code`` of wx.login; the token is sent as ``Authorization: Bearer``."""
    signed_in = await customer.sign_in_with_code(
        sessions,
        exchange,
        body.code,
        appid=body.appid or exchange.default("mini"),
        now=now,
        terms=customer.Terms(settings.session_lifetime, settings.signing_key()),
    )
    who = signed_in.customer
    return CustomerSession(
        access_token=signed_in.issued.token,
        token_type=BEARER,
        expires_in=signed_in.issued.expires_in,
        customer=CustomerOut(id=str(who.id), nickname=who.nickname, phone_masked=masked_or_empty(who.phone)),
    )


@router.post("/sessions/staff", dependencies=[Depends(limit_passwords)])
async def sign_in_staff(
    body: StaffSignIn, sessions: SessionsDep, settings: SettingsDep, network: NetworkDep, now: Now
) -> StaffSession:
    """Staff sign in with name and password; the token is sent as ``Authorization: Bearer``."""
    signed_in = await staff.sign_in(
        sessions,
        username=body.username,
        password=body.password,
        network=network,
        now=now,
        lifetime=settings.session_lifetime,
        key=settings.signing_key(),
    )
    who = signed_in.staff
    return StaffSession(
        access_token=signed_in.issued.token,
        token_type=BEARER,
        expires_in=signed_in.issued.expires_in,
        staff=StaffOut(id=str(who.id), name=who.name, role=who.role),
    )


@router.delete("/sessions/current", status_code=204)
async def sign_out(actor: ActorDep, session: SessionDep, response: Response, now: Now) -> None:
    """The token is good for nothing from now on."""
    if actor.session_id is not None:
        await revoke(session, actor.session_id, now=now)
    response.delete_cookie(SESSION_COOKIE, path="/")


def masked_or_empty(phone: str) -> str:
    return mask_phone(phone) if phone else ""
