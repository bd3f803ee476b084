"""No test sees an error that the description of its operation does not declare."""

import json
import re
from typing import Any

from fastapi import FastAPI
from httpx import Response

from tests.harness.alone import alone
from tests.harness.servers import folder_of_run

MEDIA_TYPE = "application/problem+json"
Declared = tuple[str, re.Pattern[str], str, frozenset[str]]
_PLACE = re.compile(r"\\\{\w+\\\}")
# One description serves all apps of a run, which have the same routes: to make it takes seconds.
_DOCUMENT: dict[str, Any] = {}
_READ: list[Declared] = []


async def is_declared(app: FastAPI, response: Response) -> None:
    if response.headers.get("content-type") != MEDIA_TYPE:
        return
    await response.aread()
    code = response.json()["code"]
    found = _operation(app, response.request.method, response.request.url.path)
    # What happens to no operation of ours, or by a defect, is not the contract's.
    if found is not None and code not in ("internal_error", "method_not_allowed"):
        name, codes = found
        assert code in codes, (
            f"{name} answered {code}, which its description does not declare (`make client`)"
        )


def read(app: FastAPI) -> None:
    """Beforehand: not while a test holds a transaction or a clock."""
    if not _READ:
        _DOCUMENT.update(_described(app))
        _READ.extend(declared(_DOCUMENT))
    app.openapi_schema = _DOCUMENT


def _described(app: FastAPI) -> dict[str, Any]:
    """By whichever worker comes first; the others wait, without computing."""
    folder = folder_of_run()
    if folder is None:
        return app.openapi()
    with alone(folder / "openapi"):
        written = folder / "openapi" / "document.json"
        if not written.exists():
            written.write_text(json.dumps(app.openapi()))
        document: dict[str, Any] = json.loads(written.read_text())
        return document


def _operation(app: FastAPI, method: str, path: str) -> tuple[str, frozenset[str]] | None:
    read(app)
    for verb, pattern, name, codes in _READ:
        if verb == method and pattern.fullmatch(path):
            return name, codes
    return None


def declared(document: dict[str, Any]) -> list[Declared]:
    """Every operation with the codes of its errors; those with fewest places in their path come first."""
    found = [
        (
            method.upper(),
            re.compile(_PLACE.sub("[^/]+", re.escape(path))),
            f"{method.upper()} {path}",
            frozenset(codes_of(operation)),
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    return sorted(found, key=lambda each: each[2].count("{"))


def codes_of(operation: dict[str, Any]) -> set[str]:
    return {
        code
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    }
