"""Pages about money: the published prices, the decision on a quote, the receipt. Forms work without script."""

from typing import Annotated, Literal

from fastapi import Form, Query
from fastapi.responses import HTMLResponse, Response

from app.domain.lifecycle import Event
from app.domain.triage.labels import Category
from app.edge.given import Now, ReaderDep, StatementDep
from app.edge.routes import Routes
from app.errors import Conflict
from app.pages.render import page
from app.routers.dependencies import ActorDep, PhotoUrlsDep, SettingsDep
from app.routers.h5.shell import OWNER, back_to
from app.routers.h5.ticket import screen
from app.routers.quotes import Issue
from app.routers.refused import refusal
from app.routers.tickets import Number
from app.schemas.common import Word
from app.schemas.transitions import ApproveQuote, DeclineQuote
from app.services.prices.current import published
from app.services.receipts.read import read_receipt
from app.services.tickets.transition import transition

router = Routes(prefix="/h5", include_in_schema=False)

Counted = Annotated[int, Form(ge=1, lt=2**31)]

_CATEGORIES = [category.value for category in Category]


@router.get("/prices")
async def price_page(
    connection: ReaderDep,
    now: Now,
    category: Annotated[Word, Query()] = "",
    city: Annotated[Word, Query()] = "",
) -> HTMLResponse:
    """For everybody: published is what can be read without asking."""
    found = await published(connection, category=category, city=city, now=now)
    return page("prices", prices=found, category=category, city=city, categories=_CATEGORIES)


@router.post("/tickets/{number}/quote", dependencies=[OWNER])
async def decide_on_page(
    number: Number,
    actor: ActorDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    now: Now,
    decision: Annotated[Literal["approve", "decline"], Form()],
    version: Counted,
    quote_version: Counted,
) -> Response:
    """On the version that the page showed; no to additional work leaves standing what was agreed before."""
    body: ApproveQuote | DeclineQuote = (
        ApproveQuote(event=Event.APPROVE_QUOTE, version=version, quote_version=quote_version)
        if decision == "approve"
        else DeclineQuote(event=Event.DECLINE_QUOTE, version=version, quote_version=quote_version)
    )
    try:
        await transition(connection, number, body, actor=actor, now=now)
    except Conflict as problem:
        refused = refusal("quote", {}, problem, ())
        cooldown = settings.urging_cooldown
        return await screen(
            connection, number, actor, now, urls.signer(now), cooldown=cooldown, refused=refused
        )
    return back_to(number, f"{decision}d")


@router.get("/tickets/{number}/receipt")
async def receipt_page(
    number: Number, actor: ActorDep, connection: ReaderDep, issue: Issue = None
) -> HTMLResponse:
    """To show and to print."""
    return page("receipt", receipt=await read_receipt(connection, number, actor=actor, issue=issue))
