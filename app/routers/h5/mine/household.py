"""我的家庭: who is in it, who comes in, who goes, and what its members show each other (ADR 31)."""

from datetime import datetime
from uuid import UUID

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.db import driver
from app.domain.actor import Actor
from app.edge.given import Now, StatementDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.dependencies import SessionsDep, SettingsDep
from app.routers.forms import TypedDep, read
from app.routers.h5.mine.shell import CustomerDep, back
from app.routers.refused import NOTHING, Refused, attempt
from app.schemas.households import CodeIn, HouseholdIn, InvitationOut
from app.services.assets.list_assets import list_assets
from app.services.attachments.upload import Sessions
from app.services.households.found import found_household
from app.services.households.invite import invite, withdraw_invitations
from app.services.households.manage import change_owner, remove_member
from app.services.households.read import list_households
from app.services.households.share import share_asset
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/h5/households", include_in_schema=False)

_SAID = {
    "made": "家庭已建好，可以邀请家人了。",
    "left": "您已退出，您的设备不再共享给他们。",
    "removed": "已移出，共享的设备对方不再看到。",
    "handed": "已交给新的管理人。",
    "withdrawn": "还没有人用的邀请都已失效。",
    "unshared": "已停止共享，家人不再看到它。",
}


@router.get("")
async def households_page(
    actor: CustomerDep, sessions: SessionsDep, now: Now, said: str = ""
) -> HTMLResponse:
    return await _screen(sessions, actor, now, said=_SAID.get(said, ""))


@router.post("")
async def make_household(
    actor: CustomerDep, connection: StatementDep, sessions: SessionsDep, typed: TypedDep, now: Now
) -> Response:
    with attempt("found", typed, "name") as tried:
        body = read(HouseholdIn, {"name": typed.get("name", "")})
        once = Once("households", actor, typed.get("key") or None, fingerprint(body))
        async with connection.transaction():
            await found_household(connection, body, once=once, now=now)
        return back("households", "made")
    return await _screen(sessions, actor, now, refused=tried.refused)


@router.post("/join")
async def open_invitation(actor: CustomerDep, sessions: SessionsDep, typed: TypedDep, now: Now) -> Response:
    """Whoever got a code in words opens the invitation that its link would have opened."""
    with attempt("join", typed, "code") as tried:
        code = read(CodeIn, {"code": typed.get("code", "")}).code
        if not (code.isascii() and code.isalnum()):
            return await _screen(sessions, actor, now, refused=_no_code(typed))
        return back(f"invitations/{code}")
    return await _screen(sessions, actor, now, refused=tried.refused)


def _no_code(typed: dict[str, str]) -> Refused:
    return Refused("join", typed, {"code": "邀请码只有字母和数字，请照家人发来的填写。"})


@router.post("/{household_id}/invitations")
async def invite_somebody(
    household_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    sessions: SessionsDep,
    settings: SettingsDep,
    now: Now,
) -> HTMLResponse:
    """The code is told on this page and never again, so it is no answer to be fetched anew."""
    form = f"invite-{household_id}"
    with attempt(form, {}) as tried:
        async with connection.transaction():
            made = await invite(
                connection, household_id, actor=actor, now=now, public_base_url=settings.public_base_url
            )
        return await _screen(sessions, actor, now, invited=(str(household_id), made))
    return await _screen(sessions, actor, now, refused=tried.refused)


@router.post("/{household_id}/invitations/withdraw")
async def withdraw_codes(household_id: UUID, actor: CustomerDep, connection: WriterDep) -> RedirectResponse:
    await withdraw_invitations(connection, household_id, actor=actor)
    return back("households", "withdrawn")


@router.post("/{household_id}/members/{member_id}/remove")
async def remove_somebody(
    household_id: UUID,
    member_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    sessions: SessionsDep,
    now: Now,
) -> Response:
    """Oneself, or as its owner somebody else."""
    households = await list_households(connection, actor=actor)
    myself = any(each.is_me and each.id == str(member_id) for home in households for each in home.members)
    with attempt(f"members-{household_id}", {}) as tried:
        async with connection.transaction():
            await remove_member(connection, household_id, member_id, actor=actor, now=now)
        return back("households", "left" if myself else "removed")
    return await _screen(sessions, actor, now, refused=tried.refused)


@router.post("/{household_id}/members/{member_id}/owner")
async def hand_over(
    household_id: UUID,
    member_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    sessions: SessionsDep,
    now: Now,
) -> Response:
    with attempt(f"members-{household_id}", {}) as tried:
        async with connection.transaction():
            await change_owner(connection, household_id, member_id, actor=actor, now=now)
        return back("households", "handed")
    return await _screen(sessions, actor, now, refused=tried.refused)


@router.post("/{household_id}/appliances/{asset_id}/withdraw")
async def stop_sharing(asset_id: UUID, actor: CustomerDep, connection: WriterDep) -> RedirectResponse:
    await share_asset(connection, asset_id, None, actor=actor)
    return back("households", "unshared")


async def _screen(
    sessions: Sessions,
    actor: Actor,
    now: datetime,
    *,
    refused: Refused = NOTHING,
    invited: tuple[str, InvitationOut] | None = None,
    said: str = "",
) -> HTMLResponse:
    async with sessions.begin() as session:
        appliances = await list_assets(session, actor=actor, now=now)
        households = await list_households(await driver(session), actor=actor)
    return page(
        "mine/household",
        households=households,
        appliances=appliances,
        invited_to=invited[0] if invited else "",
        invitation=invited[1] if invited else None,
        refused=refused,
        said=said,
    )
