"""A form of a page as the body that the API takes: what is wrong with it is told as it is there."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, TypeVar

import asyncpg
from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from app.domain.zone import ZONE
from app.edge.database_errors import problem_for
from app.edge.validation import field_errors
from app.errors import InvalidInput

Body = TypeVar("Body", bound=BaseModel)

_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至到]\s*(\d{1,2}:\d{2})")


async def typed_in(request: Request) -> dict[str, str]:
    """Fields only: files are read where they are asked for."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


TypedDep = Annotated[dict[str, str], Depends(typed_in)]


def read(body: type[Body], said: Mapping[str, object]) -> Body:
    """What was left empty was not said. Raises InvalidInput."""
    try:
        return body.model_validate({name: value for name, value in said.items() if value not in ("", None)})
    except ValidationError as invalid:
        raise InvalidInput(errors=field_errors(invalid.errors())) from invalid


@asynccontextmanager
async def whole(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """All of it or nothing, so that the page which says what to mend shows what is true."""
    try:
        async with connection.transaction():
            yield
    except asyncpg.PostgresError as error:
        raise problem_for(error) or error from error


def number(said: str) -> object:
    """For strict fields; what is no number is told as it is by the schema."""
    return int(said) if said.strip().lstrip("-").isdecimal() else said or None


def fen(yuan: str) -> object:
    """Of a sum as people write it: 12, 12.5, 12.50."""
    if not re.fullmatch(r"\d{1,7}(\.\d{1,2})?", yuan.strip()):
        return yuan or None
    whole_yuan, _, rest = yuan.strip().partition(".")
    return int(whole_yuan) * 100 + int(rest.ljust(2, "0") or 0)


def spans(said: str, name: str) -> list[dict[str, str]]:
    """``08:30-12:00 13:30-18:00`` as hours; nothing, or 休, is a day off. Raises InvalidInput."""
    found = [{"start": a.zfill(5), "end": b.zfill(5)} for a, b in _SPAN.findall(said)]
    if _SPAN.sub("", said).strip(" ,，;；、休息") == "":
        return found
    raise InvalidInput.at(f"body.{name}", "请写成 08:30-12:00 13:30-18:00，休息则留空。", "invalid")


def a_day(said: str, name: str) -> date:
    """Raises InvalidInput."""
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise InvalidInput.at(f"body.{name}", "请填写日期，例如 2026-06-15。", "date_parsing") from error


def moment(said: str) -> object:
    """A browser sends the time on the wall; the house has one zone."""
    try:
        return datetime.fromisoformat(said).replace(tzinfo=ZONE)
    except ValueError:
        return said


def place(said: str, name: str) -> dict[str, float]:
    """``31.2304,121.4737``, or with the longitude first as some maps copy it; empty where nothing was said. Raises
    InvalidInput."""
    if not said.strip():
        return {}
    try:
        one, other = map(float, re.split(r"[,，\s]+", said.strip()))
    except ValueError as error:
        told = "位置写作“纬度,经度”，例如 31.2304,121.4737；可以从地图里复制。"
        raise InvalidInput.at(f"body.{name}", told) from error
    # China lies between these, so that neither can be taken for the other.
    longitude_first = 73 <= one <= 136 and 3 <= other <= 54
    latitude, longitude = (other, one) if longitude_first else (one, other)
    return {"latitude": latitude, "longitude": longitude}


def words(said: str) -> list[str]:
    """Separated by commas, semicolons or spaces, of either width."""
    return [each for each in re.split(r"[\s,，;；、]+", said) if each]
