"""The town that every demo begins with: complete, the same each time, and true to the rules."""

from datetime import datetime

import asyncpg
import pytest

from app.domain.triage import Category, required_skill
from app.domain.zone import ZONE
from app.integrations.storage import open_store
from app.services.attachments.objects import key_of
from app.services.attachments.urls import Variant
from app.services.operations.doctor import examine
from app.services.seed.belongings import belongings
from app.services.seed.catalogue import load_catalogue
from app.services.seed.history.openings import diagnosed
from app.services.seed.history.stories import load_stories
from app.services.seed.history.under_way import under_way
from app.services.seed.people import populate
from app.services.seed.town import load_town
from tests.cli.conftest import CommandLine

COUNTS = """
SELECT (SELECT count(*) FROM service_points) AS points, (SELECT count(*) FROM engineers) AS engineers,
       (SELECT count(*) FROM staff) AS staff, (SELECT count(*) FROM customers) AS customers,
       (SELECT count(*) FROM assets) AS assets, (SELECT count(*) FROM tickets) AS tickets,
       (SELECT count(*) FROM ticket_events) AS events, (SELECT count(*) FROM outbox) AS pushes,
       (SELECT count(*) FROM rosters) AS rosters, (SELECT count(*) FROM products) AS products,
       (SELECT count(*) FROM price_items) AS prices
"""
# Also of what is over: nobody was in two places.
OVERLAPS = """
SELECT count(*) FROM visits a JOIN visits b ON b.engineer_id = a.engineer_id AND b.id > a.id
   AND a.promised && b.promised AND a.state = 'done' AND b.state = 'done'
"""
FUTURE = "SELECT count(*) FROM ticket_events WHERE at > now()"
OVERDUE = "SELECT count(*) FROM tickets WHERE wake_at < now() - interval '5 minutes'"
ABLE = """
SELECT count(*) FROM engineers e
 WHERE e.skills @> ARRAY[$1::text] AND e.licences @> $2::text[] AND $3::text = ANY (e.areas)
"""


async def test_a_second_seed_changes_nothing(town: CommandLine, rows: asyncpg.Connection) -> None:
    before = dict(await rows.fetchrow(COUNTS))
    again = await town.run("seed", "--tickets", "60")
    assert again.exit_code == 0, again.output
    assert dict(await rows.fetchrow(COUNTS)) == before
    assert (before["points"], before["engineers"], before["tickets"]) == (5, 40, 60)
    assert before["products"] >= 30
    assert before["rosters"] > 40 * 20


