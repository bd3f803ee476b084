"""The description of the API: every operation declares the one shape that all errors have."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from app.edge.answers import MEDIA_TYPE
from app.schemas.common import Output


class FieldProblem(Output):
    field: str
    code: str
    msg: str


class ProblemOut(BaseModel):
    """RFC 9457, with a stable ``code``, a Chinese ``msg`` fit to show, and the id to quote to support."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    msg: str
    errors: list[FieldProblem]
    trace_id: str


STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503)
_REF = {"$ref": "#/components/schemas/Problem"}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": _REF}}}
    for status in STATUSES
}


def describe_problems(app: FastAPI) -> None:
    """Adds the schema that ``RESPONSES`` refer to; FastAPI collects only those of response models."""
    generate: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        described = generate()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs"))
            schemas["Problem"] = problem
        return described

    app.openapi = openapi  # type: ignore[method-assign]
