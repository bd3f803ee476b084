"""A worker's part alone, in a process that may be killed: ``python -m tests.incidents.settling URL NOW``.

Says a line for each ticket that it has settled, after the commit.
"""

import asyncio
import sys
from datetime import datetime

from app.connection import connect
from app.services.incidents.settle import settle_one


async def main(url: str, now: datetime) -> None:
    connection = await connect(url, "settling")
    more = True
    while more:
        async with connection.transaction():
            more = await settle_one(connection, now)
        sys.stdout.write("settled\n")
        sys.stdout.flush()
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
