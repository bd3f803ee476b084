"""The forms that only the engineer's pages have, as the bodies that the API takes: calls, parts, price lines."""

import re
from datetime import datetime, time
from uuid import UUID

from starlette.datastructures import FormData

from app.domain.datum import Datum
from app.domain.lifecycle import Event
from app.domain.situation import Purpose, Situation
from app.domain.zone import ZONE
from app.routers.event_forms import FormInvalid, body_of
from app.schemas.transitions import Quote, QuoteLineIn, ReviseQuote, TransitionIn

# Events with fields of their own on these pages.
OWN_FIELDS = frozenset({Event.NO_ACCESS, Event.NEED_PARTS, Event.FINISH})
# Where he is, is what his browser measured.
_LOCATED = frozenset({Event.DEPART, Event.ARRIVE})
_MOST_PHOTOS = 9
_EVENING = time(18)


def typed(form: FormData) -> dict[str, str]:
    """What was said, each field of several values as one."""
    names = dict.fromkeys(form)
    return {name: "\n".join(v for v in form.getlist(name) if isinstance(v, str)) for name in names}


def body_from(event: Event, version: int, form: FormData, s: Situation, at: datetime) -> TransitionIn:
    """``at`` is when it was done, whose day the times of calls belong to. Raises FormInvalid."""
    beside: dict[str, object] = {"datum": Datum.WGS84} if event in _LOCATED else {}
    if event is Event.NO_ACCESS:
        beside = {"attachment_ids": _door(s), "calls": _calls(form, s, at)}
    if event in (Event.FINISH, Event.NEED_PARTS):
        beside = {"parts": _parts(form)}
    if event is Event.NEED_PARTS:
        beside["due_at"] = _evening(_said(form, "due_on"))
    return body_of(event, version, typed(form), beside=beside)


def quote_from(version: int, form: FormData, s: Situation) -> Quote | ReviseQuote:
    """Every item of the table is a row; those with a number are wanted. Raises FormInvalid."""
    not_covered = _said(form, "not_covered") or None
    lines = [
        QuoteLineIn.model_validate({"code": code, "quantity": _count(many), "not_covered": not_covered})
        for code, many in zip(form.getlist("code"), form.getlist("quantity"), strict=False)
        if isinstance(code, str) and code and len(code) <= 60 and _count(many)
    ]
    if not lines:
        raise FormInvalid({"": "请至少填写一项的数量，再发给客户。"})
    if s.quote_with_us:
        return ReviseQuote(event=Event.REVISE_QUOTE, version=version, lines=lines)
    return Quote(event=Event.QUOTE, version=version, lines=lines)


def _door(s: Situation) -> list[UUID]:
    visit_id = s.visit.id if s.visit else None
    found = [
        UUID(photo.id)
        for photo in s.photos
        if photo.purpose is Purpose.NO_ACCESS and photo.visit_id == visit_id
    ]
    if not found:
        raise FormInvalid({"": "请先拍一张门口的照片：在“现场照片”里选“到访未遇”上传。"})
    return found[-_MOST_PHOTOS:]


def _calls(form: FormData, s: Situation, at: datetime) -> list[dict[str, object]]:
    """A page says minutes: a call in the minute of the departure was made after it."""
    departed = s.visit.departed_at if s.visit else None
    calls: list[dict[str, object]] = []
    for clock, result in zip(form.getlist("call_at"), form.getlist("call_result"), strict=False):
        if not isinstance(clock, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
            continue
        made = datetime.combine(at.astimezone(ZONE).date(), time.fromisoformat(clock), ZONE)
        if departed and made == departed.astimezone(ZONE).replace(second=0, microsecond=0):
            made = departed
        calls.append({"at": made.isoformat(), "result": result or "no_answer"})
    if len(calls) < 2:
        raise FormInvalid({"": "请填写两次通话的时间：都打过、都没有人接，才能登记到访未遇。"})
    return calls


def _parts(form: FormData) -> list[dict[str, object]]:
    names = ("part_code", "part_name", "part_quantity", "part_serial")
    rows = zip(*(form.getlist(name) for name in names), strict=False)
    return [
        {"code": code, "name": name, "quantity": _count(many) or 1, "serial_number": serial}
        for code, name, many, serial in rows
        if code or name
    ]


def _evening(day: str) -> str:
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), _EVENING, ZONE).isoformat()
    except ValueError as error:
        raise FormInvalid({"": "请填写预计到货的日期。"}) from error


def _count(said: object) -> int:
    return int(said) if isinstance(said, str) and re.fullmatch(r"[1-9]\d?", said) else 0


def _said(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
