"""One job on the engineer's phone: the next step under his thumb, and what still stands in its way."""

from fastapi import Depends
from fastapi.responses import HTMLResponse

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import NotFound
from app.pages.problem import FIELD
from app.pages.render import page
from app.routers.dependencies import ActorDep, NetworkDep, PhotoUrlsDep, SettingsDep, require_of_ticket
from app.routers.field.screen import screen
from app.routers.tickets import Number
from app.services.tickets.reveal import reveal_contact
from app.services.tickets.standing import was_his

router = Routes(
    prefix=f"{FIELD}/tickets/{{number}}",
    include_in_schema=False,
    dependencies=[Depends(require_of_ticket(Role.ENGINEER))],
)

_SAID = {
    "done": "已完成。",
    "kept": "照片已保存。",
    "quoted": "报价已提交。",
    "held": "配件已预留。",
    "noted": "已发给客户。",
    "checked": "已记录。",
    "proved": "客户已确认。",
}


@router.get("")
async def job_page(
    number: Number,
    actor: ActorDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    now: Now,
    said: str = "",
) -> HTMLResponse:
    """Whoever comes by an old message hears why the job is not his any more."""
    words, link = _SAID.get(said, ""), settings.map_link
    try:
        return await screen(connection, number, actor, now, urls.signer(now), said=words, map_link=link)
    except NotFound:
        if not (why := await was_his(connection, number, actor, now)):
            raise
        return page("field/gone", status=404, who=actor, number=number, why=why, said="")


@router.post("/contact")
async def show_contact(
    number: Number,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    network: NetworkDep,
    now: Now,
) -> HTMLResponse:
    """The number, to call it now; that he looked is written down."""
    contact = await reveal_contact(
        connection, number, reason="上门前联系", actor=actor, network=network, now=now
    )
    link = settings.map_link
    return await screen(connection, number, actor, now, urls.signer(now), phone=contact.phone, map_link=link)
