"""What the named people of the town have made of what is theirs: a household, what they share in it, an appliance that
is being handed over, wishes, a consent withdrawn, and messages that some of them have not read yet."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.duties import Severity
from app.domain.lifecycle import Role
from app.domain.privacy.purposes import Purpose, Source
from app.schemas.households import HouseholdIn
from app.schemas.incidents import NewIncident
from app.schemas.preferences import PreferencesIn
from app.schemas.privacy import ConsentIn
from app.services.assets.transfer import AtWork, offer_asset
from app.services.customers.preferences import put_preferences
from app.services.customers.profile import put_profile
from app.services.households.found import found_household
from app.services.households.invite import invite, join
from app.services.households.share import share_asset
from app.services.idempotency import Once
from app.services.incidents.decide import open_by_hand
from app.services.membership.award import registered
from app.services.privacy.consents import say
from app.services.seed.people import Household, Population

_MOVED_IN, _OFFERED, _WITHDREW = timedelta(days=25), timedelta(days=1), timedelta(days=9)
_REGISTERED = timedelta(days=26)
# Nothing hangs on the host of a link that nobody gets.
_NOWHERE = "http://localhost"

_ASSETS = "SELECT id FROM assets WHERE customer_id = $1 ORDER BY purchased_on DESC, id"
# Of what somebody was told the newest is still unread.
_UNREAD = """
UPDATE outbox SET read_at = NULL
 WHERE id IN (SELECT id FROM outbox WHERE recipient_id = ANY ($1::uuid[]) ORDER BY id DESC LIMIT 3)
"""
_PASSED = """
UPDATE content_checks SET state = 'passed', checked_at = $2 WHERE subject_kind = 'nickname' AND subject_id = $1
"""
# A fault that is still being seen to, in the branch of the manager who takes it up.
_SEEN_TO = """
SELECT t.number FROM tickets t
 WHERE t.service_point_id = $1 AND t.service_type = 'repair'
   AND t.state IN ('dispatching', 'offered', 'accepted', 'scheduled', 'quote_pending', 'in_repair', 'waiting_parts')
 ORDER BY t.created_at LIMIT 1
"""
_DELIVERED = "UPDATE outbox SET state = 'delivered', settled_at = $1 WHERE state = 'queued'"


async def plant_own(connection: asyncpg.Connection, people: Population, now: datetime) -> None:
    named = {each.phone_of: each for each in people.households if each.assets}
    lin, zhao, sun = (named[phone] for phone in ("u-lin", "u-zhao", "u-sun"))
    for each in (lin, zhao, sun):
        for asset in await connection.fetch(_ASSETS, each.id):
            await registered(connection, asset["id"], str(each.id), now - _REGISTERED)
    await _household(connection, lin, sun, now)
    await _hand_over(connection, zhao, now)
    await put_preferences(connection, PreferencesIn(visit_notes="家里有小狗，请先按门铃"), actor=_actor(sun))
    no = ConsentIn(purpose=Purpose.PUBLIC_REVIEWS, version=1, given=False, source=Source.H5)
    once = Once("privacy-consents", _actor(sun), None, b"")
    await say(connection, no, once=once, now=now - _WITHDREW)
    await connection.execute(_UNREAD, [each.id for each in (lin, zhao, sun)])


async def plant_incident(connection: asyncpg.Connection, people: Population, now: datetime) -> None:
    """A task force that a manager has just opened; those who had to hear of it have heard."""
    for boss in (each for each in people.desk if each.branch and each.role == "manager"):
        number = boss.branch and await connection.fetchval(_SEEN_TO, boss.branch.id)
        if number:
            manager = Actor(Role.MANAGER, str(boss.id), name=boss.name)
            body = NewIncident(ticket=number, severity=Severity.PARTIAL)
            await open_by_hand(connection, body, once=Once("incidents", manager, None, b""), now=now)
            await connection.execute(_DELIVERED, now)
            return


async def _household(
    connection: asyncpg.Connection, owner: Household, other: Household, now: datetime
) -> None:
    """Two who live together: each shows the other the newest of what is hers."""
    then, actor = now - _MOVED_IN, _actor(owner)
    once = Once("households", actor, None, b"")
    made = await found_household(connection, HouseholdIn(name="翠湖雅苑的家"), once=once, now=then)
    home = UUID(made.id)
    invitation = await invite(connection, home, actor=actor, now=then, public_base_url=_NOWHERE)
    await join(connection, invitation.code, actor=_actor(other), now=then + timedelta(hours=2))
    for member in (owner, other):
        await put_profile(connection, member.name, actor=_actor(member), now=then)
        await connection.execute(_PASSED, str(member.id), then)
        newest = await connection.fetchval(_ASSETS, member.id)
        await share_asset(connection, newest, home, actor=_actor(member))


async def _hand_over(connection: asyncpg.Connection, owner: Household, now: datetime) -> None:
    """The oldest that nobody is at work on."""
    for row in reversed(await connection.fetch(_ASSETS, owner.id)):
        try:
            await offer_asset(
                connection, row["id"], actor=_actor(owner), now=now - _OFFERED, public_base_url=_NOWHERE
            )
        except AtWork:
            continue
        return


def _actor(household: Household) -> Actor:
    return Actor(Role.CUSTOMER, str(household.id), name=household.name)
