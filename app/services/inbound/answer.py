"""What WeChat is answered: a standing reply where there is one, else ``success``. Nothing here asks the database."""

import secrets
from datetime import datetime

from app.domain.conversation.standing import Standing, for_key, for_text
from app.domain.conversation.survey import tap
from app.wechat.accounts import Account
from app.wechat.callbacks import Inbound
from app.wechat.events import Clicked, TextSent, view
from app.wechat.replies import encrypt_reply, text_reply

SUCCESS = "success"


def answer_to(account: Account, message: Inbound, now: datetime, base_url: str) -> str:
    """The body of the answer; sealed when the account has a key. The same message always gets the same words."""
    words = _words(message, base_url)
    # Only the chat of an official account shows such a reply, and it speaks XML.
    if not words or account.kind != "official" or not message.raw.lstrip("\ufeff \t\r\n").startswith("<"):
        return SUCCESS
    return encrypt_reply(account, text_reply(message, words, now), now, secrets.token_hex(8))


def _words(message: Inbound, base_url: str) -> str | None:
    standing: Standing | None = None
    match view(message):
        case Clicked(key):
            standing = for_key(key)
        case TextSent(_, menu_id) if found := tap(menu_id):
            return found.reply
        case TextSent(content, None):
            standing = for_text(content)
    return standing.linked(base_url) if standing else None
