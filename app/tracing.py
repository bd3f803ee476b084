"""The trace id of whatever is being done: one per request, carried on into the outbox and the logs."""

import random
import re
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NONE = "0" * 32

TRACE_ID: ContextVar[str] = ContextVar("trace_id", default="")


def current_trace_id() -> str:
    """Empty outside a request or a job."""
    return TRACE_ID.get()


def new_trace_id() -> str:
    # It has to differ from the others, not to be kept from anybody.
    return f"{random.getrandbits(128):032x}"


def trace_id_of(traceparent: str) -> str | None:
    """The trace id in a W3C ``traceparent`` header, if it is a valid one."""
    match = _TRACEPARENT.fullmatch(traceparent)
    if match is None or traceparent.startswith("ff") or match.group(1) == _NONE:
        return None
    return match.group(1)
