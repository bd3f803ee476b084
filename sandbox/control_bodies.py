from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sandbox.records import Format, Mode


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewUser(_Body):
    id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    nickname: str = Field(min_length=1, max_length=32)
    phone: str = Field("", max_length=20)
    role: Literal["customer", "engineer", "staff"] = "customer"
    follows: bool = False


class Seed(_Body):
    """More users, and a fixed course for everything random."""

    users: list[NewUser] = []
    random: int | None = None


class FaultMatch(_Body):
    path: str | None = None
    appid: str | None = None
    openid: str | None = None
    template_id: str | None = None
    event: str | None = None
    nth: int | None = Field(None, ge=1)
    probability: float | None = Field(None, ge=0, le=1)


class NewFault(_Body):
    match: FaultMatch = FaultMatch()
    do: JsonValue
    times: int | None = Field(None, ge=1)


class Revocation(_Body):
    appid: str
    kind: Literal["stable", "legacy"] = "stable"


class AccountChange(_Body):
    callback_url: str | None = None
    mode: Mode | None = None
    format: Format | None = None
    oauth_domains: tuple[str, ...] | None = None
    daily_quotas: dict[str, int] | None = None
    pages: tuple[str, ...] | None = None


class CallbackCheck(_Body):
    url: str | None = None


class Advance(_Body):
    advance: float = Field(description="seconds")


class SettingsChange(_Body):
    event_delay: tuple[float, float] | None = None
    latency_ms: float | None = Field(None, ge=0)
    callback_timeout: float | None = Field(None, gt=0)
    callback_retry_gap: float | None = Field(None, ge=0)
    auto_approve_user: str | None = None
