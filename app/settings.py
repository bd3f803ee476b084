"""Settings of every process, read once from the environment (prefix ``HUIXIANG_``) or a ``.env`` file."""

from datetime import timedelta
from functools import lru_cache
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HUIXIANG_", env_file=".env", extra="ignore")

    environment: Literal["development", "test", "demo", "production"] = "development"
    database_url: str = "postgresql://huixiang@127.0.0.1:5432/huixiang"
    redis_url: str = "redis://127.0.0.1:6379/0"
    secret_key: SecretStr = SecretStr("")
    # What the secrets of accounts are sealed with in the database, separated by commas: the first seals, all open.
    # Without any, a key derived from the one above does; ``huixiang wechat rotate-keys`` moves everything to the first.
    sealing_keys: SecretStr = SecretStr("")
    public_base_url: str = "http://127.0.0.1:8000"
    storage_url: str = "file://.huixiang/objects"

    # Connections of one process: for the transactions and the reads of the hot paths, and for the ORM.
    # More writers at a time than the database has cores for only wait for each other with rows locked
    # (docs/performance.md).
    write_pool: int = Field(default=4, ge=1, le=100)
    kept_pool: int = Field(default=2, ge=1, le=100)
    read_pool: int = Field(default=6, ge=1, le=100)
    session_pool: int = Field(default=4, ge=1, le=100)
    # Those of the callbacks are theirs alone: WeChat is answered while everything else waits.
    callback_pool: int = Field(default=2, ge=1, le=50)
    # WeChat hangs up after five seconds and calls again, twice. Until then a slow database may still make it; to give
    # up early would spend the three calls in one bad second.
    callback_seconds: float = Field(default=4.0, ge=0.1, le=4.5)
    access_log: bool = True
    log_level: str = "INFO"
    # Prometheus sends it as a bearer token; without one, production does not show its figures.
    metrics_token: SecretStr = SecretStr("")

    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    # Shown to whom WeChat lets in no more: there has to be a person to talk to.
    service_hotline: str = ""
    # Where the engineer's pages lead for the way to a customer: the standard's own words for a place, which every phone
    # opens with the map it has. A map service's address may stand here instead.
    map_link: str = Field(
        default="geo:{latitude},{longitude}", pattern=r"^[^{}]*\{latitude\}[^{}]*\{longitude\}[^{}]*$"
    )
    urging_cooldown_minutes: int = Field(default=30, ge=1)

    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_open_base: str = "https://open.weixin.qq.com"
    wechat_mp_base: str = "https://mp.weixin.qq.com"
    # Of the stand-in for WeChat that demos and tests run; nobody else has one.
    sandbox_secret: SecretStr = SecretStr("")
    official_appid: str = ""
    official_secret: SecretStr = SecretStr("")
    official_token: SecretStr = SecretStr("")
    official_aes_key: SecretStr = SecretStr("")
    mini_appid: str = ""
    mini_secret: SecretStr = SecretStr("")
    mini_token: SecretStr = SecretStr("")
    mini_aes_key: SecretStr = SecretStr("")
    # By kind of message. Outside production a kind that is not named has the id that the sandbox gives it.
    template_ids: dict[str, str] = Field(default_factory=dict)
    subscribe_template_ids: dict[str, str] = Field(default_factory=dict)
    # The menu of the official account, as a file; without one, that of app/services/doors/data/menu.toml.
    menu_file: str = ""
    # Where codes and links lead in the mini-program.
    mini_report_page: str = "pages/report/report"
    mini_ticket_page: str = "pages/ticket/ticket"

    # Who plans the days of the territories, as ``module:function`` (app/domain/dispatch/board.py).
    plan_engine: str = Field(
        default="app.domain.dispatch.board:anneal", pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
    )

    # By the clock in China: what can wait, waits until they are over. Empty for none.
    quiet_hours: str = Field(
        default="22:00-08:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"
    )
    # How often one person may be disturbed by what can wait (app/domain/ladder.py).
    push_caps: bool = True
    # Takes POST {"phone", "text", "reference"} with the secret as a bearer token; empty sends no SMS.
    sms_gateway_url: str = ""
    sms_gateway_secret: SecretStr = SecretStr("")
    # Lets webhooks go to http and to our own network. For development and tests; production does not listen to it.
    webhooks_at_home: bool = False

    @property
    def session_lifetime(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def urging_cooldown(self) -> timedelta:
        return timedelta(minutes=self.urging_cooldown_minutes)

    @property
    def webhooks_stay_home(self) -> bool:
        return self.webhooks_at_home and self.environment != "production"

    def signing_key(self) -> bytes:
        """The key behind tokens and signed URLs. A weak or missing one is refused, never replaced."""
        key = self.secret_key.get_secret_value()
        if len(key) < 32:
            raise RuntimeError("HUIXIANG_SECRET_KEY must be set to at least 32 random characters.")
        return key.encode()

    def sealing_key_list(self) -> list[bytes]:
        """The keys for what lies sealed in the database, the current one first; a weak one is refused."""
        keys = [key.strip() for key in self.sealing_keys.get_secret_value().split(",") if key.strip()]
        if any(len(key) < 32 for key in keys):
            raise RuntimeError("Each key of HUIXIANG_SEALING_KEYS must have at least 32 random characters.")
        return [key.encode() for key in keys]


@lru_cache
def get_settings() -> Settings:
    return Settings()
