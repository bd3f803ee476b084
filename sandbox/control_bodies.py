from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sandbox.records import Capability, Format, Kind, Mode, Template


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


class PresetChoice(_Body):
    name: str


class Crowd(_Body):
    users: int = Field(ge=1, le=500)
    # Templates that each of them agreed to, and how often.
    consents: list[str] = []
    each: int = Field(1, ge=1, le=1000)
    # Tell the service of each follower, as if they followed one by one.
    events: bool = False


class Revocation(_Body):
    """Every living token of an account, or the one that the console shows as `id`."""

    appid: str | None = None
    kind: Literal["stable", "legacy", "jsapi"] = "stable"
    id: str | None = Field(None, min_length=12, max_length=12)


class AccountChange(_Body):
    name: str = ""
    secret: str = ""
    token: str = ""
    aes_key: str = Field("", pattern=r"^[A-Za-z0-9]{43}$")
    callback_url: str | None = None
    mode: Mode = "safe"
    format: Format = "xml"
    oauth_domains: tuple[str, ...] = ()
    daily_quotas: dict[str, int] = {}
    minute_quotas: dict[str, int] = {}
    pages: tuple[str, ...] = ()
    linked_minis: tuple[str, ...] = ()
    ip_whitelist: tuple[str, ...] = ()
    token_error: int | None = None
    lacks: tuple[Capability, ...] = ()
    templates: tuple[Template, ...] = ()


class NewAccount(AccountChange):
    kind: Kind
    appid: str = Field(pattern=r"^wx[0-9a-z]{16}$")
    secret: str
    name: str
    token: str
    aes_key: str = Field(pattern=r"^[A-Za-z0-9]{43}$")
    mode: Mode
    format: Format
    original_id: str = ""
    open_platform: str | None = None


class TemplateChange(_Body):
    banned: bool


class Punishment(_Body):
    # 1 warning, 2 function closed, 3 taken down, 4 account closed, 10 page closed.
    event_type: Literal[1, 2, 3, 4, 10] = 1
    reason: str = Field("违规收集用户信息", max_length=200)


class CallbackCheck(_Body):
    url: str | None = None


class ClockChange(_Body):
    advance: float | None = Field(None, description="seconds")
    to: Literal["next_midnight"] | None = None
    speed: float | None = Field(None, gt=0, le=10_000)


class JsSdkCheck(_Body):
    appid: str
    url: str
    noncestr: str
    timestamp: str
    signature: str


class SettingsChange(_Body):
    event_delay: tuple[float, float] | None = None
    latency_ms: float | None = Field(None, ge=0)
    callback_timeout: float | None = Field(None, gt=0)
    callback_retry_gap: float | None = Field(None, ge=0)
    auto_approve_user: str | None = None
    media_check_delay: float | None = Field(None, ge=0)
    popup_event_when_kept: bool | None = None
