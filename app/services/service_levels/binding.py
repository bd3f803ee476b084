"""By which policy and which calendar a ticket counts: those that were in force when it came, for good."""

from dataclasses import dataclass

import asyncpg

from app.domain.service_levels import standing
from app.domain.service_levels.calendar import Calendar
from app.domain.service_levels.policy import Policy, read_policy
from app.services.service_levels.stored import calendar_in

# Attached: what is attached. Otherwise what a look would attach.
_BINDING = """
SELECT l.attached_at IS NOT NULL AS attached, p.version AS policy_version, p.document AS policy,
       c.id AS calendar_id, c.version AS calendar_version, c.document AS calendar, c.special,
       coalesce(sp.name, '全公司') AS calendar_of
  FROM tickets t
  LEFT JOIN service_levels l ON l.ticket_id = t.id
  LEFT JOIN LATERAL (
      SELECT * FROM service_policies
       WHERE CASE WHEN l.attached_at IS NULL THEN published_at <= t.created_at ELSE version = l.policy_version END
       ORDER BY version DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (
      SELECT * FROM service_calendars
       WHERE CASE WHEN l.attached_at IS NULL
                  THEN (service_point_id = t.service_point_id OR service_point_id IS NULL)
                       AND published_at <= t.created_at
                  ELSE id = l.calendar_id END
       ORDER BY service_point_id IS NULL, version DESC LIMIT 1) c ON true
  LEFT JOIN service_points sp ON sp.id = c.service_point_id
 WHERE t.id = $1
"""


@dataclass(frozen=True)
class Binding:
    """``calendar_id`` None and a policy of version 0 are the standing ones."""

    attached: bool
    policy: Policy
    calendar: Calendar
    calendar_id: int | None
    calendar_name: str

    @property
    def policy_version(self) -> int | None:
        return self.policy.version or None


async def binding_of(connection: asyncpg.Connection, ticket_id: int) -> Binding:
    row = await connection.fetchrow(_BINDING, ticket_id)
    policy = standing.POLICY
    if row["policy"] is not None:
        policy = read_policy(row["policy_version"], row["policy"])
    if row["calendar"] is None:
        return Binding(row["attached"], policy, standing.CALENDAR, None, standing.CALENDAR_NAME)
    name = f"{row['calendar_of']}日历第 {row['calendar_version']} 版"
    calendar = calendar_in(row["calendar"], row["special"])
    return Binding(row["attached"], policy, calendar, row["calendar_id"], name)
