"""What people are sent, as it looks on their phone by each channel, and which words WeChat would refuse."""

from typing import Annotated

import asyncpg
from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.card import title_of
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.models.wechat import CardState
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.dependencies import SettingsDep
from app.routers.forms import read, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, Refused, refusal
from app.schemas.trials import TrialIn
from app.services.idempotency import Once, fingerprint
from app.services.templates.preview import capabilities, previews, refused_words
from app.services.templates.trials import ask_for_trial, bound_staff
from app.settings import Settings
from app.wechat.templates import TemplateKind

router = Routes(prefix=f"{CONSOLE}/templates", include_in_schema=False)

_STATES = {
    CardState.ACTIVE: "可发送",
    CardState.MISSING: "账号里没有",
    CardState.BANNED: "已被微信封禁",
    CardState.UNSET: "未指定",
}


@router.get("")
async def template_list(
    actor: AtDesk,
    connection: ReaderDep,
    settings: SettingsDep,
    text: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """``text`` is looked through for words that read as advertising."""
    return await _page(connection, actor, settings, text=text)


@router.post("/trials")
async def try_out(
    request: Request, actor: ManagerAtDesk, connection: WriterDep, settings: SettingsDep, now: Now
) -> Response:
    """The worker sends it; the log of deliveries says what became of it."""
    typed = await typed_in(request)
    try:
        body = read(TrialIn, {name: typed.get(name) for name in ("kind", "staff_id", "openid")})
        once = Once("template-trials", actor, None, fingerprint(body))
        async with whole(connection):
            await ask_for_trial(connection, body, once=once, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, settings, refused=refusal("trial", typed, problem))
    return back("deliveries?trials=true", "asked")


async def _page(
    connection: asyncpg.Connection,
    actor: Actor,
    settings: Settings,
    *,
    text: str = "",
    refused: Refused = Refused(),
) -> HTMLResponse:
    return show(
        "templates",
        actor,
        kinds=[(kind.value, title_of(kind.value)) for kind in TemplateKind],
        followers=await bound_staff(connection),
        typed=refused.over("trial"),
        errors=refused.at("trial"),
        previews=await previews(connection, f"{settings.public_base_url}/h5/tickets/HX2606150A3F9KM2QX"),
        accounts=await capabilities(connection),
        states=_STATES,
        text=text,
        refused_words=refused_words(text),
    )
