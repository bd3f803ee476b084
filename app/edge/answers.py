"""A problem as a response: ``application/problem+json`` (RFC 9457) with a code and a Chinese sentence."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

from app.errors import Problem
from app.tracing import current_trace_id

MEDIA_TYPE = "application/problem+json"


def type_of(code: str) -> str:
    return f"urn:huixiang:problem:{code}"


def problem_response(problem: Problem, *, headers: Mapping[str, str] | None = None) -> Response:
    body = {
        **problem.extra,
        "type": type_of(problem.code),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "msg": problem.msg,
        "errors": [error.as_dict() for error in problem.errors],
        "trace_id": current_trace_id(),
    }
    return Response(
        orjson.dumps(body),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={**problem.headers, **(headers or {})},
    )
