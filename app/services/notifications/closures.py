"""Ways that are shut for a while: an open alarm says that WeChat refuses a template, an account's channel, a quota.

While it is fresh nothing is sent that way, so that an operator's mistake costs one refused call and not one for each
message. After some minutes, or with the new day of a quota, the next message tries again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.delivery import tomorrow
from app.domain.ladder import Channel

TEMPLATE, ACCOUNT, QUOTA = "template", "account", "quota"
PAUSE = timedelta(minutes=10)

_OPEN = """
SELECT kind, subject, last_at FROM alarms
 WHERE closed_at IS NULL AND kind IN ('template', 'account', 'quota') AND last_at > $1
"""


def subject(appid: str, channel: Channel, template_id: str = "") -> str:
    return " ".join(part for part in (appid, channel.value, template_id) if part)


@dataclass(frozen=True)
class Shut:
    ways: frozenset[tuple[str, str]] = frozenset()

    def covers(self, appid: str, channel: Channel, template_id: str) -> bool:
        if not self.ways:
            return False
        whole = subject(appid, channel)
        return (
            (TEMPLATE, subject(appid, channel, template_id)) in self.ways
            or (ACCOUNT, whole) in self.ways
            or (QUOTA, whole) in self.ways
        )

    def by_quota(self, appid: str, channel: Channel) -> bool:
        return (QUOTA, subject(appid, channel)) in self.ways


async def shut_ways(connection: asyncpg.Connection, now: datetime) -> Shut:
    rows = await connection.fetch(_OPEN, now - timedelta(days=1))
    return Shut(frozenset((row["kind"], row["subject"]) for row in rows if _until(row) > now))


def _until(row: asyncpg.Record) -> datetime:
    last: datetime = row["last_at"]
    return tomorrow(last) if row["kind"] == QUOTA else last + PAUSE
