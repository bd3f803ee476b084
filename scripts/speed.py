"""Says how fast the Python that runs this is, and where it is; fails where nothing could be installed with it."""

import sys
import time

if sys.version_info < (3, 11):  # noqa: UP036 - whatever is on PATH is asked
    sys.exit("Python 3.11 or newer is needed")

from importlib.util import find_spec
from os.path import realpath

if not (find_spec("pip") or find_spec("ensurepip")):
    sys.exit("neither pip nor ensurepip")


class Counted:
    def __init__(self, number: int) -> None:
        self.number = number

    def tens(self) -> int:
        return self.number // 10


def once() -> float:
    """Seconds of CPU for some calls, objects, words and looking them up."""
    began = time.process_time()
    found: dict[str, int] = {}
    for number in range(20_000):
        tens = str(Counted(number).tens())
        found[tens] = found.get(tens, 0) + 1
    return time.process_time() - began


# Of the Python that a virtual environment is of: ours may be about to be made anew.
base = getattr(sys, "_base_executable", sys.executable)
sys.stdout.write(f"{min(once() for _ in range(9)):.5f} {realpath(base)}\n")
