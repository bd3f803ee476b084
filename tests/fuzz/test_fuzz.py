"""Whatever is sent, by whomever: no answer is a 5xx, and each one is as the description says.

Deterministic: the same code is asked the same questions. Numbers and ids are often those of real rows, and
versions often right, so that the questions get past the door.
"""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.conftest import Target

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = ("customer", "engineer", "admin")
EXAMPLES = 2
# A body of thirty-eight members needs more of them.
MORE = {"POST /api/v1/tickets/{number}/transitions": 40, "POST /api/v1/tickets": 20}
# It ends the session that all the others need; it takes no input at all.
LEFT_OUT = {"DELETE /api/v1/sessions/current"}
MODES = {"valid": GenerationMode.POSITIVE, "broken": GenerationMode.NEGATIVE}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", MODES)
def test_no_input_breaks_an_operation(target: Target, mode: str) -> None:
    # The first who asks for the description waits until it is built: seconds, and more on a machine that is busy.
    schema = schemathesis.openapi.from_asgi("/openapi.json", target.app, timeout=100)
    asked: Counter[str] = Counter()
    with get_client(target.app) as client:  # type: ignore[arg-type]  # a dict is a MutableMapping, too
        # No proxy stands between them; to look for one takes as long as half a request.
        client.trust_env = False
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            if operation.label not in LEFT_OUT:
                _fuzz(target, client, operation, mode, asked)
    assert len(asked) >= 200
    assert sum(asked.values()) >= 2000


def _fuzz(target: Target, client: ASGIClient, operation: Any, mode: str, asked: Counter[str]) -> None:
    cases = operation.as_strategy(generation_mode=MODES[mode])

    @settings(
        max_examples=MORE.get(operation.label, EXAMPLES),
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, choice=st.integers(0, 5039))
    def ask(case: Any, choice: int) -> None:
        _everybody(case)
        # To think of a case takes longer than to ask it.
        if _aim(case, target, choice):
            _everybody(case)

    def _everybody(case: Any) -> None:
        for role in ROLES:
            headers = {"Authorization": target.tokens[role]}
            # Whoever signed in before is nobody to the next.
            client.cookies.clear()
            response = case.call(session=client, headers=headers)
            asked[operation.label] += 1
            case.validate_response(response, headers=headers, checks=CHECKS)

    # There is no way to get an operation wrong that takes no input.
    with suppress(Unsatisfiable):
        ask()


def _aim(case: Any, target: Target, choice: int) -> bool:
    """Let the case go to rows that exist. Whether it names any."""
    path, body = case.path_parameters or {}, case.body if isinstance(case.body, dict) else {}
    ticket, photo = target.numbers[choice % len(target.numbers)], target.photos[choice % len(target.photos)]
    addressed = {"number": ticket, "attachment_id": photo}.items()
    said = {
        "version": 1 + choice % 5,
        "attachment_ids": [photo],
        "into": ticket,
        "engineer_id": target.engineers[0],
    }.items()
    real = {name: value for name, value in addressed if name in path}
    meant = {name: value for name, value in said if body.get(name) is not None}
    path.update(real)
    body.update(meant)
    return bool(real or meant)
