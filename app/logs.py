"""Logs as JSON lines, with the trace id, and without what would name or expose a person."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from app.tracing import current_trace_id

_PRIVATE = re.compile(
    r"phone|mobile|openid|unionid|password|passwd|secret|token|authorization|cookie|session_key|address"
    r"|contact|nickname|latitude|longitude|aes_key|^code$|^state$",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_CREDENTIAL = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|(?<=access_token=)[\w-]+|(?<=secret=)[\w-]+")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
HIDDEN = "***"


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        trace_id = current_trace_id()
        if trace_id:
            line["trace_id"] = trace_id
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(without_private(line), ensure_ascii=False, default=str)


def configure_logging(level: str) -> None:
    """Everything goes through one handler, what the server says included."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "arq"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # Its lines carry query strings; the edge writes an access log of its own.
    logging.getLogger("uvicorn.access").disabled = True
    # httpx names every address it calls, and WeChat wants its credentials in the query.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def without_private(value: object, name: str = "") -> object:
    """The value with members hidden whose name says that they are private, and with phone numbers masked."""
    if name and value not in (None, "", True, False) and _PRIVATE.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): without_private(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_private(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return masked(str(value))


def masked(text: str) -> str:
    return _CREDENTIAL.sub(HIDDEN, _PHONE.sub(r"\1****\2", text))
