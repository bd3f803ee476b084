"""`python -m devstack up --file demo.toml --state .huixiang/demo`"""

import argparse
import sys
from pathlib import Path

from devstack import DevstackError, Stack
from devstack.plan import load
from devstack.supervise import Supervisor


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m devstack")
    commands = parser.add_subparsers(required=True)
    up = commands.add_parser("up", help="run the servers and the processes of a file until Ctrl-C")
    up.add_argument("--file", type=Path, required=True, help="the processes, in TOML")
    up.add_argument("--state", type=Path, required=True, help="folder for data, logs, ports and passwords")
    options = parser.parse_args()
    try:
        return Supervisor(load(options.file), Stack(options.state)).run()
    except DevstackError as error:
        print(f"[devstack] {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
