from typing import Annotated, Literal

from fastapi import Depends, Request, Response

from app.edge.given import Now, SessionDep
from app.edge.rates import RateLimit
from app.edge.routes import Routes
from app.errors import Unavailable
from app.routers.dependencies import SESSION_COOKIE, ActorDep, NetworkDep, SessionsDep, SettingsDep
from app.schemas.common import mask_phone
from app.schemas.second_factor import BegunOut, ChallengedIn
from app.schemas.sessions import (
    CustomerOut,
    CustomerSession,
    MiniProgramSignIn,
    SecondStep,
    StaffOut,
    StaffSession,
    StaffSignIn,
)
from app.services.credentials.keyring import key_ring
from app.services.sessions import customer, staff
from app.services.sessions.ports import CodeExchange
from app.services.sessions.revoke import revoke
from app.services.sessions.set_up import begin_challenged
from app.settings import Settings

BEARER: Literal["Bearer"] = "Bearer"

router = Routes(prefix="/api/v1", tags=["sessions"])


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
        code=body.code,
        network=network,
        now=now,
        terms=staff_terms(settings),
    )
    return _of_staff(signed_in)


@router.post("/sessions/staff/second-factor", dependencies=[Depends(limit_passwords)])
async def sign_in_second_step(
    body: SecondStep, sessions: SessionsDep, settings: SettingsDep, network: NetworkDep, now: Now
) -> StaffSession:
    """The second step: the ``challenge`` of ``second_factor_required``, with a code of the phone or a recovery code."""
    signed_in = await staff.second_step(
        sessions, body.challenge, body.code, network=network, now=now, terms=staff_terms(settings)
    )
    return _of_staff(signed_in)


@router.post("/sessions/staff/second-factor/secret", dependencies=[Depends(limit_passwords)])
async def begin_second_factor_at_sign_in(
    body: ChallengedIn, sessions: SessionsDep, settings: SettingsDep, now: Now
) -> BegunOut:
    """For whoever must set up a second factor before he is let in (``enrol``): a secret that the second step proves."""
    begun = await begin_challenged(sessions, body.challenge, now=now, terms=staff_terms(settings))
    return BegunOut(secret=begun.secret, uri=begun.uri)


@router.delete("/sessions/current", status_code=204)
async def sign_out(actor: ActorDep, session: SessionDep, response: Response, now: Now) -> None:
    """The token is good for nothing from now on."""
    if actor.session_id is not None:
        await revoke(session, actor.session_id, now=now)
    response.delete_cookie(SESSION_COOKIE, path="/")


def staff_terms(settings: Settings) -> staff.Terms:
    return staff.Terms(settings.session_lifetime, settings.signing_key(), key_ring(settings))


def _of_staff(signed_in: staff.SignedIn) -> StaffSession:
    who = signed_in.staff
    return StaffSession(
        access_token=signed_in.issued.token,
        token_type=BEARER,
        expires_in=signed_in.issued.expires_in,
        staff=StaffOut(id=str(who.id), name=who.name, role=who.role),
        recovery_codes=list(signed_in.recovery_codes),
    )


def masked_or_empty(phone: str) -> str:
    return mask_phone(phone) if phone else ""
