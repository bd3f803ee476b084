"""Which cards the settings alone would let us send."""

from app.settings import Settings
from app.wechat.templates import Registry, declared


def declared_registry(settings: Settings) -> Registry:
    return declared(
        settings.official_appid,
        settings.mini_appid,
        settings.template_ids,
        settings.subscribe_template_ids,
    )
