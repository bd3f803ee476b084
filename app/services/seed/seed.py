"""Plant the town, once; what time adds (working days, phones) is added whenever it is asked for again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.zone import ZONE
from app.errors import Forbidden
from app.integrations.sandbox import Phone, SandboxUnavailable
from app.integrations.storage import ObjectStore
from app.services.attachments.objects import key_of
from app.services.attachments.urls import Variant
from app.services.promises.usual import count_usual
from app.services.seed.aftercare import plant_appeal, plant_calls, plant_complaint
from app.services.seed.belongings import belongings
from app.services.seed.catalogue import load_catalogue, plant_catalogue
from app.services.seed.desk import plant_desk
from app.services.seed.history.past import plant_past
from app.services.seed.history.photos import Pictures
from app.services.seed.history.stories import load_stories
from app.services.seed.levels import plant_levels
from app.services.seed.licences import plant_licences
from app.services.seed.membership import plant_membership
from app.services.seed.own import plant_incident, plant_own
from app.services.seed.parts import plant_parts, plant_stock
from app.services.seed.people import Population, populate
from app.services.seed.phones import PhoneBook, bind_phones, phone_users
from app.services.seed.plant import is_planted, plant_town
from app.services.seed.rosters import plant_holidays, plant_rosters
from app.services.seed.teams import plant_teams
from app.services.seed.town import DEMO_PASSWORD, load_town
from app.services.seed.warranties import plant_periods, plant_policies
from app.services.sessions.staff import hash_password

CUSTOMERS = 260
_SEEDING = 4210473
_FIRST_SEEN = timedelta(days=120)


class NotInProduction(Forbidden):
    code = "not_in_production"
    msg = "生产环境不能写入演示数据；只要价目表和产品目录，请用 --bare。"


@dataclass(frozen=True)
class Seeded:
    """``phones`` is how many people have a phone in the sandbox; None when there is no sandbox."""

    planted: bool
    tickets: int
    phones: int | None


async def seed_bare(connection: asyncpg.Connection, now: datetime) -> None:
    """What a real installation may want to begin with: the catalogue and the price table, in force from today."""
    async with connection.transaction():
        await plant_catalogue(connection, load_catalogue(), now)
        await plant_parts(connection, load_catalogue())
        await plant_holidays(connection)


async def seed_town(
    connection: asyncpg.Connection,
    store: ObjectStore,
    phone_book: PhoneBook | None,
    *,
    environment: str,
    tickets: int,
    now: datetime,
) -> Seeded:
    """Safe to repeat. Errors: not_in_production."""
    if environment == "production":
        raise NotInProduction
    town, people = load_town(), populate(load_town(), customers=CUSTOMERS)
    phones = await _hand_out(phone_book, people)
    pictures = Pictures()
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _SEEDING)
        planted = not await is_planted(connection, town)
        if planted:
            catalogue, today = load_catalogue(), now.astimezone(ZONE).date()
            assets = belongings(catalogue, people.households, load_stories().categories, today)
            await plant_catalogue(connection, catalogue, now - _FIRST_SEEN)
            await plant_town(
                connection,
                town,
                people,
                assets,
                password_hash=hash_password(DEMO_PASSWORD),
                since=now - _FIRST_SEEN,
            )
            await plant_parts(connection, catalogue)
            await plant_stock(connection, town, people.engineers, catalogue, now)
            await plant_policies(connection, now)
            await plant_membership(connection, now - _FIRST_SEEN)
            await plant_periods(connection, assets, now - _FIRST_SEEN)
            pictures = await plant_past(connection, people, assets, catalogue, tickets=tickets, now=now)
            await plant_calls(connection, now)
            await plant_complaint(connection, now)
            await plant_appeal(connection, now)
            await plant_own(connection, people, now)
        await plant_holidays(connection)
        if planted:
            await plant_levels(connection, town, since=now - _FIRST_SEEN, now=now)
            await count_usual(connection, now)
            await plant_teams(connection, people.desk, now)
            await plant_incident(connection, people, now)
            if tickets:
                await plant_desk(connection, people, load_stories(), now)
        await plant_licences(connection, people.engineers, now.astimezone(ZONE).date())
        await plant_rosters(connection, people.engineers, now)
        if phones:
            await bind_phones(connection, people, phones, now=now)
        # Before COMMIT: photos without rows are swept away, rows without photos are not.
        await _store(store, pictures)
    return Seeded(planted, tickets if planted else 0, None if phones is None else len(phones))


async def _hand_out(phone_book: PhoneBook | None, people: Population) -> list[Phone] | None:
    if phone_book is None:
        return None
    try:
        return await phone_book.hand_out(phone_users(people))
    except SandboxUnavailable:
        # The town works without; whoever seeds again when the sandbox is up gets the phones.
        return None


async def _store(store: ObjectStore, pictures: Pictures) -> None:
    for identity, picture in pictures.taken.items():
        await store.put(key_of(identity, Variant.FULL), picture.content, "image/jpeg")
        await store.put(key_of(identity, Variant.THUMBNAIL), picture.thumbnail, "image/jpeg")
