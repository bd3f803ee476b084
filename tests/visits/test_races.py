"""Those who come at the same moment: on a live database, with real commits."""

import asyncio
from collections import Counter

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role
from app.schemas.tickets import WindowIn
from app.schemas.transitions import Book
from app.services.tickets.transition import transition
from tests.harness.live import Live
from tests.tickets import bodies
from tests.tickets.lives import town, until_somebody_waits
from tests.tickets.story import SCORES

OVERLAPS = """
SELECT count(*) FROM visits a JOIN visits b ON a.engineer_id = b.engineer_id AND a.id < b.id AND a.planned && b.planned
 WHERE a.state = 'booked' AND b.state = 'booked'
"""


async def test_twenty_bookings_of_one_day_never_overlap(live: Live) -> None:
    async with town(live, engineers=1) as here:
        numbers = []
        for _ in range(20):
            # Nobody hoards more than four unbooked jobs; the desk may still name him.
            numbers.append(await here.accepted())
        window = bodies.window(live.clock.now, days=1, hour=10)
        answers = await asyncio.gather(
            *(here.ask(here.customer, number, "book", 4, window=window) for number in numbers)
        )
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) == {200, 409}, [a.text for a in answers if a.status_code not in (200, 409)]
        assert 1 <= statuses[200] < 20
        refused = [answer.json() for answer in answers if answer.status_code == 409]
        assert {answer["code"] for answer in refused} == {"slot_taken"}
        assert all(len(answer["slots"]) == 3 for answer in refused)
        assert await here.number_of(OVERLAPS) == 0
        booked = await here.number_of("SELECT count(*) FROM visits WHERE state = 'booked'")
        assert booked == statuses[200]
        assert await here.health() == []


async def test_fifty_come_for_one_slot_and_all_but_one_hear_of_three_that_are_free(live: Live) -> None:
    async with town(live, engineers=1) as here:
        numbers = [await here.accepted() for _ in range(50)]
        # Two hours that one visit fills: it lasts longer than what would be left beside it.
        await here.number_of("UPDATE tickets SET standard_minutes = 110 WHERE state = 'accepted'")
        window = bodies.window(live.clock.now, days=1, hour=18)
        answers = await asyncio.gather(
            *(here.ask(here.customer, number, "book", 4, window=window) for number in numbers)
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
        beaten = [(n, a.json()) for n, a in zip(numbers, answers, strict=True) if a.status_code == 409]
        assert {answer["code"] for _, answer in beaten} == {"slot_taken"}
        assert all(len(answer["slots"]) == 3 for _, answer in beaten)
        assert all(slot["start"] != window["start"] for _, answer in beaten for slot in answer["slots"])
        # What one of them was offered instead can be had.
        number, answer = beaten[-1]
        instead = {key: answer["slots"][0][key] for key in ("start", "end")}
        assert (await here.ask(here.customer, number, "book", 4, window=instead)).status_code == 200
        assert await here.number_of(OVERLAPS) == 0
        assert await here.health() == []


async def test_rebooking_and_booking_of_one_day_do_not_lock_each_other_out(live: Live) -> None:
    async with town(live, engineers=1) as here:
        numbers = [await here.accepted() for _ in range(6)]
        for hour, number in zip((9, 12, 15), numbers, strict=False):
            window = bodies.window(live.clock.now, days=1, hour=hour, hours=3)
            assert (await here.ask(here.customer, number, "book", 4, window=window)).status_code == 200
        moves = [
            here.ask(
                here.agent,
                number,
                "rebook",
                5,
                window=bodies.window(live.clock.now, days=1, hour=9, hours=9),
                reason_code="other",
            )
            for number in numbers[:3]
        ]
        books = [
            here.ask(
                here.customer,
                number,
                "book",
                4,
                window=bodies.window(live.clock.now, days=1, hour=9, hours=9),
            )
            for number in numbers[3:]
        ]
        answers = await asyncio.gather(*moves, *books)
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert await here.number_of(OVERLAPS) == 0
        assert await here.health() == []


async def test_two_engineers_claim_one_job(live: Live) -> None:
    async with town(live, engineers=2) as here:
        number = await here.report()
        await here.ask(here.agent, number, "triage", 1)
        answers = await asyncio.gather(*(here.ask(one, number, "claim", 2) for one in here.engineers))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 200
        assert statuses[1] in (404, 409)
        assert await here.number_of("SELECT count(*) FROM offers WHERE state = 'accepted'") == 1
        assert await here.health() == []


async def test_two_ratings_at_once_are_one(live: Live) -> None:
    async with town(live, engineers=1) as here:
        number = await here.report()
        assert (
            await here.ask(here.agent, number, "resolve_remote", 1, solution="已电话解决")
        ).status_code == 200
        url = f"/api/v1/tickets/{number}/rating"
        answers = await asyncio.gather(*(here.customer.put(url, json=SCORES) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_rated"}
        assert await here.number_of("SELECT count(*) FROM ratings") == 1
        assert await here.health() == []


async def test_an_urging_that_waited_for_a_booking_sees_the_visit(live: Live) -> None:
    """PostgreSQL shows who waited the new ticket beside the old joins; written back, it would lose the visit."""
    async with town(live, engineers=1) as here:
        number = await here.accepted()
        window = WindowIn.model_validate(bodies.window(live.clock.now, days=1))
        body = Book(event=Event.BOOK, version=4, window=window)
        customer = Actor(Role.CUSTOMER, str(here.customer.person.id))
        async with live.sessions.begin() as session:
            await transition(await driver(session), number, body, actor=customer, now=live.clock.now)
            urging = asyncio.create_task(
                here.customer.post(f"/api/v1/tickets/{number}/urgings", json={"message": "快"})
            )
            await until_somebody_waits(live)
        assert (await urging).status_code == 201
        seen = (await here.customer.get(f"/api/v1/tickets/{number}")).json()
        assert (seen["state"], seen["urged"]) == ("scheduled", 1)
        assert seen["visit"]["state"] == "booked"


async def test_pairs_that_need_each_others_people_never_wait_in_a_circle(live: Live) -> None:
    """Each lead may be the companion of another: whoever locked him first and the other second would be stuck."""
    async with town(live, engineers=4) as here:
        numbers = [await here.accepted() for _ in range(10)]
        await here.number_of("UPDATE tickets SET crew = 2 WHERE state = 'accepted'")
        window = bodies.window(live.clock.now, days=1, hour=10, hours=4)
        answers = await asyncio.gather(
            *(here.ask(here.customer, number, "book", 4, window=window) for number in numbers)
        )
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) <= {200, 409}, [a.text for a in answers if a.status_code not in (200, 409)]
        assert statuses[200] >= 2
        later = bodies.window(live.clock.now, days=2, hour=10, hours=4)
        booked = [n for n, a in zip(numbers, answers, strict=True) if a.status_code == 200]
        moved = await asyncio.gather(
            *(
                here.ask(here.customer, number, "rebook", 5, window=later, reason_code="customer_wish")
                for number in booked
            )
        )
        assert {answer.status_code for answer in moved} <= {200, 409}, [a.text for a in moved]
        assert await here.number_of(OVERLAPS) == 0
        leads = "SELECT count(*) FROM visits WHERE state = 'booked' AND accompanies IS NULL"
        assert await here.number_of(leads) == len(booked)
        companions = "SELECT count(*) FROM visits WHERE state = 'booked' AND accompanies IS NOT NULL"
        assert await here.number_of(companions) == len(booked)
        assert await here.health() == []
