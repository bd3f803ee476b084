"""The one source of "now". Everything below the edge takes ``now`` as an argument."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request


def real_time() -> datetime:
    return datetime.now(UTC)


async def current_time(request: Request) -> datetime:
    return request.app.state.clock()  # type: ignore[no-any-return]


Now = Annotated[datetime, Depends(current_time)]
