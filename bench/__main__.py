"""`python -m bench`: hot paths and relay. Others by name:

`callbacks`: WeChat calling while all else stands still; `bookings`: many who book while plans are applied; `console`:
the desk's lists; `month`: twenty thousand tickets, and everything counted twice; `slots`: the windows of a town,
without and from its database; `dispatch`: the planner alone; `bursts`: how soon a burst of reports is noticed;
`h5`: how soon a customer on a slow line can use the first page.
"""

import argparse
import asyncio
import sys

from bench import bookings, bursts, callbacks, console, databases, h5, month, slots_pure, slots_town
from bench.dispatch import report as dispatch
from bench.hot_paths import FOLDER, Plan, measure
from bench.report import show
from devstack import DevstackError, Stack

SMALL, MIDDLE, LARGE = 10_000, 200_000, 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="throughput and latency")
    parser.add_argument(
        "what",
        nargs="?",
        choices=(
            "all",
            "hot",
            "relay",
            "callbacks",
            "slots",
            "dispatch",
            "bookings",
            "month",
            "bursts",
            "console",
            "h5",
        ),
        default="all",
    )
    parser.add_argument(
        "days", nargs="*", help="files of days to replay, for dispatch; else days are invented"
    )
    parser.add_argument("--quick", action="store_true", help="10,000 tickets only, about a minute")
    parser.add_argument("--full", action="store_true", help="a million tickets too")
    parser.add_argument("--rounds", type=int, choices=range(1, 21), metavar="1-20")
    parser.add_argument("--seconds", type=float, help="length of each slice")
    parser.add_argument("--tickets", type=int, default=month.TICKETS, help="of the month")
    options = parser.parse_args()
    if options.what == "dispatch":
        dispatch.main(options.days, quick=options.quick)
        return 0
    if options.what == "bursts":
        return 0 if bursts.main(quick=options.quick) else 1
    plan = _plan(options)
    try:
        with Stack(FOLDER) as stack:
            if options.what == "slots":
                slots_pure.main()
                return 0 if asyncio.run(slots_town.measure(stack.database_url)) else 1
            if options.what == "month":
                return _month(stack, options.tickets)
            if options.what == "callbacks":
                called = asyncio.run(callbacks.measure(stack))
                callbacks.show(called)
                return 0 if called.met else 1
            if options.what == "console":
                return 0 if console.show(asyncio.run(console.measure(stack, FOLDER))) else 1
            if options.what == "h5":
                return 0 if h5.show(asyncio.run(h5.measure(stack, FOLDER))) else 1
            if options.what == "bookings":
                booked = asyncio.run(bookings.measure(stack))
                bookings.show(booked)
                return 0 if booked.met else 1
            show(asyncio.run(measure(stack, plan)))
    except DevstackError as error:
        print(f"[bench] {error}", file=sys.stderr)
        return 1
    return 0


def _month(stack: Stack, tickets: int) -> int:
    """On a database of its own, which is gone afterwards."""
    server = stack.database_url
    url = asyncio.run(_emptied(server))
    try:
        lived = asyncio.run(month.measure(url, tickets=tickets))
    finally:
        asyncio.run(databases.drop(server, "month"))
    month.show(lived)
    return 1 if lived.differences else 0


async def _emptied(server: str) -> str:
    return await databases.copy(server, await databases.empty(server), "month")


def _plan(options: argparse.Namespace) -> Plan:
    sizes = (SMALL,) if options.quick else (SMALL, MIDDLE, LARGE) if options.full else (SMALL, MIDDLE)
    return Plan(
        sizes,
        options.rounds or 3,
        options.seconds or (2.0 if options.quick else 4.0),
        5.0 if options.quick else 15.0,
        ("hot", "relay") if options.what == "all" else (options.what,),
    )


if __name__ == "__main__":
    sys.exit(main())
