"""Templates to HTML. Everything that people wrote is escaped; a page may load nothing but our own style."""

from datetime import datetime
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.zone import ZONE

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "style.css").read_text()
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' https:; media-src 'self' https:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def _moment(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


_PAGES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["moment"] = _moment
_PAGES.filters["yuan"] = _yuan


def page(name: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(document(name, **values), status, HEADERS)


def document(name: str, **values: object) -> str:
    return _PAGES.get_template(f"{name}.html").render(values)
