"""What endpoints ask for: who calls, the settings, the factory of transactions, the photos, the network."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.rates import network_of
from app.errors import Forbidden, HouseWide, Unauthenticated, Unavailable
from app.pages.problem import OF_STAFF, PREFIX
from app.services.attachments.objects import PhotoStore
from app.services.attachments.urls import PhotoUrls
from app.services.doors.ports import Doors
from app.services.doors.stickers import Stickers
from app.services.sessions.actor import Credential, actor_of, credential_of
from app.services.tickets.load import load
from app.settings import Settings

SESSION_COOKIE = "hx_session"
# Its own, so that somebody may try the customer's pages in the browser in which he works.
STAFF_COOKIE = "hx_staff"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = HTTPBearer(auto_error=False, description="The access_token of POST /api/v1/sessions/…")

Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


async def current_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(current_settings)]


async def session_factory(request: Request) -> async_sessionmaker[AsyncSession]:
    """For the few services that need more than one transaction; all others take ``SessionDep``."""
    sessions: async_sessionmaker[AsyncSession] = request.app.state.database.sessions
    return sessions


SessionsDep = Annotated[async_sessionmaker[AsyncSession], Depends(session_factory)]


async def photo_store(request: Request) -> PhotoStore:
    store: PhotoStore = request.app.state.store
    return store


StoreDep = Annotated[PhotoStore, Depends(photo_store)]


async def signed_photo_urls(request: Request) -> PhotoUrls:
    urls: PhotoUrls = request.app.state.photo_urls
    return urls.on_a_page() if request.url.path.startswith(PREFIX) else urls


PhotoUrlsDep = Annotated[PhotoUrls, Depends(signed_photo_urls)]


async def sticker_addresses(request: Request) -> Stickers:
    stickers: Stickers = request.app.state.stickers
    return stickers


StickersDep = Annotated[Stickers, Depends(sticker_addresses)]


async def wechat_doors(request: Request) -> Doors | None:
    """None until somebody has opened WeChat for this app."""
    doors: Doors | None = request.app.state.doors
    return doors


DoorsDep = Annotated[Doors | None, Depends(wechat_doors)]


async def open_doors(doors: DoorsDep) -> Doors:
    if doors is None:
        raise Unavailable("微信尚未配置，请联系管理员。")
    return doors


OpenDoorsDep = Annotated[Doors, Depends(open_doors)]


async def caller_network(request: Request) -> str:
    return network_of(request.client.host if request.client else None)


NetworkDep = Annotated[str, Depends(caller_network)]


async def presented_credential(request: Request) -> Credential:
    """Every request pays for each dependency, so this one has none and takes what it needs from where it lies."""
    settings: Settings = request.app.state.settings
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    of_page = scheme.lower() != "bearer" or not token
    if of_page:
        token = _cookie(request, settings)
    now, key = request.app.state.clock(), settings.signing_key()
    return credential_of(token, now=now, key=key, of_page=of_page)


# For the hot paths, whose statements look at the session themselves (see app.services.sessions.actor).
CredentialDep = Annotated[Credential, Depends(presented_credential)]
# How such a route tells its readers that it wants a token.
SIGNED_IN: dict[str, Any] = {"security": [{_BEARER.scheme_name: []}]}


async def current_actor(request: Request, _: Bearer) -> Actor:
    """Holds a connection for one statement only, so that a slow endpoint does not keep it from others."""
    credential = await presented_credential(request)
    async with request.app.state.database.reads.acquire() as connection:
        return await actor_of(connection, credential)


ActorDep = Annotated[Actor, Depends(current_actor)]


def require(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """``Annotated[Actor, Depends(require(Role.MANAGER, Role.ADMIN))]``: 403 for everybody else."""

    async def allowed(actor: ActorDep) -> Actor:
        if actor.role not in roles:
            raise Forbidden
        return actor

    return allowed


async def leads_house(actor: Annotated[Actor, Depends(require(Role.MANAGER, Role.ADMIN))]) -> Actor:
    """For what holds in every service point: 403 for a manager who answers for some of them."""
    if not actor.leads_house:
        raise HouseWide
    return actor


HouseLeader = Annotated[Actor, Depends(leads_house)]


def require_of_ticket(*roles: Role) -> Callable[..., Awaitable[None]]:
    """As ``require``, for what concerns one ticket: who may not even see it hears that there is none."""

    async def allowed(actor: ActorDep, request: Request) -> None:
        if actor.role not in roles:
            async with request.app.state.database.reads.acquire() as connection:
                await load(connection, request.path_params["number"], actor)
            raise Forbidden

    return allowed


def _cookie(request: Request, settings: Settings) -> str:
    """The session of a page. Only our own pages may change something with it."""
    token = request.cookies.get(STAFF_COOKIE if request.url.path.startswith(OF_STAFF) else SESSION_COOKIE)
    if token is None:
        raise Unauthenticated
    if request.method not in _SAFE:
        require_our_page(request, settings)
    return token


def require_our_page(request: Request, settings: Settings) -> None:
    """Raises Forbidden for a form that another site sent."""
    if request.headers.get("origin", "") != _base(settings.public_base_url):
        raise Forbidden


def _base(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeating the request with the same key has one effect and gives the same answer.",
    ),
]
