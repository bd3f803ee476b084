import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path


class RefusedToStart(RuntimeError):
    """The sandbox gives every secret away; beside a production service it must not run."""


@dataclass(frozen=True, slots=True)
class Settings:
    secret: str
    state: str = ":memory:"
    callback_base: str | None = None
    # Seconds between accepting a template message and its TEMPLATESENDJOBFINISH event (uniform between both).
    event_delay: tuple[float, float] = (0.2, 0.5)
    # Time a send takes before it is answered; sends to one openid that overlap in it are refused (43108).
    latency: float = 0.0
    callback_timeout: float = 5.0
    callback_retry_gap: float = 0.0
    seed: int | None = None
    auto_approve_user: str | None = None
    open_phone: bool = True
    keep_calls: int = 200_000
    # Where others reach this program; links and pictures begin with it.
    base: str = "http://127.0.0.1:8790"
    # Seconds until a picture that was handed in is judged; the platform takes up to half an hour.
    media_check_delay: float = 1.0
    # Not documented: whether a choice that "always keep" made without asking is told.
    popup_event_when_kept: bool = True


def load(
    environ: Mapping[str, str] = os.environ,
    *,
    state: str = ":memory:",
    host: str = "127.0.0.1",
    port: int = 8790,
) -> Settings:
    refuse_production(environ)
    open_phone = environ.get("SANDBOX_OPEN_PHONE")
    return Settings(
        secret=environ.get("SANDBOX_SECRET") or secrets.token_urlsafe(24),
        state=state if state == ":memory:" else str(Path(state).absolute()),
        callback_base=environ.get("SANDBOX_CALLBACK_BASE") or None,
        event_delay=_span(environ.get("SANDBOX_EVENT_DELAY", "0.2-0.5")),
        latency=float(environ.get("SANDBOX_LATENCY_MS", "0")) / 1000,
        callback_retry_gap=float(environ.get("SANDBOX_CALLBACK_RETRY_GAP", "0")),
        seed=int(environ["SANDBOX_SEED"]) if environ.get("SANDBOX_SEED") else None,
        auto_approve_user=environ.get("SANDBOX_AUTO_APPROVE") or None,
        base=(environ.get("SANDBOX_PUBLIC_BASE") or f"http://{_reachable(host)}:{port}").rstrip("/"),
        media_check_delay=float(environ.get("SANDBOX_MEDIA_CHECK_DELAY", "1")),
        open_phone=_is_loopback(host) if open_phone is None else open_phone == "1",
    )


def refuse_production(environ: Mapping[str, str]) -> None:
    for name in ("ENV", "HUIXIANG_ENVIRONMENT"):
        if environ.get(name, "").strip().lower() == "production":
            raise RefusedToStart(f"{name}=production: the WeChat sandbox does not run in production")


def _span(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    return float(low), float(high or low)


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
