"""Into the pages of staff and out of them: the staff's session as a cookie that scripts cannot read."""

from typing import Annotated

from fastapi import Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.lifecycle import Role
from app.edge.given import Now, SessionDep
from app.edge.routes import Routes
from app.errors import TooManyRequests
from app.pages.problem import CONSOLE, FIELD
from app.pages.qr import inline
from app.pages.render import HEADERS, page
from app.routers.console.account import QR_LABEL
from app.routers.console.shell import DESK
from app.routers.dependencies import (
    STAFF_COOKIE,
    ActorDep,
    NetworkDep,
    SessionsDep,
    SettingsDep,
    require_our_page,
)
from app.routers.oauth import set_cookie
from app.routers.sessions import limit_passwords, staff_terms
from app.services.barcodes.call import draw_code
from app.services.second_factor.enrol import Begun
from app.services.sessions import staff
from app.services.sessions.challenge import ChallengeOver
from app.services.sessions.revoke import revoke
from app.services.sessions.set_up import begin_challenged
from app.settings import Settings

router = Routes(prefix=CONSOLE, include_in_schema=False)

Target = Annotated[str, Query(alias="next", max_length=300)]
HOME = f"{CONSOLE}/home"


@router.get("")
@router.get("/")
async def front_door() -> RedirectResponse:
    return RedirectResponse(HOME, status_code=302, headers=HEADERS)


@router.get("/sign-in")
async def sign_in_form(target: Target = HOME) -> HTMLResponse:
    return page("console/sign_in", target=_ours(target), username="", error="")


@router.post("/sign-in", dependencies=[Depends(limit_passwords)])
async def sign_in(
    request: Request,
    sessions: SessionsDep,
    settings: SettingsDep,
    network: NetworkDep,
    now: Now,
    username: Annotated[str, Form(max_length=60)] = "",
    password: Annotated[str, Form(max_length=128)] = "",
    target: Annotated[str, Form(max_length=300)] = HOME,
) -> Response:
    require_our_page(request, settings)
    try:
        signed_in = await staff.sign_in(
            sessions,
            username=username.strip(),
            password=password,
            network=network,
            now=now,
            terms=staff_terms(settings),
        )
    except staff.SecondFactorRequired as needed:
        begun = None
        if needed.enrol:
            begun = await begin_challenged(sessions, needed.challenge, now=now, terms=staff_terms(settings))
        return await _ask(needed.challenge, target, enrol=needed.enrol, begun=begun)
    except (staff.WrongCredentials, TooManyRequests) as refused:
        return page(
            "console/sign_in",
            status=refused.status,
            target=_ours(target),
            username=username,
            error=refused.msg,
        )
    return _let_in(signed_in, settings, target)


@router.post("/sign-in/code", dependencies=[Depends(limit_passwords)])
async def second_step(
    request: Request,
    sessions: SessionsDep,
    settings: SettingsDep,
    network: NetworkDep,
    now: Now,
    challenge: Annotated[str, Form(max_length=1024)] = "",
    code: Annotated[str, Form(max_length=40)] = "",
    target: Annotated[str, Form(max_length=300)] = HOME,
) -> Response:
    require_our_page(request, settings)
    try:
        signed_in = await staff.second_step(
            sessions, challenge, code, network=network, now=now, terms=staff_terms(settings)
        )
    except ChallengeOver as over:
        return page("console/sign_in", status=over.status, target=_ours(target), username="", error=over.msg)
    except (staff.WrongSecondFactor, TooManyRequests) as refused:
        return await _ask(challenge, target, error=refused.msg, status=refused.status)
    return _let_in(signed_in, settings, target)


async def _ask(
    challenge: str,
    target: str,
    *,
    enrol: bool = False,
    begun: Begun | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    """With what the phone takes up, where he has to set one up first."""
    return page(
        "console/sign_in_code",
        status=status,
        challenge=challenge,
        target=_ours(target),
        enrol=enrol,
        qr=inline(await draw_code(begun.uri), QR_LABEL) if begun else "",
        secret=begun.secret if begun else "",
        error=error,
        codes=[],
    )


def _let_in(signed_in: staff.SignedIn, settings: Settings, target: str) -> Response:
    role = Role(signed_in.staff.role)
    if role not in DESK and role is not Role.ENGINEER:
        error = "这个账号没有工作页面，请使用贵公司自己的系统。"
        username = signed_in.staff.username
        return page("console/sign_in", status=403, target=_ours(target), username=username, error=error)
    place = _ours(target) if role in DESK else FIELD
    codes = signed_in.recovery_codes
    answer: Response = RedirectResponse(place, status_code=303, headers=HEADERS)
    if codes:
        answer = page("console/sign_in_code", codes=codes, place=place)
    token, seconds = signed_in.issued.token, signed_in.issued.expires_in
    set_cookie(answer, settings, STAFF_COOKIE, token, path="/", seconds=seconds)
    return answer


@router.post("/sign-out")
async def sign_out(actor: ActorDep, session: SessionDep, now: Now) -> RedirectResponse:
    if actor.session_id is not None:
        await revoke(session, actor.session_id, now=now)
    answer = RedirectResponse(f"{CONSOLE}/sign-in", status_code=303, headers=HEADERS)
    answer.delete_cookie(STAFF_COOKIE, path="/")
    return answer


def _ours(target: str) -> str:
    """Nobody is led elsewhere by a link to our sign-in."""
    plain = target.startswith(f"{CONSOLE}/") and "\\" not in target and "//" not in target
    return target if plain else HOME
