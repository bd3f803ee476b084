"""What WeChat tells of consents: a dialog was answered, or messages were turned off in the settings."""

from collections.abc import Sequence

import asyncpg

from app.models.messages import ConsentKind, ConsentSource
from app.services.consents.ledger import Whose, settings_rejected, tapped
from app.wechat.callbacks import Inbound
from app.wechat.events import Consent


async def given(connection: asyncpg.Connection, message: Inbound, consents: Sequence[Consent]) -> None:
    for each in consents:
        kind = ConsentKind.ACCEPTED if each.accepted else ConsentKind.REJECTED
        whose = Whose(message.appid, message.openid, each.template_id)
        await tapped(connection, whose, kind, ConsentSource.EVENT, message.create_time)


async def changed(connection: asyncpg.Connection, message: Inbound, consents: Sequence[Consent]) -> None:
    """Only refusals are pushed; an acceptance in the settings allows nothing until the next tap."""
    for each in consents:
        if not each.accepted:
            whose = Whose(message.appid, message.openid, each.template_id)
            await settings_rejected(connection, whose, message.create_time)
