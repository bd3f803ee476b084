"""Every error becomes one kind of answer; what nobody foresaw is logged once, under its trace id."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.answers import problem_response
from app.edge.database_errors import problem_for
from app.edge.metrics import REFUSALS
from app.edge.validation import field_errors
from app.errors import (
    InvalidInput,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    Unavailable,
    UnsupportedMedia,
)
from app.pages.problem import PREFIX, problem_page

LOG = logging.getLogger("huixiang.errors")
_BY_STATUS: Mapping[int, type[Problem]] = MappingProxyType(
    {
        400: MalformedRequest,
        404: NotFound,
        405: MethodNotAllowed,
        413: PayloadTooLarge,
        415: UnsupportedMedia,
    }
)
_REFUSALS = frozenset({401, 403, 429})


class MalformedJson(MalformedRequest):
    code, title, msg = "malformed_json", "Malformed JSON", "请求内容不是有效的 JSON（UTF-8）。"


def handle_problems(app: FastAPI) -> None:
    app.exception_handler(Problem)(on_problem)
    app.exception_handler(RequestValidationError)(on_invalid_input)
    app.exception_handler(HTTPException)(on_http_exception)
    for kind in (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        app.exception_handler(kind)(on_database_error)
    for kind in (PoolTimeout, ConnectionError, TimeoutError):
        app.exception_handler(kind)(on_unreachable)


def answer_with(request: Request, problem: Problem) -> Response:
    """In the form that the caller reads: pages for people, documents for programs."""
    if request.url.path.startswith(PREFIX):
        return problem_page(request, problem)
    return problem_response(problem)


async def on_problem(request: Request, error: Problem) -> Response:
    if error.status in _REFUSALS:
        REFUSALS.labels(error.code).inc()
        LOG.info("refused", extra={"problem": error.code, "status": error.status})
    return answer_with(request, error)


async def on_invalid_input(request: Request, error: RequestValidationError) -> Response:
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return problem_response(MalformedJson())
    if any(tuple(each["loc"]) == ("body",) and isinstance(each.get("input"), bytes) for each in found):
        # FastAPI hands over the bytes when the type is not JSON; then no field of ours is at fault.
        return problem_response(UnsupportedMedia("请使用 application/json 提交。"))
    return answer_with(request, InvalidInput(errors=field_errors(found, error.body)))


async def on_http_exception(request: Request, error: HTTPException) -> Response:
    """What the frameworks below raise by themselves; our own code raises problems."""
    kind = _BY_STATUS.get(error.status_code, MalformedRequest)
    if kind is MalformedRequest and "json" in request.headers.get("content-type", ""):
        kind = MalformedJson
    return problem_response(kind(), headers=error.headers)


async def on_database_error(
    _: Request,
    error: DBAPIError | asyncpg.PostgresError | asyncpg.InterfaceError | asyncpg.InternalClientError,
) -> Response:
    problem = problem_for(error)
    if problem is None:
        raise error
    if problem.status >= 500:
        LOG.warning("database unavailable", exc_info=error)
    return problem_response(problem)


async def on_unreachable(_: Request, error: Exception) -> Response:
    LOG.warning("something we depend on did not answer", exc_info=error)
    return problem_response(Unavailable())


class LastResort:
    """Starlette would answer outside of our middleware and raise on, so that the server logs it again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:  # The border of the process: nothing above would answer the caller.
            LOG.exception("unexpected error")
            if started:
                # Half an answer cannot be taken back; the server breaks the connection off.
                raise
            await problem_response(Problem())(scope, receive, send)
