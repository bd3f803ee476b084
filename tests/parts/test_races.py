"""Those who want the last piece at the same moment: on a live database, with real commits."""

import asyncio
from collections import Counter

from tests.harness.live import Live
from tests.make import make_part
from tests.tickets.lives import town


async def test_the_last_piece_goes_to_one(live: Live) -> None:
    async with town(live, engineers=1) as here:
        async with live.sessions.begin() as session:
            await make_part(session)
        van = {"kind": "van", "id": str(here.crew[0].id)}
        body = {"kind": "receive", "place": van, "lines": [{"part_code": "AC-CAP", "quantity": 1}]}
        assert (await here.agent.post("/api/v1/stock/movements", json=body)).status_code == 201
        numbers = [await here.accepted() for _ in range(4)]
        wish = {"lines": [{"part_code": "AC-CAP"}]}
        answers = await asyncio.gather(
            *(
                here.engineers[0].post(f"/api/v1/tickets/{number}/part-reservations", json=wish)
                for number in numbers
            )
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
        assert await here.number_of("SELECT reserved FROM stock") == 1
        assert await here.health() == []
