"""Consents to subscribe messages as they cross the API."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from app.schemas.common import Input, Output

WeChatId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class TapResult(StrEnum):
    """The words of ``wx.requestSubscribeMessage``."""

    ACCEPT = "accept"
    REJECT = "reject"
    BAN = "ban"
    FILTER = "filter"


class TapIn(Input):
    template_id: WeChatId
    result: TapResult
    # As ``wx.getSetting({withSubscriptions: true})`` has it afterwards.
    always: bool = False


class ConsentsIn(Input):
    results: list[TapIn] = Field(min_length=1, max_length=5)
    # Needed only where one template id is used in several mini-programs.
    appid: WeChatId | None = None


class ConsentOut(Output):
    appid: str
    kind: str
    template_id: str
    title: str
    left: int
    always: bool
    blocked: bool
    ask: bool = Field(description="Whether to name it in the next requestSubscribeMessage.")


class ConsentList(Output):
    items: list[ConsentOut]
