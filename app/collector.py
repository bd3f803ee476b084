"""What stays is not looked at again by Python's collector."""

import gc
from functools import cache


@cache
def keep_what_is_loaded() -> None:
    """To be called when a process has all that it will live with; from the second time on nothing happens.

    Nothing is collected before: imports leave ten objects behind, and to find them takes a tenth of a start.
    """
    gc.freeze()
    # With the standard seven hundred it is a seventh of the CPU of a read: a request makes some three hundred objects
    # and leaves no cycle worth looking for. Never to look costs more again, in memory that is cold.
    gc.set_threshold(10_000, 20, 20)
