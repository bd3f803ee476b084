"""The three requests that carry nearly all traffic, on the way that costs least (ADR 4).

Each reads what its endpoint asks for and calls it; what is not as clients usually send it goes FastAPI's way.
"""

import re

from fastapi import Request, Response
from pydantic import ValidationError

from app.edge.hot_paths import HotPath
from app.routers.dependencies import presented_credential
from app.routers.tickets import create_ticket, read_ticket, read_tickets
from app.schemas.tickets import NewTicket

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def _read(request: Request) -> Response:
    return await read_ticket(request.path_params["number"], await presented_credential(request), request)


async def _list(request: Request) -> Response:
    return await read_tickets(await presented_credential(request), request)


async def _create(request: Request) -> Response | None:
    credential = await presented_credential(request)
    key = request.headers.get("idempotency-key")
    if request.headers.get("content-type") != "application/json" or not (key is None or _KEY.fullmatch(key)):
        return None
    try:
        body = NewTicket.model_validate_json(await request.body())
    except ValidationError:
        return None
    return await create_ticket(body, credential, request, key)


HOT_PATHS = (
    HotPath("GET", "/api/v1/tickets/{number}", _read),
    HotPath("GET", "/api/v1/tickets", _list),
    HotPath("POST", "/api/v1/tickets", _create),
)
