from sandbox.clock import Clock


class Pace:
    """How often something happened in the running second or minute. Kept in memory: it is over soon."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, ...], tuple[int, int]] = {}

    def count(self, key: tuple[str, ...], seconds: int) -> int:
        span = int(self._clock.now() // seconds)
        before, times = self._seen.get(key, (span, 0))
        times = times + 1 if before == span else 1
        self._seen[key] = (span, times)
        return times

    def used(self, key: tuple[str, ...], seconds: int) -> int:
        span, times = self._seen.get(key, (0, 0))
        return times if span == int(self._clock.now() // seconds) else 0

    def clear(self) -> None:
        self._seen.clear()
