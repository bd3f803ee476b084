"""What a customer allows the mini-program to tell him."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, IdempotencyKey, require
from app.schemas.consents import ConsentList, ConsentsIn, TapResult, WeChatId
from app.services.consents.report import Answer, list_consents, report_answers
from app.services.idempotency import Once, fingerprint
from app.wechat.templates import Registry

router = Routes(
    prefix="/api/v1/me/consents", tags=["consents"], dependencies=[Depends(require(Role.CUSTOMER))]
)


async def card_registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


RegistryDep = Annotated[Registry, Depends(card_registry)]


@router.get("")
async def read_my_consents(
    actor: ActorDep,
    connection: ReaderDep,
    registry: RegistryDep,
    appid: Annotated[WeChatId | None, Query()] = None,
) -> ConsentList:
    """Which messages can be subscribed to, how many of each I still allow, and which to ask for at the next tap."""
    found = await list_consents(connection, registry, actor, appid)
    return ConsentList.model_validate({"items": found}, from_attributes=True)


@router.post("", status_code=201)
async def report_my_consents(
    body: ConsentsIn,
    actor: ActorDep,
    connection: WriterDep,
    registry: RegistryDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ConsentList:
    """What ``wx.requestSubscribeMessage`` answered. WeChat may report the same tap too; it counts once."""
    once = Once("consents", actor, idempotency_key, fingerprint(body))
    answers = [
        Answer(each.template_id, each.result is TapResult.ACCEPT, each.always) for each in body.results
    ]
    found = await report_answers(connection, registry, actor, answers, once=once, appid=body.appid, now=now)
    return ConsentList.model_validate({"items": found}, from_attributes=True)
