"""The trace of the request or job in hand: from the edge to the log line, the outbox row and the error answer."""

from contextvars import ContextVar

_TRACE: ContextVar[str] = ContextVar("trace_id", default="")


def trace_id() -> str:
    return _TRACE.get()


def set_trace(value: str) -> None:
    _TRACE.set(value)
