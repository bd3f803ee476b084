"""A code of ours as a phone read it: the maker's on an appliance (``scene``), or the sticker of the one that stands
there (``asset``). WeChat hands either to the mini-program, which opens the form of a report with it."""

import re
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.services.doors.scenes import find_label
from app.services.doors.stickers import Stickers, Thing, find_thing

# The address on it, or what a code of the mini-program carries of it.
_OURS = re.compile(r"(?:^|/h5/report\?)(?:scene=([0-9A-Za-z]{8,32})|asset=([\w-]{38}))$", re.ASCII)


async def read_ours(
    connection: asyncpg.Connection, stickers: Stickers, text: str, *, actor: Actor, now: datetime
) -> Thing | None:
    """None for what is not ours. Errors: not_found for a code that has ended or was forged."""
    found = _OURS.search(text.strip())
    if found is None:
        return None
    scene, sticker = found.groups()
    if sticker:
        return await find_thing(connection, stickers, sticker, actor)
    return Thing(await find_label(connection, scene, now), None)
