"""Play all the tickets of the past weeks and write them at once."""

import itertools
from datetime import datetime
from random import Random

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role, State
from app.domain.situation import Situation
from app.domain.zone import ZONE
from app.models.people import StaffRole
from app.services.seed.belongings import Belonging
from app.services.seed.catalogue import Catalogue
from app.services.seed.history.ledger import Ledger, open_ledger, write_ledger
from app.services.seed.history.openings import DAYS, Diary, Opening, openings
from app.services.seed.history.photos import Pictures
from app.services.seed.history.player import Player
from app.services.seed.history.review import under_review, wait_for_review
from app.services.seed.history.stories import load_stories
from app.services.seed.history.tale import Stage, tell
from app.services.seed.history.under_way import under_way
from app.services.seed.people import Population

# As in the numbers of living tickets: nothing in it is mistaken for something else when read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


async def plant_past(
    connection: asyncpg.Connection,
    people: Population,
    assets: tuple[Belonging, ...],
    catalogue: Catalogue,
    *,
    tickets: int,
    now: datetime,
    days: int = DAYS,
    seed: str = "the past of Kunming",
) -> Pictures:
    """Of the last ``days``, the same for the same seed. The photos that belong to it are for the caller to store."""
    rng = Random(seed)  # noqa: S311 - a town, not a secret
    stories, diary, pictures = load_stories(), Diary(people.engineers, rng), Pictures()
    agent = next(employee for employee in people.desk if employee.role is StaffRole.AGENT)
    stage = Stage(catalogue, stories, diary, pictures, Actor(Role.AGENT, str(agent.id)), itertools.count())
    waiting = under_review(stories, people, assets, now) if tickets else None
    jobs = under_way(stories, people, assets, now) if tickets else ()
    count = max(0, tickets - (waiting is not None) - len(jobs))
    begun = openings(stories, people.households, assets, diary, count=count, rng=rng, now=now, days=days)
    ledger = await open_ledger(connection, tickets)
    for opening in begun:
        tell(player_of(ledger, opening, people, rng, now), opening, stage)
    if waiting is not None:
        wait_for_review(player_of(ledger, waiting, people, rng, now), waiting, stage)
    for job in jobs:
        job.tell(player_of(ledger, job.opening, people, rng, now), job.opening, stage)
    await write_ledger(connection, ledger)
    return pictures


def player_of(ledger: Ledger, opening: Opening, people: Population, rng: Random, now: datetime) -> Player:
    branch = opening.household.branch
    managers = tuple(
        str(employee.id)
        for employee in people.desk
        if employee.role is StaffRole.MANAGER and employee.branch is branch
    )
    asset_id = opening.belonging.id if opening.belonging else None
    return Player(ledger, rng, now, managers, _situation(ledger, opening, rng), asset_id)


def _situation(ledger: Ledger, opening: Opening, rng: Random) -> Situation:
    household, story, found, thing = opening.household, opening.story, opening.found, opening.belonging
    tail = "".join(rng.choices(_ALPHABET, k=10))
    return Situation(
        id=ledger.next_id("tickets"),
        number=f"HX{opening.created_at.astimezone(ZONE):%y%m%d}{tail}",
        version=1,
        seq=1,
        state=State.SUBMITTED,
        service_type=story.service_type,
        category=story.category,
        fault=story.report,
        on_site=opening.turn is not None,
        priority=found.priority,
        warranty=found.warranty,
        customer_id=str(household.id),
        contact_name=household.name,
        contact_phone=household.phone,
        address=household.address if opening.turn else None,
        created_at=opening.created_at,
        entered_at=opening.created_at,
        promised_at=opening.created_at,
        promise="",
        diagnosis=found.diagnosis,
        required_skill=found.required_skill,
        required_licences=found.required_licences,
        standard_minutes=found.standard_minutes,
        brand=thing.brand if thing else "",
        model=thing.model if thing else "",
        serial_number=thing.serial_number if thing else "",
        asset_id=str(thing.id) if thing else None,
        service_point_id=str(household.branch.id) if opening.turn else None,
    )
