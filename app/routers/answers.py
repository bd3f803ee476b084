"""Answers of the hot paths: written to JSON once, by hand.

The routes still declare their ``response_model``, which makes the contract; tests hold the answers against it.
"""

from collections.abc import Mapping

import orjson
from fastapi import Response


def answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
