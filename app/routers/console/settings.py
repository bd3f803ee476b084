"""Settings: where each thing is set, and what comes from the environment, which is read only and never a secret."""

from fastapi.responses import HTMLResponse

from app.domain.follow_up.rules import rulebook
from app.domain.situation import SERVICE_LABELS
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.routers.dependencies import SettingsDep
from app.settings import Settings

router = Routes(prefix=f"{CONSOLE}/settings", include_in_schema=False)

# Only what is named here is shown; whatever else the environment holds is nobody's business.
_SHOWN = {
    "environment": "运行环境",
    "public_base_url": "对外地址",
    "service_hotline": "服务热线",
    "session_hours": "登录有效（小时）",
    "urging_cooldown_minutes": "催单间隔（分钟）",
    "quiet_hours": "夜间免打扰",
    "push_caps": "限制提醒频次",
    "official_appid": "公众号 AppID",
    "mini_appid": "小程序 AppID",
    "plan_engine": "排程引擎",
    "webhooks_at_home": "Webhook 可访问内网",
    "log_level": "日志级别",
}
_SECRETS = {
    "secret_key": "签名密钥",
    "sealing_keys": "封存密钥",
    "official_secret": "公众号密钥",
    "mini_secret": "小程序密钥",
    "sms_gateway_secret": "短信网关密钥",
    "metrics_token": "监控令牌",
}


@router.get("")
async def overview(actor: AtDesk, settings: SettingsDep) -> HTMLResponse:
    return show(
        "settings",
        actor,
        values=_values(settings),
        kept={words: bool(getattr(settings, name).get_secret_value()) for name, words in _SECRETS.items()},
        rules=rulebook(),
        services=SERVICE_LABELS,
    )


def _values(settings: Settings) -> list[tuple[str, str, str]]:
    """Words, value, and the name of the variable that sets it."""
    return [
        (words, _said(getattr(settings, name)), f"HUIXIANG_{name.upper()}") for name, words in _SHOWN.items()
    ]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) or "未设置"
