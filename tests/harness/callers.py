"""HTTP clients that speak for somebody."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Engineer, Staff
from app.services.sessions.issue import issue
from app.settings import Settings
from tests.harness.declared import is_declared

Person: TypeAlias = Customer | Staff

BASE_URL = "http://test"


class Caller(AsyncClient):
    """A client of the app; ``person`` is the row of whoever it speaks for."""

    def __init__(self, app: FastAPI, token: str | None = None, person: Person | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # A handler that fails to answer must show up as a failed test, not as an exception from nowhere.
        super().__init__(
            transport=ASGITransport(app, raise_app_exceptions=True),
            base_url=BASE_URL,
            headers=headers,
            event_hooks={"response": [partial(is_declared, app)]},
        )
        self.app = app
        self._person = person

    @property
    def person(self) -> Person:
        assert self._person is not None, "this caller is anonymous"
        return self._person


CallerFor: TypeAlias = Callable[[Customer | Staff | Engineer], Awaitable[Caller]]


async def token_for(
    session: AsyncSession, person: Customer | Staff | Engineer, *, now: datetime, settings: Settings
) -> str:
    """A bearer token of a fresh session. An engineer signs in as the staff member that he is."""
    whose = await session.get_one(Staff, person.id) if isinstance(person, Engineer) else person
    issued = await issue(
        session, whose, now=now, lifetime=settings.session_lifetime, key=settings.signing_key()
    )
    return issued.token
