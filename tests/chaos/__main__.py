"""`python -m tests.chaos --seeds 1,2,3 --seconds 30`: one line a seed, exit status 1 for any broken promise."""

import argparse
import asyncio
import sys

from tests.chaos.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", default="1,2,3", help="one run each")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long the faults go on in each run")
    options = parser.parse_args()
    broken = 0
    for seed in (int(word) for word in options.seeds.split(",")):
        report = asyncio.run(run(seed, options.seconds))
        print(report.line(), flush=True)
        for promise in report.broken:
            print(f"  broken: {promise}", file=sys.stderr, flush=True)
        broken += len(report.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
