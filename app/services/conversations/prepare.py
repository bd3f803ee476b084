"""What has to be fetched from WeChat before a customer's message has its effect, outside of any transaction."""

import logging
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from app.domain.conversation.standing import for_text
from app.errors import Problem, Unavailable
from app.integrations.storage import ObjectStore
from app.services.attachments.keep import Kept, keep
from app.wechat.callbacks import Inbound
from app.wechat.errors import ErrorClass, WeChatError
from app.wechat.events import PictureSent, TextSent, view

log = logging.getLogger(__name__)

# These will be the same the next time: the picture is gone, or is none.
_FINAL = frozenset({ErrorClass.CONFIG, ErrorClass.PAYLOAD, ErrorClass.USER, ErrorClass.RESULT})


class Chat(Protocol):
    """The chat of an account, as far as it takes a call to WeChat."""

    def answers_in_passing(self, appid: str) -> bool:
        """Whether the answer to a callback of this account may carry a message to the person."""

    async def picture(self, appid: str, media_id: str) -> bytes:
        """The bytes of a picture that somebody sent. Raises WeChatError."""

    async def say(self, appid: str, openid: str, text: str) -> None:
        """A word to somebody who has just written. Raises WeChatError."""


@dataclass(frozen=True)
class Prepared:
    """``in_passing``: a standing answer has been given with the answer to the callback."""

    picture: Kept | None = None
    in_passing: bool = True


async def prepare(message: Inbound, chat: Chat, store: ObjectStore, *, last: bool) -> Prepared | None:
    """None when it has to be tried again; at the ``last`` try a picture is given up and the rest goes on."""
    in_passing = chat.answers_in_passing(message.appid)
    said = view(message)
    if not isinstance(said, PictureSent):
        return Prepared(in_passing=in_passing)
    try:
        content = await chat.picture(message.appid, said.media_id)
        return Prepared(await keep(store, BytesIO(content)), in_passing)
    except WeChatError as error:
        log.warning("picture.not_fetched", extra={"errcode": error.errcode, "rid": error.rid})
        again = error.cls not in _FINAL
    except Unavailable:
        again = True
    except Problem as error:
        log.warning("picture.not_readable", extra={"code": error.code})
        again = False
    return None if again and not last else Prepared(in_passing=in_passing)


async def greet(message: Inbound, chat: Chat) -> bool:
    """A standing answer where the callback's answer cannot carry one; whether it went out.

    A courtesy: when it fails, nobody waits.
    """
    said = view(message)
    standing = for_text(said.content) if isinstance(said, TextSent) else None
    if standing is None or not standing.text:
        return False
    try:
        await chat.say(message.appid, message.openid, standing.plain)
    except WeChatError as error:
        log.info("courtesy.not_sent", extra={"errcode": error.errcode, "rid": error.rid})
        return False
    return True
