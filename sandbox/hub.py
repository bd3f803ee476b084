import asyncio


class Hub:
    """Wakes everyone who watches the phones; they read the rows themselves, so nothing can be missed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def next_change(self) -> asyncio.Event:
        """Take it before reading rows, wait on it after: a change in between is then seen at once."""
        return self._changed
