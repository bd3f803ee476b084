"""How the service was: four dimensions, each star tied to something that the customer saw happen."""

from typing import Annotated, Any

import asyncpg
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from app.domain.actor import Actor
from app.domain.rating import DIMENSION_LABELS, RUBRIC
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.edge.validation import sentence
from app.errors import Conflict
from app.pages.render import HEADERS, page
from app.routers.dependencies import ActorDep, PhotoUrlsDep, SessionsDep, StoreDep
from app.routers.h5.photos import shown, taken_in
from app.routers.h5.shell import OWNER
from app.routers.tickets import Number
from app.schemas.tickets import RatingIn
from app.services.ratings.rate import RATEABLE, AlreadyRated, NotRateable, rate_ticket
from app.services.tickets.load import load

router = Routes(prefix="/h5/tickets/{number}/rating", include_in_schema=False, dependencies=[OWNER])

_RUBRIC = [{"name": d.value, "label": DIMENSION_LABELS[d], "stars": texts} for d, texts in RUBRIC.items()]
_STARS = tuple(dimension.value for dimension in RUBRIC)


@router.get("")
async def rating_page(number: Number, actor: ActorDep, connection: ReaderDep) -> HTMLResponse:
    """The form, and thanks once it was filled in."""
    return await _screen(connection, number, actor)


@router.post("", form_limits={"max_files": 9, "max_fields": 40, "max_part_size": 16_384})
async def rate_on_page(
    number: Number,
    request: Request,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    now: Now,
    comment: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """No connection waits for photos."""
    form = await request.form()
    typed = {name: said for name in _STARS if isinstance(said := form.get(name), str)}
    taken = await taken_in(form, sessions, store, actor=actor, key=f"rating.{number}", now=now)
    errors, scores = dict(taken.errors), None
    try:
        scores = _scores(typed, comment, taken.photos)
    except ValidationError as invalid:
        errors |= {str(each["loc"][0]): _said(each) for each in invalid.errors()}
    async with request.app.state.database.writes.acquire() as connection:
        if scores is not None and not errors:
            try:
                async with connection.transaction():
                    await rate_ticket(connection, number, scores, actor=actor, now=now)
            except AlreadyRated:
                pass  # A second tap: the first one counts.
            except Conflict as refused:
                errors["form"] = refused.msg
            if not errors:
                way = f"/h5/tickets/{number}/rating"
                return RedirectResponse(way, status_code=303, headers=HEADERS)
        photos = shown(taken.photos, urls.signer(now), actor.id)
        return await _screen(
            connection, number, actor, typed=typed | {"comment": comment}, errors=errors, photos=photos
        )


def _scores(typed: dict[str, str], comment: str, photos: tuple[str, ...]) -> RatingIn:
    stars = {name: int(said) if said.isdecimal() else said for name, said in typed.items()}
    return RatingIn.model_validate(stars | {"comment": comment, "attachment_ids": photos})


def _said(error: Any) -> str:
    return "请选择几颗星。" if error["loc"][0] in _STARS else sentence(error)


async def _screen(
    connection: asyncpg.Connection,
    number: str,
    actor: Actor,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    photos: list[dict[str, str]] | None = None,
) -> HTMLResponse:
    s = await load(connection, number, actor)
    return page(
        "rating",
        number=number,
        service=s.service,
        engineer=s.engineer,
        rating=s.rating,
        may_rate=s.state in RATEABLE,
        rubric=_RUBRIC,
        typed=typed or {},
        errors=errors or {},
        too_early=NotRateable.msg,
        photos=photos or [],
    )
