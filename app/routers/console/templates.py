"""What people are sent, as it looks on their phone by each channel, and which words WeChat would refuse."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from app.db import ReaderDep
from app.models.wechat import CardState
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.routers.dependencies import SettingsDep
from app.services.templates.preview import capabilities, previews, refused_words

router = APIRouter(prefix=f"{CONSOLE}/templates", include_in_schema=False)

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
    return show(
        "templates",
        actor,
        previews=await previews(connection, f"{settings.public_base_url}/h5/tickets/HX2606150A3F9KM2QX"),
        accounts=await capabilities(connection),
        states=_STATES,
        text=text,
        refused_words=refused_words(text),
    )
