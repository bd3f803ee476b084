"""Templates to HTML. Everything that people wrote is escaped; a page may load nothing but what is ours."""

from datetime import date, datetime
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.zone import ZONE
from app.pages.assets import address, brought_by

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
        "img-src 'self' https:; media-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def _moment(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M}"


def _day(at: date) -> str:
    return f"{at.month}月{at.day}日"


def _dated(at: datetime) -> str:
    """Of what may be in another year."""
    local = at.astimezone(ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


# A page for customers is named alone, one of the console by its folder.
PAGES = Environment(
    loader=FileSystemLoader([FOLDER / "h5", FOLDER]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters |= {"moment": _moment, "clock": _clock, "day": _day, "dated": _dated, "yuan": _yuan}
PAGES.globals |= {"asset": address, "brought_by": brought_by}


def page(name: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(document(name, **values), status, HEADERS)


def document(name: str, **values: object) -> str:
    return PAGES.get_template(f"{name}.html").render(values)
