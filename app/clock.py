"""The one source of "now". Everything below the edge takes ``now`` as an argument."""

from datetime import UTC, datetime


def real_time() -> datetime:
    return datetime.now(UTC)
