"""Tokens for other systems, and the few calls that these open (docs/api-tokens.md)."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.rates import RateLimit
from app.edge.routes import Routes
from app.errors import Forbidden, Unauthenticated
from app.models.api_tokens import Scope
from app.routers.dependencies import IdempotencyKey, SettingsDep, require
from app.routers.tickets import Number
from app.schemas.api_tokens import (
    NewToken,
    PartnerEvents,
    PartnerReport,
    PartnerTicket,
    PartnerTickets,
    Reference,
    TokenIn,
    TokenList,
    TokenOut,
)
from app.services.api_tokens.caller import System, system_of
from app.services.api_tokens.manage import add_token, list_tokens, revoke_token
from app.services.api_tokens.tickets import find_tickets, read_events, read_ticket, report
from app.services.credentials.keyring import key_ring
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/api-tokens", tags=["api tokens"])
partners = Routes(prefix="/api/v1/partner/tickets", tags=["partner"])

AdminDep = Annotated[Actor, Depends(require(Role.ADMIN))]
TokenId = Annotated[UUID, Path()]
_TOKEN = HTTPBearer(
    auto_error=False, scheme_name="ApiToken", description="A token of POST /api/v1/api-tokens"
)
Given = Annotated[HTTPAuthorizationCredentials | None, Security(_TOKEN)]


def system_with(scope: Scope) -> Callable[..., Awaitable[System]]:
    async def calling(request: Request, given: Given, now: Now) -> System:
        if given is None:
            raise Unauthenticated
        async with request.app.state.database.writes.acquire() as connection:
            system = await system_of(connection, given.credentials, now)
        limit: RateLimit = request.app.state.token_limit
        limit.spend(str(system.id), now)
        if scope not in system.scopes:
            raise Forbidden("此令牌没有这项权限。")
        return system

    return calling


CreatorDep = Annotated[System, Depends(system_with(Scope.CREATE))]
SystemDep = Annotated[System, Depends(system_with(Scope.READ))]


@router.get("", dependencies=[Depends(require(Role.ADMIN))])
async def read_tokens(connection: ReaderDep) -> TokenList:
    """All that were ever made, with when each was used last."""
    return await list_tokens(connection)


@router.post("", status_code=201)
async def create_token(
    body: TokenIn,
    actor: AdminDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> NewToken:
    """The token is in this answer and never again, but for the same request with the same key."""
    once = Once("api-tokens", actor, idempotency_key, fingerprint(body), ring=key_ring(settings))
    return await once.give(
        connection, now, NewToken, partial(add_token, connection, body, actor=actor, now=now)
    )


@router.post("/{token_id}/revoke")
async def revoke_one_token(token_id: TokenId, actor: AdminDep, connection: WriterDep, now: Now) -> TokenOut:
    """It is good for nothing from now on. Revoking it again changes nothing."""
    return await revoke_token(connection, token_id, actor=actor, now=now)


@partners.post("", status_code=201)
async def create_partner_ticket(
    body: PartnerReport, system: CreatorDep, connection: WriterDep, now: Now
) -> PartnerTicket:
    """One ticket for each ``external_reference``; asking again gives it as it stands now."""
    return await report(connection, body, system=system, now=now)


@partners.get("")
async def find_partner_tickets(
    system: SystemDep, connection: ReaderDep, external_reference: Annotated[Reference, Query()]
) -> PartnerTickets:
    """The one that this token made under that number, if any."""
    return await find_tickets(connection, external_reference, system=system)


@partners.get("/{number}")
async def read_partner_ticket(number: Number, system: SystemDep, connection: ReaderDep) -> PartnerTicket:
    """A ticket that this token made."""
    return await read_ticket(connection, number, system=system)


@partners.get("/{number}/events")
async def read_partner_events(number: Number, system: SystemDep, connection: ReaderDep) -> PartnerEvents:
    """The timeline of a ticket that this token made, oldest first."""
    return await read_events(connection, number, system=system)
