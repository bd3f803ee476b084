"""The accounts that the settings name (ADR 13)."""

from pydantic import SecretStr

from app.models.wechat import AccountKind
from app.services.accounts.records import NewAccount
from app.settings import Settings


def declared_accounts(settings: Settings) -> list[NewAccount]:
    official = NewAccount(
        settings.official_appid,
        AccountKind.OFFICIAL,
        secret=_given(settings.official_secret),
        token=_given(settings.official_token),
        aes_key=_given(settings.official_aes_key),
    )
    mini = NewAccount(
        settings.mini_appid,
        AccountKind.MINI,
        secret=_given(settings.mini_secret),
        token=_given(settings.mini_token),
        aes_key=_given(settings.mini_aes_key),
    )
    return [account for account in (official, mini) if account.appid]


def _given(secret: SecretStr) -> str | None:
    return secret.get_secret_value() or None
