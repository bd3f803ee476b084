"""Passive replies: the answer to a callback that shows up in the user's chat."""

import re
from datetime import datetime

from app.wechat.accounts import Account
from app.wechat.callbacks import Inbound
from app.wechat.sealing import seal

# What XML 1.0 cannot hold at all, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cdata(text: str) -> str:
    """A CDATA section that the text cannot end early."""
    escaped = _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{escaped}]]>"


def text_reply(inbound: Inbound, content: str, now: datetime) -> str:
    return _reply(inbound, "text", now, f"<Content>{cdata(content)}</Content>")


def transfer_reply(inbound: Inbound, now: datetime) -> str:
    """Hand the conversation to the human agents of the account."""
    return _reply(inbound, "transfer_customer_service", now, "")


def encrypt_reply(account: Account, reply: str, now: datetime, nonce: str) -> str:
    """The body to answer with: sealed when the account has a key, else the reply as it is."""
    if account.aes_key is None:
        return reply
    sealed = seal(account, reply, timestamp=int(now.timestamp()), nonce=nonce)
    return (
        f"<xml><Encrypt>{cdata(sealed.encrypted)}</Encrypt>"
        f"<MsgSignature>{cdata(sealed.signature)}</MsgSignature>"
        f"<TimeStamp>{sealed.timestamp}</TimeStamp><Nonce>{cdata(sealed.nonce)}</Nonce></xml>"
    )


def _reply(inbound: Inbound, msg_type: str, now: datetime, rest: str) -> str:
    own_name = inbound.fields.get("ToUserName", "")
    return (
        f"<xml><ToUserName>{cdata(inbound.openid)}</ToUserName>"
        f"<FromUserName>{cdata(own_name if isinstance(own_name, str) else '')}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{cdata(msg_type)}</MsgType>{rest}</xml>"
    )
