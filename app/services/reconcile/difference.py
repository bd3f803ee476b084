"""What a second way of counting found otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """``kind`` is what was counted, ``key`` of what; ``stored`` is what we say, ``counted`` what the rows give."""

    kind: str
    key: str
    stored: str
    counted: str


@dataclass(frozen=True)
class Counted:
    """How many figures were compared, and those that differ."""

    name: str
    compared: int
    differences: tuple[Difference, ...] = ()
