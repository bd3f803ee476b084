"""`python -m tests.chaos --seeds 1,2,3 --seconds 30`: one line a seed, exit status 1 for any broken promise.

`python -m tests.chaos presets --seconds 60`: each fault preset under load, one table.
"""

import argparse
import asyncio
import sys

from sandbox.presets import PRESETS
from tests.chaos import presets
from tests.chaos.run import run

# The first is fair weather.
NAMES = [preset.name for preset in PRESETS if preset.rules]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("seeds", "presets"), default="seeds")
    parser.add_argument("--seeds", default="1,2,3", help="one run each")
    parser.add_argument("--seconds", type=float, help="how long the faults go on in each run")
    parser.add_argument("--only", choices=NAMES, action="append", help="one preset; may be repeated")
    options = parser.parse_args()
    if options.what == "presets":
        return _presets(options.seconds or 60.0, options.only or NAMES)
    broken = 0
    for seed in (int(word) for word in options.seeds.split(",")):
        report = asyncio.run(run(seed, options.seconds or 30.0))
        print(report.line(), flush=True)
        for promise in report.broken:
            print(f"  broken: {promise}", file=sys.stderr, flush=True)
        broken += len(report.broken)
    return 1 if broken else 0


def _presets(seconds: float, names: list[str]) -> int:
    rows = asyncio.run(presets.run(seconds, names))
    print(presets.table(rows, seconds), flush=True)
    for row in rows:
        for promise in row.broken:
            print(f"  {row.preset}: {promise}", file=sys.stderr, flush=True)
    return 1 if any(row.broken for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
