"""Ways in from WeChat: codes to print, signatures for pages, and the cards that we may send."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Depends, Path, Query, Response
from fastapi.responses import RedirectResponse

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.routers.dependencies import (
    ActorDep,
    IdempotencyKey,
    OpenDoorsDep,
    SessionsDep,
    SettingsDep,
    require,
)
from app.schemas.doors import (
    JsSignatureOut,
    SceneIn,
    SceneOut,
    ServicePointOut,
    ServicePoints,
    TemplateCardList,
)
from app.services.doors.js_signature import sign_page
from app.services.doors.mini_code import mini_code
from app.services.doors.point import list_points
from app.services.doors.scenes import create_scene, find_scene
from app.services.idempotency import Once, fingerprint
from app.services.templates.show import show_cards
from app.wechat.accounts import Endpoints
from app.wechat.links import qrcode_image_url

router = Routes(prefix="/api/v1", tags=["doors"])

SceneName = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{8,32}$", description="The scene of the code.")]
OFFICE = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))


@router.post("/qr-scenes", status_code=201, dependencies=[OFFICE])
async def create_qr_scene(
    body: SceneIn,
    actor: ActorDep,
    sessions: SessionsDep,
    doors: OpenDoorsDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> SceneOut:
    """A code for an appliance's label, a service point or an engineer's badge; without expiry, for ever."""
    once = Once("qr-scenes", actor, idempotency_key, fingerprint(body))
    image_url = f"{settings.public_base_url.rstrip('/')}/api/v1/qr-scenes"
    return await create_scene(sessions, doors, body, once=once, image_url=image_url, now=now)


@router.get("/qr-scenes/{scene}", status_code=302, response_class=RedirectResponse, dependencies=[OFFICE])
async def read_qr_scene(
    scene: SceneName, connection: ReaderDep, settings: SettingsDep, now: Now
) -> RedirectResponse:
    """The picture of the code, which WeChat keeps."""
    found = await find_scene(connection, scene, now)
    endpoints = Endpoints(settings.wechat_api_base, settings.wechat_open_base, settings.wechat_mp_base)
    return RedirectResponse(qrcode_image_url(endpoints, found.ticket), status_code=302)


@router.get(
    "/qr-scenes/{scene}/mini-code",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}},
    dependencies=[OFFICE],
)
async def read_mini_code(
    scene: SceneName, sessions: SessionsDep, doors: OpenDoorsDep, settings: SettingsDep, now: Now
) -> Response:
    """The same scene as a code of the mini-program, of which there may be any number."""
    image = await mini_code(sessions, doors, scene, page=settings.mini_report_page, now=now)
    return Response(image.content, media_type=image.media_type)


@router.get("/service-points")
async def read_service_points(connection: ReaderDep) -> ServicePoints:
    """Where we are, with the number to call; anybody may read it."""
    found = await list_points(connection)
    return ServicePoints(items=[ServicePointOut.model_validate(each, from_attributes=True) for each in found])


@router.get("/wechat/js-signature")
async def read_js_signature(
    doors: OpenDoorsDep,
    settings: SettingsDep,
    now: Now,
    url: Annotated[
        str, Query(min_length=1, max_length=2048, description="The page, as the browser shows it.")
    ],
) -> JsSignatureOut:
    """What wx.config needs on a page of this host."""
    signed = await sign_page(doors, url, public_base_url=settings.public_base_url, now=now)
    return JsSignatureOut(**asdict(signed))


@router.get("/wechat/templates", dependencies=[Depends(require(Role.MANAGER, Role.ADMIN))])
async def read_templates(connection: ReaderDep) -> TemplateCardList:
    """The cards of every account: whether they can be sent, and how they look on a phone."""
    return TemplateCardList(items=await show_cards(connection))
