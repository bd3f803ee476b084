"""What stays is not looked at again by Python's collector; how often it looks, app/__init__.py says."""

import gc


def keep_what_is_loaded() -> None:
    """To be called when a process has all that it will live with."""
    gc.collect()
    gc.freeze()
