"""A message as one reader may see it, ready to be written as JSON (``app.schemas.conversations.MessageOut``)."""

from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.conversation.words import Author
from app.services.tickets.present import SignUrl

COLUMNS = """
m.id, m.author, m.kind, m.text, m.attachment_ids, m.sent_at, st.name AS staff_name, st.role AS staff_role
"""
_TITLES = {
    "agent": "客服",
    "engineer": "工程师",
    "manager": "主管",
    "admin": "主管",
    "contractor": "服务商调度",
}


def present(row: asyncpg.Record, actor: Actor, sign_url: SignUrl) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "author": row["author"],
        "author_name": _name(row, actor),
        "kind": row["kind"],
        "text": row["text"],
        "attachments": [
            {
                "id": str(photo),
                "url": sign_url(str(photo), "full", actor.id),
                "thumbnail_url": sign_url(str(photo), "thumbnail", actor.id),
            }
            for photo in row["attachment_ids"]
        ],
        "at": row["sent_at"],
    }


def _name(row: asyncpg.Record, actor: Actor) -> str:
    match row["author"]:
        case Author.CUSTOMER:
            return "客户" if actor.is_staff else "您"
        case Author.STAFF:
            return f"{_TITLES[row['staff_role']]} {row['staff_name']}"
        case _:
            return "自动回复"