async def test_the_past_keeps_every_promise_of_the_present(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    assert await examine(rows) == []
    assert await rows.fetchval(OVERLAPS) == 0
    assert await rows.fetchval(FUTURE) == 0
    # What is still open is exactly as far as the worker would have taken it.
    assert await rows.fetchval(OVERDUE) == 0
    assert await rows.fetchval("SELECT count(*) FROM ratings") > 10
    assert await rows.fetchval("SELECT count(*) FROM outbox WHERE state NOT IN ('delivered', 'dead')") == 0


async def test_somebody_can_come_for_everything_everywhere(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    stories = load_stories()
    districts = await rows.fetch("SELECT unnest(districts) AS district FROM service_points")
    for story in (*stories.repairs, *stories.services):
        found = diagnosed(story)
        for row in districts:
            asked = (found.required_skill, list(found.required_licences), row["district"])
            assert await rows.fetchval(ABLE, *asked) >= 2, asked


async def test_a_contractor_with_three_engineers_does_what_is_out_of_warranty(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    hired = await rows.fetch("SELECT role FROM staff WHERE contractor_id IS NOT NULL ORDER BY username")
    assert [row["role"] for row in hired] == ["engineer"] * 3 + ["contractor"]
    assert "in" not in await rows.fetchval("SELECT warranties FROM contractor_terms")


async def test_skills_are_those_that_triage_asks_for(town: CommandLine, rows: asyncpg.Connection) -> None:
    asked = {required_skill(category, "repair") for category in Category}
    found = {
        row["skill"] for row in await rows.fetch("SELECT DISTINCT unnest(skills) AS skill FROM engineers")
    }
    assert found == asked


async def test_photos_of_the_past_can_be_shown(town: CommandLine, rows: asyncpg.Connection) -> None:
    store = open_store(town.objects.as_uri())
    photos = await rows.fetch("SELECT id, size FROM attachments ORDER BY id LIMIT 3")
    assert len(photos) == 3
    for photo in photos:
        full = await store.get(key_of(photo["id"], Variant.FULL))
        small = await store.get(key_of(photo["id"], Variant.THUMBNAIL))
        assert full is not None
        assert full.size == photo["size"]
        assert small is not None


async def test_a_lost_database_is_planted_anew_beside_the_old_photos(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    await rows.execute("TRUNCATE service_points, staff, customers, tickets, stock, teams CASCADE")
    again = await town.run("seed", "--tickets", "60")
    assert again.exit_code == 0, again.output
    assert await rows.fetchval("SELECT count(*) FROM tickets") == 60


async def test_working_days_are_added_as_time_goes_on(town: CommandLine, rows: asyncpg.Connection) -> None:
    await rows.execute("DELETE FROM rosters WHERE day > current_date + 10")
    kept = await rows.fetchval("SELECT max(day) FROM rosters")
    assert (await town.run("seed")).exit_code == 0
    assert await rows.fetchval("SELECT max(day) FROM rosters") > kept


async def test_a_price_table_that_somebody_published_stays(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    assert await rows.fetchval("SELECT count(*) FROM price_lists WHERE published_at IS NOT NULL") == 1
    await rows.execute(
        "INSERT INTO price_lists (version, created_by, valid_from, published_at, published_by)"
        " VALUES (2, 'admin', current_date, now(), 'admin')"
    )
    assert (await town.run("seed", "--bare")).exit_code == 0
    assert await rows.fetchval("SELECT count(*) FROM price_items WHERE list_version = 2") == 0
    assert await rows.fetchval("SELECT count(*) FROM price_lists") == 2


async def test_one_quote_waits_for_the_manager(town: CommandLine, rows: asyncpg.Connection) -> None:
    (waiting,) = await rows.fetch(
        """SELECT q.total_fen, v.state, c.nickname FROM quotes q JOIN tickets t ON t.quote_id = q.id
             JOIN visits v ON v.id = t.visit_id JOIN customers c ON c.id = t.customer_id
            WHERE q.state = 'in_review' AND t.state = 'quote_pending'"""
    )
    assert waiting["total_fen"] > 300_000
    assert waiting["state"] == "arrived"


async def test_what_was_charged_in_the_past_has_its_receipt(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    without = """SELECT count(*) FROM completions c WHERE NOT EXISTS (
                     SELECT FROM receipts r WHERE r.ticket_id = c.ticket_id AND r.seq = c.seq)"""
    assert await rows.fetchval(without) == 0
    assert await rows.fetchval("SELECT count(*) FROM receipts WHERE total_fen > 0") > 5


async def test_production_gets_no_town(town: CommandLine) -> None:
    refused = await town.run("seed", HUIXIANG_ENVIRONMENT="production")
    assert refused.exit_code == 1
    assert "--bare" in refused.output


def test_what_was_done_is_on_the_price_list() -> None:
    codes = {price.code for price in load_catalogue().prices}
    stories = load_stories()
    assert {line for story in (*stories.repairs, *stories.services) for line in story.lines} <= codes
    assert {product.category for product in load_catalogue().products} >= stories.categories


ALIVE = """
SELECT (SELECT count(*) FROM household_members) AS members,
       (SELECT count(*) FROM assets WHERE household_id IS NOT NULL) AS shared,
       (SELECT count(*) FROM asset_transfers WHERE accepted_at IS NULL AND expires_at > now()) AS offered,
       (SELECT count(*) FROM privacy_consents WHERE NOT given) AS withdrawn,
       (SELECT count(*) FROM incidents WHERE state = 'open') AS incidents,
       (SELECT count(*) FROM outbox WHERE read_at IS NULL) > 0 AS unread,
       (SELECT count(*) FROM outbox WHERE read_at IS NOT NULL) > 0 AS read
"""


async def test_every_page_of_a_customer_has_something_to_show(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    assert tuple(await rows.fetchrow(ALIVE)) == (2, 2, 1, 1, 1, True, True)


# What each finds to do at once, each as a query that is true.
TO_DO = {
    "a customer with a phone may approve a quote": """
        SELECT FROM quotes q JOIN tickets t ON t.quote_id = q.id JOIN customers c ON c.id = t.customer_id
          JOIN visits v ON v.id = t.visit_id
         WHERE q.state = 'pending' AND t.state = 'quote_pending' AND c.nickname = '林晓雨' AND v.state = 'arrived'""",
    "one has a service to rate": """
        SELECT FROM tickets t JOIN customers c ON c.id = t.customer_id LEFT JOIN ratings r ON r.ticket_id = t.id
         WHERE t.state = 'completed' AND c.nickname = '赵建国' AND r.ticket_id IS NULL""",
    "one has an appliance in warranty, and it says where it stands": """
        SELECT FROM assets a JOIN warranties w ON w.asset_id = a.id JOIN customers c ON c.id = a.customer_id
         WHERE c.nickname = '林晓雨' AND w.ends_on > current_date AND a.room <> '' AND a.address->>'latitude' <> ''""",
    "one hands an appliance over": "SELECT FROM asset_transfers WHERE accepted_at IS NULL AND expires_at > now()",
    "an engineer has an offer that counts down, and a visit of today": """
        SELECT FROM offers o JOIN tickets t ON t.offer_id = o.id JOIN visits v ON v.engineer_id = o.engineer_id
         WHERE o.state = 'open' AND o.expires_at > now() AND t.state = 'offered'
           AND v.state = 'booked' AND v.promised @> now()""",
    "an agent has a conversation to read": """
        SELECT FROM ticket_messages m WHERE m.author = 'customer' AND NOT EXISTS (
            SELECT FROM ticket_messages l WHERE l.ticket_id = m.ticket_id AND l.id > m.id)""",
    "an agent owes a call": "SELECT FROM follow_ups WHERE state = 'open' AND next_at <= now()",
    "somebody has called": """
        SELECT FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
         WHERE e.event = 'called_in' AND t.channel = 'hotline'""",
    "a dispatcher has an urgent one that nobody has": """
        SELECT FROM tickets
         WHERE state = 'dispatching' AND priority IN ('urgent', 'critical') AND engineer_id IS NULL""",
    "a manager has an appeal": "SELECT FROM kpi_appeals WHERE state = 'open'",
    "a manager has a low score": "SELECT FROM complaint_cases WHERE cause = 'low_score'",
    "a manager has a proposal": "SELECT FROM incidents WHERE state = 'proposed'",
    "an operator has a message to send again": "SELECT FROM outbox WHERE state = 'dead'",
}


async def test_everybody_has_something_to_do_at_once(town: CommandLine, rows: asyncpg.Connection) -> None:
    idle = [who for who, query in TO_DO.items() if not await rows.fetchval(f"SELECT EXISTS ({query})")]
    assert idle == []


@pytest.mark.parametrize("hour", range(24))
def test_at_every_hour_somebody_may_set_out_today(hour: int) -> None:
    """What is under way is told in order, and fits into the hours before."""
    people, catalogue, stories = populate(load_town(), customers=40), load_catalogue(), load_stories()
    now = datetime(2026, 11, 27, hour, 17, 30, tzinfo=ZONE)
    things = belongings(catalogue, people.households, stories.categories, now.date())
    jobs = [job.opening for job in under_way(stories, people, things, now)]
    for job in jobs:
        assert job.turn is not None
        assert job.created_at < min(now, job.turn.window.end)
    assert len({job.household.key for job in jobs}) == len(jobs)
    (today,) = [j for j in jobs if j.turn and j.turn.window.start <= now < j.turn.window.end and j.belonging]
    assert today.turn is not None
    assert today.turn.window.start.date() == now.date()
